#include "ortopt/ir/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/recipe.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using test_support::message_of;
using test_support::model_message;
using test_support::raw_floats;
using test_support::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string relu =
    "node { op_type: 'Relu' input: 'x' output: 'y' } input { name: 'x' } "
    "output { name: 'y' } ";

class Load : public testing::Test {
 protected:
  LoadedModel loaded(const onnx::ModelProto& message, const LoadOptions& options = {}) {
    return loaded(message.SerializeAsString(), options);
  }
  LoadedModel loaded(const std::string& bytes, const LoadOptions& options = {}) {
    Result<LoadedModel> result = load(folder_.write("model.onnx", bytes), options);
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
  }

  TemporaryFolder folder_;
};

const Tensor& initializer(const LoadedModel& loaded, const std::string& name) {
  const Value* value = loaded.model->graph().find(name);
  if (value == nullptr || value->initializer() == nullptr)
    throw std::runtime_error("no initializer " + name);
  return *value->initializer();
}

bool stays_in_file(const Tensor& tensor) {
  return std::holds_alternative<FileExtent>(tensor.content());
}

std::vector<double> numbers_of(const Tensor& tensor) {
  return tensor.numbers().value_or(std::vector<double>{-999});
}

std::vector<double> counting(std::size_t count, double first = 0) {
  std::vector<double> out(count);
  std::iota(out.begin(), out.end(), first);
  return out;
}

TEST_F(Load, LargeContentStaysInTheFileAndSmallContentDoesNot) {
  onnx::ModelProto message = model_message(relu);
  *message.mutable_graph()->add_initializer() = raw_floats("large", 5000, 3);
  *message.mutable_graph()->add_initializer() = raw_floats("small", 10);
  const LoadedModel model = loaded(message);
  EXPECT_TRUE(stays_in_file(initializer(model, "large")));
  EXPECT_FALSE(stays_in_file(initializer(model, "small")));
  EXPECT_EQ(numbers_of(initializer(model, "large")), counting(5000, 3));
  EXPECT_EQ(numbers_of(initializer(model, "small")), counting(10));
  EXPECT_EQ(model.source.weight_bytes, 5010U * 4);
}

TEST_F(Load, LargeContentStaysInTheFileAtAnyDepth) {
  onnx::ModelProto message = model_message(
      "input { name: 'c' } output { name: 'y' } node { op_type: 'If' input: 'c' output: 'y' "
      "attribute { name: 'then_branch' type: GRAPH g { name: 't' output { name: 'a' } } } "
      "attribute { name: 'else_branch' type: GRAPH g { name: 'e' output { name: 'b' } "
      "node { op_type: 'Constant' output: 'b' attribute { name: 'value' type: TENSOR } } } } }");
  auto& attributes = *message.mutable_graph()->mutable_node(0)->mutable_attribute();
  *attributes[0].mutable_g()->add_initializer() = raw_floats("a", 1000);
  *attributes[1].mutable_g()->mutable_node(0)->mutable_attribute(0)->mutable_t() =
      raw_floats("", 2000);
  const LoadedModel model = loaded(message);
  const auto& graphs = (*model.model->graph().nodes().begin()).graphs();
  for (const auto& [name, count] : {std::pair("then_branch", 1000U), {"else_branch", 2000U}}) {
    const Graph& graph = *graphs.find(name)->second;
    ASSERT_THAT(graph.initializers(), SizeIs(1));
    EXPECT_TRUE(stays_in_file(*graph.initializers()[0]->initializer()));
    EXPECT_EQ(numbers_of(*graph.initializers()[0]->initializer()), counting(count));
  }
}

TEST_F(Load, PackedFloatsStayInTheFile) {
  onnx::ModelProto message = model_message(relu);
  onnx::TensorProto& floats = *message.mutable_graph()->add_initializer();
  floats = message_of<onnx::TensorProto>("name: 'f' data_type: 1 dims: 600");
  onnx::TensorProto& doubles = *message.mutable_graph()->add_initializer();
  doubles = message_of<onnx::TensorProto>("name: 'd' data_type: 11 dims: 600");
  for (int i = 0; i < 600; ++i) {
    floats.add_float_data(static_cast<float>(i));
    doubles.add_double_data(i);
  }
  const LoadedModel model = loaded(message);
  for (const char* name : {"f", "d"}) {
    EXPECT_TRUE(stays_in_file(initializer(model, name)));
    EXPECT_EQ(numbers_of(initializer(model, name)), counting(600));
  }
}

