#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/compare/verification.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::the_runtime;

std::vector<std::string> exports() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(ORTOPT_MODELS))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class RealExport : public ::testing::TestWithParam<std::string> {};

TEST_P(RealExport, IsEqualToItself) {
  const std::filesystem::path path = std::filesystem::path(ORTOPT_MODELS) / (GetParam() + ".onnx");
  const Verification verdict = verify_equal(path, path, {.runtime = the_runtime()});
  EXPECT_EQ(verdict.outcome, Verification::Outcome::equal) << verdict.reason;
  EXPECT_THAT(verdict.cases, ::testing::SizeIs(::testing::Ge(2U)));
}

INSTANTIATE_TEST_SUITE_P(Models, RealExport, ::testing::ValuesIn(exports()), test_name);

}  // namespace
}  // namespace ortopt
