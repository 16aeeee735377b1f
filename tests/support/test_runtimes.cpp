#include "tests/support/test_runtimes.h"

#include <algorithm>
#include <system_error>

#include "ortopt/engine/engine.h"

namespace ortopt::test_support {

void PrintTo(const TestRuntime& runtime, std::ostream* stream) { *stream << runtime.name; }

std::vector<TestRuntime> every_runtime() {
  std::vector<TestRuntime> out;
  const std::filesystem::path folder = ORTOPT_TEST_RUNTIMES;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing))
    if (Result<std::filesystem::path> library = find_runtime_in({entry.path() / "lib"}))
      out.push_back({entry.path().filename(), *library});
  std::ranges::sort(out, {}, &TestRuntime::name);
  if (Result<std::filesystem::path> library = find_runtime()) out.push_back({"default", *library});
  return out;
}

std::string test_name(const TestRuntime& runtime) {
  std::string name = runtime.name;
  std::ranges::replace(name, '.', '_');
  return name;
}

}  // namespace ortopt::test_support
