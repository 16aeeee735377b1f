#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace ortopt::test_support {

/// A runtime to test with.
struct TestRuntime {
  std::string name;  ///< "default", or its version.
  std::filesystem::path library;
};

void PrintTo(const TestRuntime& runtime, std::ostream* stream);

/// The runtime that is found without being named, and those that scripts/fetch_runtimes fetched.
[[nodiscard]] std::vector<TestRuntime> every_runtime();

/// "default", "1_20_1": for the names of tests.
[[nodiscard]] std::string test_name(const TestRuntime& runtime);

}  // namespace ortopt::test_support
