#include "ortopt/ir/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using test_support::model_of;
using ::testing::HasSubstr;

/// What printing the parsed text gives; checked to be a fixed point.
std::string printed(std::string_view text) {
  const std::string once = to_text(*model_of(text));
  EXPECT_EQ(to_text(*model_of(once)), once);
  return once;
}

TEST(Text, GivesABareGraphADefaultHeader) {
  EXPECT_EQ(printed("g (float[B,2] x) => (float[B,2] y) { y = Neg(x) }"),
            "<ir_version: 10, opset_import: [\"\" : 17, \"com.microsoft\" : 1]>\n"
            "g (float[B,2] x) => (float[B,2] y) {\n"
            "  y = Neg (x)\n"
            "}\n");
}

TEST(Text, KeepsAHeaderOfItsOwn) {
  const auto model = model_of(
      R"(<ir_version: 8, opset_import: ["" : 13, "my.domain" : 3], producer_name: "p \"q\"",
         metadata_props: ["k" : "v"]> g (float x) => (float y) { y = Neg(x) })");
  EXPECT_EQ(model->ir_version(), 8);
  EXPECT_EQ(model->opset()->version, 13);
  EXPECT_EQ(model->opset("my.domain")->version, 3);
  EXPECT_EQ(model->opset("other"), std::nullopt);
  EXPECT_THAT(to_text(*model), HasSubstr(R"(producer_name: "p \"q\"")"));
  EXPECT_THAT(to_text(*model), HasSubstr(R"(metadata_props: ["k" : "v"])"));
}

TEST(Text, PrintsDomainsNodeNamesAndLeftOutValues) {
  EXPECT_THAT(printed("g (float x) => (float y) { [n] y, \"\" = com.microsoft.Gelu(x, \"\", x) }"),
              HasSubstr("  [n] y, \"\" = com.microsoft.Gelu (x, \"\", x)\n"));
}

TEST(Text, QuotesNamesThatAreNoIdentifiers) {
  const std::string text =
      printed(R"("torch-jit" (float "x.1") => (float "/layer/y:0") { "/layer/y:0" = Neg("x.1") })");
  EXPECT_THAT(text, HasSubstr("\"/layer/y:0\" = Neg (\"x.1\")"));
}

TEST(Text, QuotesNamesThatAreTypes) {
  EXPECT_THAT(printed(R"(g (float "float") => ("map") { "map" = Neg("float") })"),
              HasSubstr(R"(g (float "float") => ("map"))"));
}

TEST(Text, SpellsDimensionsThatAreNoIdentifiers) {
  const std::string text = printed(
      R"(g (float["past + 1",?,3] x, int64 s) => (float[] y) { y = Op <a = "float[\"q\"]">(x, s) })");
  EXPECT_THAT(text, HasSubstr(R"(float["past + 1",?,3] x, int64 s) => (float[] y))"));
  EXPECT_THAT(text, HasSubstr(R"(a = "float[\"q\"]")"));
}

TEST(Text, SortsAttributesAndTellsFloatsFromIntegers) {
  EXPECT_THAT(printed("g (float x) => (float y) { y = Op <z = 1, a = 1.0, m: ints = [], "
                      "l = [1, 2], f = [1.0, 2.5e-10], s = \"t\", n = -inf, t = int8[2] {1, -2}, "
                      "ss = [\"u\", \"v\"]> (x) }"),
              HasSubstr("Op <a = 1.0, f: floats = [1.0, 2.5e-10], l: ints = [1, 2], m: ints = [], "
                        "n = -inf, s = \"t\", ss: strings = [\"u\", \"v\"], t = int8[2] {1, -2}, "
                        "z = 1> (x)"));
}

TEST(Text, PrintsShortConstantsInline) {
  const std::string text = printed(
      "g (float x) => (float y) <float c = {0.1}, int64[2] i = {-1, 9007199254740993}, "
      "float16[1] h = {15360}, bool[2] b = {1, 0}, string[1] s = {\"a\"}, float[0] none = {}, "
      "uint64 big = {18446744073709551615}, double d = {1e-300}> { y = Sum(x, c, i, h) }");
  for (const char* part :
       {"float c = {0.1}", "int64[2] i = {-1, 9007199254740993}", "float16[1] h = {15360}",
        "bool[2] b = {1, 0}", "string[1] s = {\"a\"}", "float[0] none = {}",
        "uint64 big = {18446744073709551615}", "double d = {1e-300}"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Text, SpellsBfloat16AsItsBits) {
  const std::string text = printed(
      "g (bfloat16[2] x) => (bfloat16[2] y) <bfloat16[2] w = {16256, 49024}> { y = Add(x, w) }");
  EXPECT_THAT(text, HasSubstr("(bfloat16[2] x) => (bfloat16[2] y)"));
  EXPECT_THAT(text, HasSubstr("bfloat16[2] w = {16256, 49024}"));
  const auto model = model_of(text);
  EXPECT_THAT(*model->graph().find("w")->initializer()->numbers(), testing::ElementsAre(1, -1));
}

TEST(Text, PrintsLongConstantsAsDigest) {
  const auto model = model_of("g (float x) => (float y) { y = Neg(x) }");
  model->graph().add_initializer(
      "w", Tensor::of(DataType::float32, {100}, std::vector<double>(100, 0.0)));
  EXPECT_THAT(to_text(model->graph()), HasSubstr("float[100] w  # 400 bytes, xxh64 "));
}

TEST(Text, PrintsInitializersListedAsInputs) {
  EXPECT_THAT(printed("g (float x, float[1] w = {2}) => (float y) { y = Add(x, w) }"),
              HasSubstr("g (float x, float[1] w = {2}) => (float y)"));
}

TEST(Text, PrintsNestedGraphs) {
  const std::string text = printed(R"(g (bool c, float[2] x) => (float[2] y) {
    y = If(c) <then_branch = t () => (float["n+1"] p) <float half = {0.5}> { p = Mul(x, half) },
               else_branch = e () => (float[2] q) { q = Exp(x) }>
  })");
  EXPECT_THAT(text, HasSubstr("then_branch = t () => (float[\"n+1\"] p) <"));
  EXPECT_THAT(text, HasSubstr("float half = {0.5}"));
}

TEST(Text, PrintsTypesThatAreNoTensors) {
  EXPECT_THAT(printed("g (seq(float[2]) x, optional(int64[N]) o, map(int64, string) m) => "
                      "(seq(float[2]) y) { y = Identity(x) }"),
              HasSubstr("(seq(float[2]) x, optional(int64[N]) o, map(int64, string) m)"));
}

TEST(Text, RefusesNonsenseWithThePlace) {
  const auto model = parse_text("g (float x) => (float y) { y = }");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::bad_model);
  EXPECT_THAT(model.error().text(), HasSubstr("while parsing a graph's text"));
  EXPECT_FALSE(parse_text(""));
  EXPECT_FALSE(parse_text("g (float x) => (float y) <float c = {1e999}> { y = Add(x, c) }"));
}

}  // namespace
}  // namespace ortopt
