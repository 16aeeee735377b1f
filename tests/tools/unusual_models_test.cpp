// Models that few people have: each is either handled, or refused with exit code 3 and no output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/ir/model_messages.h"
#include "tests/support/numeric_oracle.h"
#include "tests/tools/workplace.h"

namespace ortopt {
namespace {

using test_support::bytes_of_file;
using test_support::message_of;
using test_support::model_message;
using test_support::Outcome;
using test_support::raw_floats;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string neg =
    "node { op_type: 'Neg' input: 'x' output: 'y' } input { name: 'x' } output { name: 'y' } ";
const std::string float_type =
    " type { tensor_type { elem_type: 1 shape { dim { dim_value: 2 } "
    "} } } ";

class UnusualModels : public Workplace {
 protected:
  UnusualModels() { std::filesystem::remove(folder_ / "model.onnx"); }

  [[nodiscard]] Outcome optimise(const onnx::ModelProto& message,
                                 const std::vector<std::string>& flags = {}) {
    folder_.write("model.onnx", message.SerializeAsString());
    std::vector<std::string> arguments = {"model.onnx", "-o", "out.onnx"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return ort_opt(arguments);
  }

  void expect_refused(const onnx::ModelProto& message, const std::string& why) {
    const Outcome outcome = optimise(message, {"--report", "report.json"});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("model.onnx"), HasSubstr(why)));
    EXPECT_EQ(ort_opt({"info", "model.onnx"}).exit_code, 3);
    EXPECT_EQ(folder_.listing(), "model.onnx\n");
  }
};

/// A model with `initializer` beside a Neg.
onnx::ModelProto with_initializers(const std::vector<std::string>& names) {
  onnx::ModelProto message = model_message(neg);
  for (const std::string& name : names)
    *message.mutable_graph()->add_initializer() = raw_floats(name, 2);
  return message;
}

TEST_F(UnusualModels, ThatDefineANameTwiceAreRefused) {
  expect_refused(with_initializers({"w", "w"}), "the name 'w' is defined twice");
  expect_refused(with_initializers({"y"}), "the name 'y' is defined twice");
  expect_refused(model_message(neg + "node { op_type: 'Abs' input: 'x' output: 'y' } "),
                 "the name 'y' is defined twice");
  expect_refused(model_message(neg + "input { name: 'x' } "), "the name 'x' is defined twice");
}

TEST_F(UnusualModels, ThatLeaveOutANameAreRefused) {
  expect_refused(with_initializers({""}), "an initializer has no name");
  expect_refused(model_message(neg + "input { } "), "a graph input has no name");
  expect_refused(model_message(neg + "output { } "), "graph output ''");
  expect_refused(model_message(neg + "node { input: 'x' output: 'z' } "),
                 "node 'z' names no operator");
}

TEST_F(UnusualModels, WithSequencesAndOptionalsAreOptimisedAndTheirTypesTold) {
  const std::string sequence =
      "type { sequence_type { elem_type { tensor_type { elem_type: 1 } } } }";
  const std::string optional =
      "type { optional_type { elem_type { tensor_type { elem_type: 1 } } } }";
  const Outcome outcome = optimise(model_message(
      "node { op_type: 'Identity' input: 's' output: 's1' } "
      "node { op_type: 'ConcatFromSequence' input: 's1' output: 'y' attribute { name: 'axis' "
      "type: INT i: 0 } } node { op_type: 'Optional' input: 'y' output: 'o' } "
      "input { name: 's' " +
      sequence + " } input { name: 'u' } output { name: 'y' " + float_type +
      " } output { name: 'o' " + optional + " }"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Outcome info = ort_opt({"info", "out.onnx"});
  EXPECT_THAT(info.out, AllOf(HasSubstr("s: seq(float[])\n"), HasSubstr("u: of unknown type\n"),
                              HasSubstr("o: optional(float[])\n"), HasSubstr("2 nodes"),
                              Not(HasSubstr("Identity"))));
}

TEST_F(UnusualModels, NamesReachATerminalWithoutWhatItWouldObey) {
  onnx::ModelProto message = model_message(
      "node { op_type: 'Op\\033]0;t\\007' domain: 'd\\033[2J' input: 'x\\033[31m\\nz' output: "
      "'y\\r' "
      "} input { name: 'x\\033[31m\\nz' type { tensor_type { elem_type: 1 shape { dim { dim_param: "
      "'B\\033[1m' } } } } } output { name: 'y\\r' type { tensor_type { elem_type: 1 } } }");
  *message.add_opset_import() =
      message_of<onnx::OperatorSetIdProto>("domain: 'd\\033[2J' version: 1");
  message.set_producer_name("pro\x1b[5mducer");
  onnx::StringStringEntryProto& entry = *message.add_metadata_props();
  entry.set_key("k\a");
  entry.set_value("v\x1b[0m\nsecond");
  const Outcome outcome = optimise(message, {"--explain"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Outcome info = ort_opt({"info", "model.onnx"});
  for (const std::string& text : {outcome.out, info.out})
    EXPECT_TRUE(std::ranges::none_of(text, [](unsigned char c) { return c < ' ' && c != '\n'; }))
        << text;
  for (const char* part :
       {"x\\x1b[31m\\nz: float [B\\x1b[1m]", "y\\r: float", "d\\x1b[2J.Op\\x1b]0;t",
        "made by pro\\x1b[5mducer", "Metadata k\\x07\n  v\\x1b[0m\\nsecond\n"})
    EXPECT_THAT(info.out, HasSubstr(part));

  std::filesystem::remove(folder_ / "out.onnx");
  *message.mutable_graph()->add_initializer() = raw_floats("y\r", 2);
  expect_refused(message, "the name 'y\\r' is defined twice");
}

/// F0 calls F1 twice, which calls F2 twice, …
onnx::ModelProto functions_without_end() {
  onnx::ModelProto message = model_message(
      "node { op_type: 'F0' domain: 'here' input: 'x' output: 'y' } input { name: 'x' " +
      float_type + "} output { name: 'y' " + float_type + "} ");
  *message.add_opset_import() = message_of<onnx::OperatorSetIdProto>("domain: 'here' version: 1");
  constexpr int levels = 25;
  for (int level = 0; level < levels; ++level) {
    const std::string callee = level + 1 == levels
                                   ? "op_type: 'Neg'"
                                   : "op_type: 'F" + std::to_string(level + 1) + "' domain: 'here'";
    *message.add_functions() = message_of<onnx::FunctionProto>(
        "name: 'F" + std::to_string(level) +
        "' domain: 'here' input: 'a' output: 'c' opset_import { version: 17 } "
        "opset_import { domain: 'here' version: 1 } node { " +
        callee + " input: 'a' output: 'b' } node { " + callee + " input: 'b' output: 'c' }");
  }
  return message;
}

TEST_F(UnusualModels, ThatARuntimeWouldNotComeToAnEndWithAreNotVerified) {
  if (!test_support::has_runtime()) GTEST_SKIP() << "no runtime found";
  const Outcome outcome = optimise(
      functions_without_end(), {"--verify", "auto", "--ort-lib",
                                test_support::runtime_library().string(), "--report", "r.json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Not checked against the original: its functions call each "
                                     "other so often"));
  EXPECT_THAT(outcome.out, HasSubstr("functions were not inlined"));
  const auto report = nlohmann::json::parse(bytes_of_file(folder_ / "r.json"));
  EXPECT_EQ(report["verification"]["outcome"], "not_run");
}

}  // namespace
}  // namespace ortopt