TEST_F(Load, OtherTypedFieldsBecomeRawInMemoryOrInATemporaryFileBySize) {
  onnx::ModelProto message = model_message(relu);
  onnx::TensorProto& some = *message.mutable_graph()->add_initializer();
  some = message_of<onnx::TensorProto>("name: 'some' data_type: 7 dims: 2000");
  for (int i = 0; i < 2000; ++i) some.add_int64_data(i);
  onnx::TensorProto& many = *message.mutable_graph()->add_initializer();
  many = message_of<onnx::TensorProto>("name: 'many' data_type: 10 dims: 40000");
  for (int i = 0; i < 40000; ++i) many.add_int32_data(i % 7 == 0 ? 0x3c00 : 0x4000);
  onnx::TensorProto& more = *message.mutable_graph()->add_initializer();
  more = message_of<onnx::TensorProto>("name: 'more' data_type: 6 dims: 20000");
  for (int i = 0; i < 20000; ++i) more.add_int32_data(-i);
  const LoadedModel model = loaded(message);
  EXPECT_EQ(numbers_of(initializer(model, "some")), counting(2000));
  EXPECT_TRUE(stays_in_file(initializer(model, "many")));
  std::vector<std::byte> bytes(4);
  ASSERT_TRUE(read_content(initializer(model, "many"), 2 * 39900, bytes));
  EXPECT_EQ(bytes,
            (std::vector<std::byte>{std::byte{0}, std::byte{0x3c}, std::byte{0}, std::byte{0x40}}));
  ASSERT_TRUE(read_content(initializer(model, "more"), 4 * 19999, bytes));
  EXPECT_EQ(bytes, (std::vector<std::byte>{std::byte{0xe1}, std::byte{0xb1}, std::byte{0xff},
                                           std::byte{0xff}}));
}

TEST_F(Load, ElementsThatAreNotPackedAreReadToo) {
  onnx::ModelProto message = model_message(relu);
  std::string tensor =
      message_of<onnx::TensorProto>("name: 'w' data_type: 7 dims: 3").SerializeAsString();
  for (const char number : {'\5', '\6', '\7'})
    tensor += std::string("\x38") + number;  // int64_data: 7
  message.mutable_graph()->add_initializer()->ParseFromString(tensor);
  // Protobuf would pack them when it writes them, so the bytes are put together by hand.
  onnx::ModelProto without = model_message(relu);
  std::string graph = without.graph().SerializeAsString();
  graph += std::string("\x2a") + static_cast<char>(tensor.size()) + tensor;
  without.clear_graph();
  const std::string bytes =
      without.SerializeAsString() + std::string("\x3a") + static_cast<char>(graph.size()) + graph;
  ASSERT_LT(graph.size(), 128U);
  EXPECT_EQ(numbers_of(initializer(loaded(bytes), "w")), (std::vector<double>{5, 6, 7}));
}

TEST_F(Load, UnknownFieldsAndGroupsPassThrough) {
  std::string bytes = model_message(relu).SerializeAsString();
  bytes += "\xf3\x3f\x08\x01\xf4\x3f";                  // Field 1022: a group with a number in it.
  bytes += std::string("\xfd\x3f\x01\x02\x03\x04", 6);  // Field 1023: four fixed bytes.
  EXPECT_EQ(loaded(bytes).model->graph().node_count(), 1U);
}

TEST_F(Load, TakesModelsFromBeforeAndAfterTheOperatorSetsItKnows) {
  for (const int version : {7, 10, 99}) {
    onnx::ModelProto message = model_message(relu);
    message.mutable_opset_import(0)->set_version(version);
    EXPECT_EQ(loaded(message).model->opset()->version, version);
  }
}

TEST_F(Load, InitializersListedAsInputsAreNoInputs) {
  onnx::ModelProto message = model_message(relu + "input { name: 'w' }");
  *message.mutable_graph()->add_initializer() = raw_floats("w", 5000);
  const LoadedModel model = loaded(message);
  EXPECT_THAT(model.model->graph().inputs(), SizeIs(1));
  EXPECT_TRUE(stays_in_file(initializer(model, "w")));
}

