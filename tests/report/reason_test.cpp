#include "ortopt/report/reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ortopt {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST(PlainReason, LeavesOutWhereInTheRuntimesSourceItHappened) {
  EXPECT_EQ(
      plain_reason("the runtime refuses the original: Load model from m.onnx "
                   "failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:256 "
                   "onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, "
                   "const std::function<int(int)>&) Unsupported model IR version: 99, max "
                   "supported IR version: 13\n"),
      "the runtime refuses the original: Load model from m.onnx failed: Unsupported model IR "
      "version: 99, max supported IR version: 13");
}

TEST(PlainReason, KnowsSignaturesOfEveryKind) {
  const std::string place = "failed: /src/a/b.h:46 ";
  for (const std::string signature :
       {"void onnxruntime::utils::Check(const std::unordered_map<std::__cxx11::basic_string<char>, "
        "int>&, bool) ",
        "onnxruntime::Status onnxruntime::Kernel::Compute(onnxruntime::OpKernelContext*) const ",
        "onnxruntime::X::Y(const Z&)::<lambda(int)> ",
        "T onnxruntime::Get(int) [with T = std::vector<int>] ",
        "bool onnxruntime::Less::operator()(int, int) const ", ""})
    EXPECT_EQ(plain_reason(place + signature + "it is 5 (not 6)"), "failed: it is 5 (not 6)");
}

TEST(PlainReason, LeavesOutEveryPlace) {
  EXPECT_EQ(plain_reason("one /a/b.cc:1 x::f(int) two /a/c.cu:22 x::g() three"), "one two three");
}

TEST(PlainReason, KeepsWhatOnlyLooksLikeIt) {
  for (const std::string text :
       {"'/layer.0/Add' (MatMul): 12 heads", "cannot open 'model.cc:12': No such file",
        "ratio 3:4 of a/b", "at /a/b.cc", "model.onnx:7 (x)", ""})
    EXPECT_EQ(plain_reason(text), text);
  EXPECT_EQ(plain_reason("/a/b.cc:7 x::f(int, it never closes"), "x::f(int, it never closes");
  EXPECT_EQ(plain_reason("/a/b.cc:7 Type::name is wrong (5)"), "Type::name is wrong (5)");
}

TEST(PlainReason, EndsWithAWord) { EXPECT_EQ(plain_reason("one\ntwo \n\n"), "one\ntwo"); }

TEST(BriefReason, IsCutAtAWordAndSaysSo) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "word" + std::to_string(i) + " ";
  const std::string brief = brief_reason(many);
  EXPECT_THAT(brief, StartsWith("word0 word1 "));
  EXPECT_THAT(brief, EndsWith(" ... (--report has all of it)"));
  EXPECT_LT(brief.size(), 400U);
  EXPECT_LT(brief_reason(std::string(10'000, 'x')).size(), 400U);
  EXPECT_EQ(brief_reason("short"), "short");
}

}  // namespace
}  // namespace ortopt
