#include "ortopt/pass/pass_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ortopt/pass/rewriter.h"
#include "ortopt/pattern/vocabulary.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using pattern::any;
using pattern::call;
using pattern::Match;
using pattern::Pattern;
using test_support::model_of;
using test_support::same_graph;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// `from`(x) becomes `to`(x).
class Rename final : public FusionPass {
 public:
  Rename(const std::string& from, const std::string& to)
      : FusionPass(from + "_to_" + to, "for these tests") {
    const Pattern x = any("x");
    pattern = call(from, {x});
    rewrite = [=](const Match& match, Rewriter& rewriter) -> Value& {
      return rewriter.node("", to, {&match[x]});
    };
  }
};

/// Exp(Neg(x)) becomes Sigmoid(x); an Exp is its anchor.
class ExpOfNeg final : public FusionPass {
 public:
  ExpOfNeg() : FusionPass("exp_of_neg", "for these tests") {
    const Pattern x = any("x");
    pattern = call("Exp", {call("Neg", {x})});
    anchors = {"Exp"};
    guard = [=](const Match& match, const Context&) -> std::optional<std::string> {
      if (match[x].name() == "forbidden") return "it is forbidden";
      return std::nullopt;
    };
    rewrite = [=](const Match& match, Rewriter& rewriter) -> Value& {
      return rewriter.node("", "Sigmoid", {&match[x]});
    };
  }
};

class Failing final : public Pass {
 public:
  [[nodiscard]] std::string_view id() const override { return "failing"; }
  [[nodiscard]] std::string_view summary() const override { return "for these tests"; }
  [[nodiscard]] Result<Changes> run(Graph&, Context&) const override {
    return fail(Code::failure, "out of luck");
  }
};

template <class... Passes>
Stage stage(std::string_view name, Passes... passes) {
  Stage made{.name = name};
  (made.passes.push_back(std::make_unique<Passes>(std::move(passes))), ...);
  return made;
}

struct Outcome {
  std::unique_ptr<Model> model;
  Facts facts;
  Result<void> result;
};

template <class... Stages>
Outcome run(std::string_view text, const RunOptions& options, Stages... stages) {
  Pipeline pipeline;
  (pipeline.push_back(std::move(stages)), ...);
  Outcome made{.model = model_of(text)};
  Logger logger(LogLevel::off);
  made.result = run_pipeline(pipeline, *made.model, options, made.facts, logger);
  return made;
}

constexpr std::string_view chain =
    "g (float[4] x) => (float[4] y) { a = Neg(x) b = Exp(a) y = Abs(b) }";

TEST(PassManager, RunsAStageUntilNothingChanges) {
  // The second pass makes what the first one takes.
  const Outcome done = run("g (float[4] x) => (float[4] y) { y = Sin(x) }", {},
                           stage("s", Rename("Cos", "Tan"), Rename("Sin", "Cos")));
  ASSERT_TRUE(done.result.has_value());
  EXPECT_TRUE(same_graph("g (float[4] x) => (float[4] y) { y = Tan(x) }", done.model->graph()));
  ASSERT_EQ(done.facts.runs.size(), 2U);
  EXPECT_EQ(done.facts.runs[0].changes, 1U);
  EXPECT_TRUE(done.facts.runs[0].converged);
}

TEST(PassManager, GivesUpOnPassesThatUndoEachOther) {
  const Outcome done = run("g (float[4] x) => (float[4] y) { y = Sin(x) }", {},
                           stage("s", Rename("Sin", "Cos"), Rename("Cos", "Sin")));
  ASSERT_TRUE(done.result.has_value());
  EXPECT_FALSE(done.facts.runs[0].converged);
  EXPECT_FALSE(done.facts.runs[1].converged);
}

TEST(PassManager, DoesNotRunAPassAgainThatHadNothingToDo) {
  const Outcome done = run("g (float[4] x) => (float[4] y) { y = Sin(x) }", {},
                           stage("s", Rename("Cos", "Tan")), stage("t", Rename("Sin", "Cos")));
  EXPECT_EQ(done.facts.runs[0].rounds, 1U);
  EXPECT_EQ(done.facts.runs[1].rounds, 2U);
}

TEST(PassManager, ReachesNestedGraphs) {
  const Outcome done = run(R"(
    g (bool c, float[4] x) => (float[4] y) {
      y = If(c) <then_branch = t () => (float[4] p) { p = Sin(x) },
                 else_branch = e () => (float[4] q) { q = Neg(x) }>
    })",
                           {}, stage("s", Rename("Sin", "Cos")));
  EXPECT_TRUE(same_graph(R"(
    g (bool c, float[4] x) => (float[4] y) {
      y = If(c) <then_branch = t () => (float[4] p) { p = Cos(x) },
                 else_branch = e () => (float[4] q) { q = Neg(x) }>
    })",
                         done.model->graph()));
}

TEST(PassManager, AFailureNamesThePass) {
  const Outcome done = run(chain, {}, stage("s", Failing()));
  ASSERT_FALSE(done.result.has_value());
  EXPECT_THAT(done.result.error().text(), HasSubstr("while running pass 'failing'"));
}

