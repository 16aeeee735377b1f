// What every tool has in common.
#include <gmock/gmock.h>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using ::testing::HasSubstr;

class EveryHelp : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryHelp, HasExamplesOfTheToolAndItsExitCodes) {
  const test_support::TemporaryFolder folder;
  const test_support::Outcome outcome =
      test_support::run_process(ORTOPT_BIN "/" + GetParam(), {"--help"}, folder.path());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Examples:\n  " + GetParam() + " "));
  EXPECT_THAT(outcome.out, HasSubstr("Exit codes:"));
}

INSTANTIATE_TEST_SUITE_P(Tools, EveryHelp,
                         ::testing::Values("ort-opt", "compare_results", "perf_test", "ort-profile",
                                           "ort-bench"));

}  // namespace
}  // namespace ortopt
