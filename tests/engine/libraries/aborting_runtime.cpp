#include <cstdio>
#include <cstdlib>

/// A library that looks like ONNX Runtime and dies as soon as it is asked for anything.
extern "C" const void* OrtGetApiBase() {
  std::fputs("this runtime is broken\n", stderr);
  std::abort();
}