TEST(Selection, AnUnknownPassIsRefused) {
  const Outcome done = run(chain, {.selection = {.skip = {"nonsense"}}}, stage("s", ExpOfNeg()));
  ASSERT_FALSE(done.result.has_value());
  EXPECT_EQ(done.result.error().code, Code::usage);
}

TEST(Selection, SkipsAPassOrSomeOfItsNodes) {
  const std::string two =
      "g (float[4] x) => (float[4] y, float[4] z) { [l0] y = Sin(x) [l1] z = Sin(y) }";
  const auto left = [&](const Selection& selection) {
    const Outcome done = run(two, {.selection = selection}, stage("s", Rename("Sin", "Cos")));
    EXPECT_TRUE(done.result.has_value());
    std::vector<std::string> names;
    for (const Node& node : done.model->graph().nodes())
      if (node.is("Sin")) names.push_back(node.name());
    return names;
  };
  EXPECT_THAT(left({}), IsEmpty());
  EXPECT_THAT(left({.skip = {"Sin_to_Cos"}}), ElementsAre("l0", "l1"));
  EXPECT_THAT(left({.skip = {"Sin_to_Cos@l1*"}}), ElementsAre("l1"));
  EXPECT_THAT(left({.only = {"Sin_to_Cos@?1"}}), ElementsAre("l0"));
  EXPECT_THAT(left({.only = {"Sin_to_Cos"}, .skip = {"Sin_to_Cos@l0"}}), ElementsAre("l0"));
}

TEST(Selection, AGlobThatMatchesNoNodeIsAWarning) {
  const std::string two =
      "g (float[4] x) => (float[4] y, float[4] z) { [l0] y = Sin(x) [l1] z = Sin(y) }";
  const auto warnings = [&](const Selection& selection) {
    return run(two, {.selection = selection}, stage("s", Rename("Sin", "Cos"))).facts.warnings;
  };
  EXPECT_THAT(warnings({.skip = {"Sin_to_Cos", "Sin_to_Cos@l*"}}), IsEmpty());
  EXPECT_THAT(warnings({.only = {"Sin_to_Cos@l1"}, .skip = {"Sin_to_Cos@l2"}}),
              ElementsAre("--skip Sin_to_Cos@l2 matches no node of the model"));
  EXPECT_THAT(warnings({.only = {"Sin_to_Cos@m?"}}),
              ElementsAre("--only Sin_to_Cos@m? matches no node of the model"));
}

TEST(Selection, OnlyChoosesAmongFusions) {
  Stage support = stage("normalise", Rename("Sin", "Cos"));
  support.purpose = Stage::Purpose::support;
  const Outcome done = run("g (float[4] x) => (float[4] y) { a = Sin(x) b = Abs(a) y = Tan(b) }",
                           {.selection = {.only = {"Abs_to_Neg"}}}, std::move(support),
                           stage("s", Rename("Abs", "Neg"), Rename("Tan", "Tanh")));
  EXPECT_TRUE(same_graph("g (float[4] x) => (float[4] y) { a = Cos(x) b = Neg(a) y = Tan(b) }",
                         done.model->graph()));
}

TEST(Misses, AreOfTheLastRoundAndOfNodesThatAreLeft) {
  const Outcome done =
      run("g (float[4] x) => (float[4] y) { a = Abs(x) b = Exp(a) y = Neg(b) }", {},
          stage("s", ExpOfNeg()), stage("t", Rename("Abs", "Neg"), ExpOfNeg()));
  EXPECT_THAT(done.facts.misses, IsEmpty());
  const Outcome left = run("g (float[4] x) => (float[4] y) { a = Abs(x) b = Exp(a) y = Neg(b) }",
                           {}, stage("s", ExpOfNeg()), stage("t", Rename("Exp", "Tanh")));
  EXPECT_THAT(left.facts.misses, IsEmpty());
}

TEST(Misses, TellTheNearestReason) {
  const Outcome wrong =
      run("g (float[4] x) => (float[4] y) { a = Abs(x) y = Exp(a) }", {}, stage("s", ExpOfNeg()));
  ASSERT_EQ(wrong.facts.misses.size(), 1U);
  EXPECT_EQ(wrong.facts.misses[0].reason, "'a' comes from Abs, not from Neg");
  const Outcome refused =
      run("g (float[4] forbidden) => (float[4] y) { a = Neg(forbidden) y = Exp(a) }", {},
          stage("s", ExpOfNeg()));
  ASSERT_EQ(refused.facts.misses.size(), 1U);
  EXPECT_EQ(refused.facts.misses[0].reason, "it is forbidden");
}

TEST(Misses, ASelectionThatLeavesANodeOutIsTheReason) {
  const Outcome done = run("g (float[4] x) => (float[4] y) { a = Neg(x) [here] y = Exp(a) }",
                           {.selection = {.skip = {"exp_of_neg@here"}}}, stage("s", ExpOfNeg()));
  ASSERT_EQ(done.facts.misses.size(), 1U);
  EXPECT_EQ(done.facts.misses[0].reason, "--only or --skip leaves it out");
}

}  // namespace
}  // namespace ortopt