TEST_F(Load, FunctionsAreInlinedAndTheirWeightsStayInTheFile) {
  onnx::ModelProto message = model_message(
      "input { name: 'x' } output { name: 'y' } "
      "node { op_type: 'Shift' domain: 'here' input: 'x' output: 't' } "
      "node { op_type: 'Shift' domain: 'here' input: 't' output: 'y' } ");
  *message.add_opset_import() = message_of<onnx::OperatorSetIdProto>("domain: 'here' version: 1");
  onnx::FunctionProto& function = *message.add_functions();
  function = message_of<onnx::FunctionProto>(
      "name: 'Shift' domain: 'here' input: 'a' output: 'b' opset_import { version: 17 } "
      "node { op_type: 'Constant' output: 'w' attribute { name: 'value' type: TENSOR } } "
      "node { op_type: 'Add' input: 'a' input: 'w' output: 'b' }");
  *function.mutable_node(0)->mutable_attribute(0)->mutable_t() = raw_floats("", 3000);
  const LoadedModel model = loaded(message);
  EXPECT_EQ(model.model->graph().node_count(), 2U);
  ASSERT_THAT(model.model->graph().initializers(), SizeIs(2));
  for (const Value* value : model.model->graph().initializers()) {
    EXPECT_TRUE(stays_in_file(*value->initializer()));
    EXPECT_EQ(numbers_of(*value->initializer()), counting(3000));
  }
  const LoadedModel kept = loaded(message, {.inline_functions = false});
  EXPECT_EQ((*kept.model->graph().nodes().begin()).op(), "Shift");
}

/// A call of the first of `levels` functions, of which each calls the next one `calls` times.
onnx::ModelProto calls_within_calls(int levels, int calls) {
  onnx::ModelProto message = model_message(
      "input { name: 'x' } output { name: 'y' } "
      "node { op_type: 'F0' domain: 'here' input: 'x' output: 'y' } ");
  *message.add_opset_import() = message_of<onnx::OperatorSetIdProto>("domain: 'here' version: 1");
  for (int level = 0; level < levels; ++level) {
    const std::string callee =
        "op_type: '" +
        (level + 1 == levels ? "Relu'" : "F" + std::to_string(level + 1) + "' domain: 'here'");
    std::string body;
    for (int call = 0; call < calls; ++call)
      body += "node { " + callee + " input: 'v" + std::to_string(call) + "' output: 'v" +
              std::to_string(call + 1) + "' } ";
    *message.add_functions() = message_of<onnx::FunctionProto>(
        "name: 'F" + std::to_string(level) + "' domain: 'here' input: 'v0' output: 'v" +
        std::to_string(calls) +
        "' opset_import { version: 17 } opset_import { domain: 'here' version: 1 } " + body);
  }
  return message;
}

TEST_F(Load, FunctionsThatMultiplyWithoutEndAreLeftAlone) {
  const LoadedModel model = loaded(calls_within_calls(40, 2));
  EXPECT_THAT(model.model->notes(),
              ElementsAre(HasSubstr("were not inlined: the graph would grow")));
  EXPECT_TRUE(model.source.has_unbounded_calls);
}

TEST_F(Load, FunctionsThatCallEachOtherTooDeepForTheStackAreLeftAlone) {
  EXPECT_THAT(loaded(calls_within_calls(400, 1)).model->notes(), IsEmpty());
  EXPECT_FALSE(loaded(calls_within_calls(400, 1)).source.has_unbounded_calls);
  EXPECT_TRUE(loaded(calls_within_calls(10'000, 1)).source.has_unbounded_calls);
  EXPECT_THAT(loaded(calls_within_calls(10'000, 1)).model->notes(),
              ElementsAre(HasSubstr("were not inlined: they call each other")));
}

TEST_F(Load, FingerprintsChangeWithGraphAndWeightsAndNotWithTheName) {
  onnx::ModelProto message = model_message(relu);
  *message.mutable_graph()->add_initializer() = raw_floats("w", 5000);
  const std::string first = loaded(message).source.fingerprint;
  EXPECT_THAT(first, SizeIs(32));
  const auto copy = folder_.write("copy.onnx", message.SerializeAsString());
  EXPECT_EQ(load(copy)->source.fingerprint, first);
  *message.mutable_graph()->mutable_initializer(0) = raw_floats("w", 5000, 1);
  EXPECT_NE(loaded(message).source.fingerprint, first) << "other weights";
  message.mutable_graph()->mutable_node(0)->set_op_type("Tanh");
  EXPECT_NE(loaded(message).source.fingerprint, first) << "another operator";
}

}  // namespace
}  // namespace ortopt
