#include <gtest/gtest.h>

#include "tests/pattern/pattern_check.h"

namespace ortopt::pattern {
namespace {

using test::explanation;
using test::find_in;
using test::Graphs;

const std::string signature = "g (float[B, 4] a, float[B, 4] b) => (float[B, 4] y) ";

TEST(Captures, UnifyToOneValue) {
  const Pattern x = any("x");
  EXPECT_TRUE(find_in(x * x, signature + "{ y = Mul(a, a) }"));
  EXPECT_FALSE(find_in(x * x, signature + "{ y = Mul(a, b) }"));
  EXPECT_EQ(explanation(x * x, signature + "{ y = Mul(a, b) }"), "x is 'a' and cannot be 'b' too");
}

TEST(Captures, TwoNamesMayBindInEitherOrder) {
  const Pattern x = any("x");
  const Pattern z = any("z");
  const Graphs graph(signature + "{ t = Neg(a) y = Mul(t, b) }");
  const auto match = graph.find(call("Neg", {x}) * z);
  ASSERT_TRUE(match);
  EXPECT_EQ((*match)[x].name(), "a");
  EXPECT_EQ((*match)[z].name(), "b");
}

TEST(Captures, ConstantsReadBackAsNumbers) {
  const Pattern epsilon = number("epsilon");
  const Graphs graph(signature + "<float[1, 1] e = {0.00001}> { y = Add(a, e) }");
  const auto match = graph.find(any("x") + epsilon);
  ASSERT_TRUE(match);
  EXPECT_NEAR(match->number(epsilon), 1e-5, 1e-10);
}

TEST(Numbers, MatchWhateverTheirRankAndType) {
  for (const std::string constant : {"float c = {0.5}", "float[1] c = {0.5}",
                                     "float[1, 1] c = {0.5}", "float[4] c = {0.5, 0.5, 0.5, 0.5}"})
    EXPECT_TRUE(find_in(any("x") * 0.5, signature + "<" + constant + "> { y = Mul(a, c) }"))
        << constant;
  EXPECT_TRUE(
      find_in(any("x") * 0.5,
              "g (double[B, 4] a) => (double[B, 4] y) <double c = {0.5}> { y = Mul(c, a) }"));
}

TEST(Numbers, HalfPrecisionIsWithinTheTolerance) {
  // 0x3DA8 is the fp16 nearest to √2.
  EXPECT_TRUE(find_in(any("x") / 1.4142135,
                      "g (float16[B, 4] a) => (float16[B, 4] y) <float16 c = {15784}> "
                      "{ y = Div(a, c) }"));
}

TEST(Numbers, OutsideTheToleranceAreNamed) {
  EXPECT_EQ(explanation(any("x") * 0.5, signature + "<float c = {0.6}> { y = Mul(a, c) }"),
            "'c' is 0.6, not the constant 0.5");
  EXPECT_FALSE(find_in(any("x") * 0.5, signature + "<float[4] c = {0.5, 0.5, 0.5, 0.6}> "
                                                   "{ y = Mul(a, c) }"));
}

TEST(Numbers, ProductsOfNumbersAreOneNumber) {
  EXPECT_TRUE(find_in(2.0 * any("x") * 0.25, signature + "<float c = {0.5}> { y = Mul(a, c) }"));
  EXPECT_TRUE(find_in(call("Neg", {any("x")}) + 0.0, signature + "{ y = Neg(a) }"));
}

TEST(Chains, SubtractionIsAdditionOfTheNegative) {
  const Pattern x = any("x");
  const Pattern z = any("z");
  const Pattern subtrahend = call("Exp", {z});
  for (const char* body :
       {"e = Exp(b) y = Sub(a, e)", "e = Exp(b) t = Neg(e) y = Add(a, t)",
        "e = Exp(b) t = Neg(e) y = Add(t, a)", "e = Exp(b) t = Sub(e, a) y = Neg(t)"}) {
    const Graphs graph(signature + "{" + body + "}");
    const auto match = graph.find(x - subtrahend);
    ASSERT_TRUE(match) << body;
    EXPECT_EQ((*match)[x].name(), "a");
    EXPECT_EQ((*match)[z].name(), "b");
    EXPECT_FALSE(graph.find(subtrahend - x)) << body;
  }
}

TEST(Chains, DivisionIsMultiplicationByTheReciprocal) {
  const Pattern x = any("x");
  const Pattern root = call("Sqrt", {any("v")});
  for (const char* body :
       {"s = Sqrt(b) y = Div(a, s)", "s = Sqrt(b) r = Reciprocal(s) y = Mul(a, r)",
        "s = Sqrt(b) r = Reciprocal(s) y = Mul(r, a)", "s = Sqrt(b) r = Div(one, s) y = Mul(a, r)",
        "s = Sqrt(b) r = Pow(s, minus) y = Mul(a, r)"}) {
    const Graphs graph(signature + "<float one = {1}, float minus = {-1}> {" + body + "}");
    const auto match = graph.find(x / root);
    ASSERT_TRUE(match) << body;
    EXPECT_EQ((*match)[x].name(), "a");
    EXPECT_EQ((*match)[root].name(), "s");
  }
}

TEST(Chains, ConstantsAreTheirInverses) {
  const std::string head = signature + "<float half = {0.5}, float two = {2}, float minus = {-2}> ";
  EXPECT_TRUE(find_in(any("x") * 0.5, head + "{ y = Div(a, two) }"));
  EXPECT_TRUE(find_in(any("x") / 2.0, head + "{ y = Mul(half, a) }"));
  EXPECT_TRUE(find_in(any("x") - 2.0, head + "{ y = Add(minus, a) }"));
  EXPECT_TRUE(find_in(any("x") + 2.0, head + "{ y = Sub(a, minus) }"));
  EXPECT_FALSE(find_in(any("x") / 2.0, head + "{ y = Div(two, a) }"));
  EXPECT_FALSE(find_in(2.0 - any("x"), head + "{ y = Sub(a, two) }"));
}

TEST(Chains, LongOnesAreFound) {
  std::string body = "t1 = Mul(a, a) ";
  for (int k = 2; k < 7; ++k)
    body += "t" + std::to_string(k) + " = Mul(a, t" + std::to_string(k - 1) + ") ";
  const Pattern x = any("x");
  EXPECT_TRUE(find_in(x * x * x * x * x * x * x * x, signature + "{" + body + "y = Mul(t6, a) }"));
  EXPECT_FALSE(find_in(x * x * x * x * x * x * x * x, signature + "{" + body + "y = Mul(t6, b) }"));
}

TEST(OptionalTerms, MayBeMissing) {
  const Pattern x = any("x");
  const Pattern negative = call("Neg", {x});
  const Pattern mask = any("mask");
  const Pattern sum = negative + optional_term(mask);
  const Graphs with_mask(signature + "{ t = Neg(a) y = Add(b, t) }");
  const Graphs without(signature + "{ y = Neg(a) }");
  const auto both = with_mask.find(sum);
  ASSERT_TRUE(both);
  EXPECT_EQ((*both)[mask].name(), "b");
  const auto alone = without.find(sum);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(alone->has(mask));
}

TEST(Maybe, TakesTheOperatorOrDoesWithout) {
  const Pattern x = any("x");
  const Pattern pattern = call("Neg", {maybe("Identity", x)});
  const Graphs wrapped(signature + "{ t = Identity(a) y = Neg(t) }");
  const auto match = wrapped.find(pattern);
  ASSERT_TRUE(match);
  EXPECT_EQ((*match)[x].name(), "a");
  EXPECT_TRUE(find_in(pattern, signature + "{ y = Neg(a) }"));
}

TEST(Either, ComesBackWhenALaterPartFails) {
  // The first choice binds x to t; only the second lets the other operand agree.
  const Pattern x = any("x");
  const Pattern pattern = either({x, call("Neg", {x})}) * x;
  EXPECT_TRUE(find_in(pattern, signature + "{ t = Neg(a) y = Mul(t, a) }"));
  EXPECT_TRUE(find_in(pattern, signature + "{ t = Neg(a) y = Mul(a, t) }"));
}

TEST(Guards, RefusingOneBindingMakesTheSearchGoOn) {
  const Pattern x = any("x");
  const Pattern z = any("z");
  const Graphs graph(signature + "{ y = Mul(a, b) }");
  const auto match = graph.find(x * z, [&](const Match& m) -> std::optional<std::string> {
    if (m[x].name() == "b") return std::nullopt;
    return "x is not b";
  });
  ASSERT_TRUE(match);
  EXPECT_EQ((*match)[z].name(), "a");
}

TEST(Guards, TheirReasonIsTheNearestMiss) {
  const Graphs graph(signature + "{ y = Mul(a, b) }");
  Miss miss;
  EXPECT_FALSE(graph.find(
      any("x") * any("z"), [](const Match&) { return std::optional<std::string>("it is Monday"); },
      &miss));
  EXPECT_EQ(miss.reason, "it is Monday");
}

TEST(Privacy, AValueThatSomeoneElseReadsIsNotGivenUp) {
  const Pattern pattern = call("Neg", {call("Exp", {any("x")})});
  EXPECT_EQ(explanation(pattern,
                        "g (float[4] a) => (float[4] y, float[4] z) "
                        "{ t = Exp(a) y = Neg(t) z = Sqrt(t) }"),
            "'t' is also used by Sqrt");
  EXPECT_EQ(explanation(pattern,
                        "g (float[4] a) => (float[4] y, float[4] t) "
                        "{ t = Exp(a) y = Neg(t) }"),
            "'t' is a graph output");
}

TEST(Privacy, AnEscapingValueMayBeRead) {
  const Pattern sum = escapes(call("Exp", {any("x")}));
  EXPECT_TRUE(find_in(call("Neg", {sum}),
                      "g (float[4] a) => (float[4] y, float[4] z) "
                      "{ t = Exp(a) y = Neg(t) z = Sqrt(t) }"));
  EXPECT_TRUE(find_in(call("Neg", {sum}),
                      "g (float[4] a) => (float[4] y, float[4] t) "
                      "{ t = Exp(a) y = Neg(t) }"));
}

TEST(Privacy, AnEscapingValueThatFeedsTheRestIsRefused) {
  // One node cannot make t and read what is computed from t.
  const Pattern pattern = call("Mul", {escapes(call("Exp", {any("x")})), any("z")});
  EXPECT_EQ(explanation(pattern,
                        "g (float[4] a) => (float[4] y) "
                        "{ t = Exp(a) s = Sqrt(t) y = Mul(t, s) }"),
            "'t' is read by what is computed in between");
}

TEST(Privacy, PiecesOutsideANestedGraphStayThere) {
  const std::string graph =
      "g (bool c, float[4] a) => (float[4] z) { t = Exp(a) "
      "z = If(c) <then_branch = t1 () => (float[4] y) { y = Neg(t) }, "
      "else_branch = e1 () => (float[4] w) { w = Identity(t) }> }";
  EXPECT_EQ(explanation(call("Neg", {call("Exp", {any("x")})}), graph),
            "'t' is computed outside the nested graph");
}

TEST(Calls, InputsLeftOutAreToldApart) {
  const Pattern bias = any("bias");
  const Pattern low = any("low");
  const Pattern clip = call("Clip", {any("x"), optional_input(low), optional_input(bias)});
  const Graphs graph("g (float[4] a, float h) => (float[4] y) { y = Clip(a, , h) }");
  const auto match = graph.find(clip);
  ASSERT_TRUE(match);
  EXPECT_FALSE(match->has(low));
  EXPECT_TRUE(match->has(bias));
  EXPECT_FALSE(graph.find(call("Clip", {any("x"), no_input(), no_input()})));
  EXPECT_TRUE(graph.find(call("Clip", {any("x"), no_input()})));
}

TEST(Calls, ADomainIsPartOfTheName) {
  const std::string graph = "g (float[4] a) => (float[4] y) { y = com.microsoft.Gelu(a) }";
  EXPECT_TRUE(find_in(call_in("com.microsoft", "Gelu", {any("x")}), graph));
  EXPECT_FALSE(find_in(call("Gelu", {any("x")}), graph));
}

TEST(Calls, EachOutputIsToldApart) {
  const Pattern split = call("Split", {any("x")});
  const std::string graph =
      "g (float[4] a) => (float[2] y) { p, q = Split <num_outputs = 2> (a) y = Sub(q, p) }";
  EXPECT_TRUE(find_in(output(split, 1) - output(split, 0), graph));
  EXPECT_FALSE(find_in(output(split, 0) - output(split, 1), graph));
}

TEST(Conditions, TellWhyTheyFail) {
  const Pattern concat = with(
      call("Concat", {any("x")}),
      [](const Node& node, const Match&) { return node.int_attribute("axis") == 1; },
      "its axis is not 1");
  EXPECT_EQ(explanation(concat, "g (float[4] a) => (float[8] y) { y = Concat <axis = 0> (a, a) }"),
            "Concat 'y': its axis is not 1");
}

TEST(Budget, AnExplodingSearchIsGivenUpAndSaysSo) {
  std::string body = "t0 = Mul(a, b) ";
  for (int k = 1; k < 7; ++k)
    body += "t" + std::to_string(k) + " = Mul(t" + std::to_string(k - 1) + ", " +
            (k % 2 == 0 ? "a" : "b") + ") ";
  std::vector<Pattern> terms;
  Pattern product = any("p0");
  for (int k = 1; k < 7; ++k) product = product * any("p" + std::to_string(k));
  const Graphs graph(signature + "{" + body + "y = Mul(t6, a) }");
  Miss miss;
  EXPECT_FALSE(graph.find(product * call("Neg", {any("n")}), {}, &miss));
  EXPECT_TRUE(miss.exhausted);
}

TEST(Dispatch, RootOperatorsAreNamed) {
  EXPECT_EQ(root_operators(any("x") + any("z")), (std::vector<std::string>{"Add", "Neg", "Sub"}));
  EXPECT_EQ(root_operators(maybe("Cast", call("Erf", {any("x")}))),
            (std::vector<std::string>{"Cast", "Erf"}));
  EXPECT_TRUE(root_operators(any("x")).empty());
}

TEST(Anchors, AnAttemptThatReachesOneIsNearerThanADeeperOne) {
  const Graphs graph(signature +
                     "{ e = Exp(a) n = Neg(e) t = Erf(b) y = Concat <axis = 0> (n, t) }");
  const Pattern deep = call("Concat", {call("Neg", {call("Exp", {call("Sqrt", {any("x")})})})});
  const Pattern shallow = call("Concat", {any("x"), call("Erf", {call("Tanh", {any("z")})})});
  Miss miss;
  const std::vector<std::string> anchors = {"Erf"};
  EXPECT_FALSE(graph.find(either({deep, shallow}), {}, &miss));
  EXPECT_EQ(miss.reason, "'a' is a graph input, not from Sqrt");
  EXPECT_FALSE(graph.find(either({deep, shallow}), {}, &miss, anchors));
  EXPECT_EQ(miss.reason, "'b' is a graph input, not from Tanh");
}

}  // namespace
}  // namespace ortopt::pattern
