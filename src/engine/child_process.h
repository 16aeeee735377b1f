#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "ortopt/base/result.h"

namespace ortopt {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  [[nodiscard]] int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor from;
  Descriptor to;
};

/// A pipe that programs started later do not inherit.
[[nodiscard]] Result<Pipe> make_pipe();

/// Writes until all is written or nobody reads any more.
void write_all(int descriptor, std::string_view bytes);

/// A pipe's end, and what has come out of it.
struct Inlet {
  Descriptor& from;
  std::string& to;
};

/// Waits until one of the two has something, or is at its end, and takes it; of `words` the last few
/// thousand bytes are kept. False when the deadline has passed before.
[[nodiscard]] bool take_what_comes(Inlet answers, Inlet words,
                                   std::chrono::steady_clock::time_point deadline);

/// What a process does first after it was forked off `parent`: it dies with it, leaves no core, and
/// takes signals as they come.
void become_child(pid_t parent);

/// Why a process is no more, from what waitpid told: "was stopped by signal 11 (Segmentation
/// fault)".
[[nodiscard]] std::string describe_end(int status);

}  // namespace ortopt
