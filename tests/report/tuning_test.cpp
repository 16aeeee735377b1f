#include "ortopt/report/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ortopt {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const SessionOptions tuned = {
    .intra_op_threads = 4,
    .inter_op_threads = 2,
    .order = ExecutionOrder::parallel,
    .providers = {{.name = "cuda", .options = {{"device_id", "1"}, {"prefer_nhwc", "0"}}},
                  {.name = "xnnpack", .options = {{"intra_op_num_threads", "2"}}}}};

TEST(SettingsAsCode, PythonHasProvidersWithTheirOptions) {
  EXPECT_THAT(as_python(tuned), HasSubstr("options.inter_op_num_threads = 2\n"));
  EXPECT_THAT(as_python(tuned),
              EndsWith("providers = [(\"CUDAExecutionProvider\", {\"device_id\": \"1\", "
                       "\"prefer_nhwc\": \"0\"}), (\"XnnpackExecutionProvider\", "
                       "{\"intra_op_num_threads\": \"2\"}), \"CPUExecutionProvider\"]\n"));
}

TEST(SettingsAsCode, CppAppendsEachProviderInItsOwnWay) {
  EXPECT_THAT(as_cpp(tuned),
              EndsWith("Ort::CUDAProviderOptions cuda;\n"
                       "cuda.Update({{\"device_id\", \"1\"}, {\"prefer_nhwc\", \"0\"}});\n"
                       "options.AppendExecutionProvider_CUDA_V2(*cuda);\n"
                       "options.AppendExecutionProvider(\"XNNPACK\", "
                       "{{\"intra_op_num_threads\", \"2\"}});\n"));
}

TEST(SettingsAsCode, FlagsAreThoseOfPerfTest) {
  EXPECT_EQ(as_flags(tuned),
            "--intra_op_num_threads 4 --opt_level 99 --inter_op_num_threads 2 --parallel "
            "--provider cuda:device_id=1,prefer_nhwc=0 --provider xnnpack:intra_op_num_threads=2");
}

}  // namespace
}  // namespace ortopt
