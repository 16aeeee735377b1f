#include "ortopt/pass/target.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

constexpr std::string_view contrib = "com.microsoft";

Target target(std::string_view text) {
  const auto parsed = Target::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return *parsed;
}

TEST(Target, ReadsProviderAndVersion) {
  EXPECT_EQ(Target().text(), "any,ort=1.20");
  EXPECT_EQ(target("cpu").text(), "cpu,ort=1.20");
  EXPECT_EQ(target("cuda,ort=1.16").text(), "cuda,ort=1.16");
  for (const char* wrong :
       {"", "tpu", "cpu,", "cpu,1.16", "cpu,ort=1.x", "cpu,ort=1.15", "cpu,ort=1.16.3"}) {
    const auto parsed = Target::parse(wrong);
    ASSERT_FALSE(parsed.has_value()) << wrong;
    EXPECT_EQ(parsed.error().code, Code::usage);
  }
}

TEST(Target, ObjectsToOperatorsWithoutAKernel) {
  EXPECT_EQ(Target().objection(contrib, "Gelu", DataType::float32), std::nullopt);
  EXPECT_EQ(Target().objection(contrib, "LongformerAttention", DataType::float32),
            "LongformerAttention has no kernel on CPU; --target cuda allows it");
  EXPECT_EQ(target("cuda").objection(contrib, "LongformerAttention", DataType::float32),
            std::nullopt);
}

TEST(Target, ObjectsToOperatorsOfALaterRuntime) {
  EXPECT_EQ(target("cpu,ort=1.16").objection(contrib, "GroupQueryAttention", DataType::float32),
            "GroupQueryAttention needs ONNX Runtime 1.18");
  EXPECT_EQ(target("cpu,ort=1.18").objection(contrib, "GroupQueryAttention", DataType::float32),
            std::nullopt);
}

TEST(Target, ObjectsToTypesWithoutAKernel) {
  EXPECT_EQ(Target().objection(contrib, "Gelu", DataType::float64),
            "Gelu has no kernel for double");
  EXPECT_EQ(Target().objection(contrib, "Gelu", DataType::float16), std::nullopt);
  EXPECT_EQ(Target().objection("", "LayerNormalization", DataType::float64), std::nullopt);
}

TEST(Target, TakesOperatorsOfOnnxThatItDoesNotKnowForFloatsAndHalves) {
  EXPECT_EQ(Target().objection("", "Softplus", DataType::float32), std::nullopt);
  EXPECT_EQ(Target().objection("", "Softplus", DataType::float16), std::nullopt);
  EXPECT_EQ(Target().objection("", "Softplus", DataType::float64),
            "Softplus is not known to have a kernel for double");
  EXPECT_EQ(Target().objection("", "Softplus", DataType::undefined),
            "the element type is not known");
  EXPECT_EQ(Target().objection(contrib, "Softplus", DataType::float32),
            "Softplus is not known to have a kernel");
}

TEST(Target, KnowsWhatDoesNotPay) {
  EXPECT_TRUE(Target().pays(contrib, "SkipLayerNormalization"));
  EXPECT_TRUE(target("cuda").pays(contrib, "SkipLayerNormalization"));
  EXPECT_FALSE(target("cpu").pays(contrib, "SkipLayerNormalization"));
  EXPECT_TRUE(target("cpu").pays(contrib, "Attention"));
}

}  // namespace
}  // namespace ortopt
