#include "ortopt/compare/signature.h"

#include <gmock/gmock.h>

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Port port(const std::string& name, DataType type = DataType::int64,
          std::vector<int64_t> dims = {-1, -1}) {
  std::vector<std::string> symbols(dims.size());
  return {name, type, std::move(dims), std::move(symbols)};
}

Signature signature(std::vector<Port> inputs, std::vector<Port> outputs) {
  Signature out;
  out.inputs = std::move(inputs);
  out.outputs = std::move(outputs);
  return out;
}

TEST(MatchSignatures, GoesByNameWhateverTheOrder) {
  const Result<SignatureMatch> match =
      match_signatures(signature({port("ids"), port("mask")}, {port("y")}),
                       signature({port("mask"), port("ids")}, {port("y")}), {});
  EXPECT_THAT(match->inputs, ElementsAre(PortPair{0, 1}, PortPair{1, 0}));
  EXPECT_THAT(match->differences, IsEmpty());
  EXPECT_THAT(match->notes, IsEmpty());
}

TEST(MatchSignatures, GoesByPlaceWhereTypesAndShapesAgree) {
  const Result<SignatureMatch> match =
      match_signatures(signature({port("a"), port("mask")}, {port("y")}),
                       signature({port("b"), port("mask")}, {port("z")}), {});
  EXPECT_THAT(match->inputs, SizeIs(2));
  EXPECT_THAT(match->differences, IsEmpty());
  EXPECT_THAT(match->notes, SizeIs(2));
}

TEST(MatchSignatures, DoesNotGuessWhenTypesOrShapesDisagree) {
  for (const Port& other : {port("b", DataType::int32), port("b", DataType::int64, {-1})}) {
    const Result<SignatureMatch> match =
        match_signatures(signature({port("a")}, {}), signature({other}, {}), {});
    EXPECT_THAT(match->inputs, IsEmpty());
    EXPECT_THAT(match->differences,
                ElementsAre(HasSubstr("'a' (int64 [?, ?]) is only in the baseline"),
                            HasSubstr("is only in the other model")));
  }
}

TEST(MatchSignatures, AMappingIsTakenAsItIs) {
  const Result<SignatureMatch> match = match_signatures(
      signature({port("a")}, {port("y")}), signature({port("b", DataType::int32)}, {port("z")}),
      {{"a", "b"}, {"y", "z"}});
  EXPECT_THAT(match->inputs, SizeIs(1));
  EXPECT_THAT(match->outputs, SizeIs(1));
  EXPECT_THAT(match->differences, IsEmpty());
  EXPECT_THAT(match->notes, IsEmpty());
}

TEST(MatchSignatures, AMappingOfUnknownNamesIsAnError) {
  const Result<SignatureMatch> match = match_signatures(
      signature({port("a")}, {port("y")}), signature({port("b")}, {port("z")}), {{"a", "z"}});
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().code, Code::usage);
  EXPECT_THAT(match.error().message, HasSubstr("'a=z'"));
}

TEST(MatchSignatures, AnotherTypeOrSizeUnderTheSameNameIsADifference) {
  EXPECT_THAT(
      match_signatures(signature({port("a")}, {}), signature({port("a", DataType::int32)}, {}), {})
          ->differences,
      ElementsAre("input 'a' was int64, is int32"));
  EXPECT_THAT(match_signatures(signature({port("a")}, {}),
                               signature({port("a", DataType::int64, {-1, 8})}, {}), {})
                  ->differences,
              ElementsAre("input 'a' had the shape [?, ?], has [?, 8]"));
}

}  // namespace
}  // namespace ortopt
