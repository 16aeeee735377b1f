#include "ir/from_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "ir/tensor_proto.h"
#include "ir/to_proto.h"
#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"

namespace ortopt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

onnx::ModelProto message_of(const std::string& graph) {
  onnx::ModelProto message;
  const std::string text = R"(<ir_version: 10, opset_import: ["" : 17]> )" + graph;
  const auto status = onnx::OnnxParser::Parse(message, text.c_str());
  if (!status.IsOK()) throw std::runtime_error(status.ErrorMessage());
  return message;
}

std::unique_ptr<Model> built(onnx::ModelProto message, std::vector<FileExtent> extents = {}) {
  auto model = model_from_proto(std::move(message), std::move(extents));
  if (!model) throw std::runtime_error(model.error().text());
  const Result<void> verdict = verify((*model)->graph());
  EXPECT_TRUE(verdict) << verdict.error().text();
  return *std::move(model);
}

std::string refusal(onnx::ModelProto message) {
  const auto model = model_from_proto(std::move(message), {});
  if (model) return "accepted";
  EXPECT_EQ(model.error().code, Code::bad_model);
  return model.error().text();
}

onnx::ModelProto written(const Model& model, std::vector<PlacedTensor>& placed) {
  onnx::ModelProto message;
  model_to_proto(model, message, placed);
  return message;
}

std::vector<std::string> ops(const Graph& graph) {
  std::vector<std::string> list;
  for (const Node& node : graph.nodes()) list.push_back(node.op());
  return list;
}

TEST(FromProto, SortsNodesAndSaysSo) {
  const auto model =
      built(message_of("g (float x) => (float y) { y = Exp(b) b = Abs(a) a = Neg(x) z = Sin(x) }"));
  EXPECT_THAT(ops(model->graph()), ElementsAre("Neg", "Abs", "Exp", "Sin"));
  EXPECT_THAT(model->notes(),
              ElementsAre("nodes of graph 'g' were not in topological order: sorted"));
}

TEST(FromProto, SortsByWhatNestedGraphsRead) {
  const auto model = built(message_of(R"(g (bool c, float x) => (float y) {
    y = If(c) <then_branch = t () => (float p) { p = Abs(a) },
               else_branch = e () => (float q) { q = Exp(x) }>
    a = Neg(x)
  })"));
  EXPECT_THAT(ops(model->graph()), ElementsAre("Neg", "If"));
}

TEST(FromProto, KeepsAValidOrderWithoutNotes) {
  const auto model = built(message_of("g (float x) => (float y) { a = Neg(x) y = Exp(a) }"));
  EXPECT_TRUE(model->notes().empty());
}

TEST(FromProto, RefusesCirclesNamingThem) {
  EXPECT_THAT(
      refusal(message_of("g (float x) => (float y) { a = Add(x, b) b = Neg(a) y = Exp(b) }")),
      HasSubstr("in a circle: 'a', 'b'"));
}

TEST(FromProto, RefusesNamesThatAreDefinedTwice) {
  EXPECT_THAT(refusal(message_of("g (float x) => (float y) { y = Neg(x) y = Exp(x) }")),
              HasSubstr("the name 'y' is defined twice"));
  EXPECT_THAT(refusal(message_of("g (float x, float x) => (float y) { y = Neg(x) }")),
              HasSubstr("the name 'x' is defined twice"));
}

TEST(FromProto, RefusesNamesThatAreDefinedNowhere) {
  EXPECT_THAT(refusal(message_of("g (float x) => (float y) { y = Add(x, ghost) }")),
              HasSubstr("'ghost'"));
  EXPECT_THAT(refusal(message_of("g (float x) => (float y) { z = Neg(x) }")), HasSubstr("'y'"));
}

TEST(FromProto, RefusesAModelWithoutGraph) {
  EXPECT_THAT(refusal(onnx::ModelProto()), HasSubstr("no graph"));
}

TEST(FromProto, MakesEveryFormOfConstantAnInitializer) {
  const auto model = built(message_of(R"(g (float x) => (float y) {
    t = Constant <value = float[2] {1, 2}>()
    f = Constant <value_float = 0.5>()
    fs = Constant <value_floats = [0.5, 1.5]>()
    i = Constant <value_int = 9007199254740993>()
    is = Constant <value_ints = [3, 4]>()
    s = Constant <value_string = "text">()
    ss = Constant <value_strings = ["a", "b"]>()
    y = Neg(x)
  })"));
  const Graph& graph = model->graph();
  EXPECT_EQ(graph.node_count(), 1U);
  const auto content = [&](const char* name) { return *graph.find(name)->initializer(); };
  EXPECT_THAT(*content("t").numbers(), ElementsAre(1, 2));
  EXPECT_EQ(content("f").splat(), 0.5);
  EXPECT_TRUE(content("f").dims().empty());
  EXPECT_THAT(*content("fs").numbers(), ElementsAre(0.5, 1.5));
  EXPECT_THAT(*content("i").int64s(), ElementsAre(9007199254740993));
  EXPECT_TRUE(content("i").dims().empty());
  EXPECT_THAT(*content("is").int64s(), ElementsAre(3, 4));
  EXPECT_THAT(*std::get<Tensor::Strings>(content("s").content()), ElementsAre("text"));
  EXPECT_THAT(content("ss").dims(), ElementsAre(2));
}

TEST(FromProto, TakesInitializersListedAsInputsForConstants) {
  const auto model =
      built(message_of("g (float[1] w = {2}, float x) => (float y) { y = Add(x, w) }"));
  const Graph& graph = model->graph();
  ASSERT_EQ(graph.inputs().size(), 1U);
  EXPECT_EQ(graph.inputs()[0]->name(), "x");
  EXPECT_EQ(graph.find("w")->initializer()->splat(), 2.0);
  EXPECT_THAT(graph.initializers_listed_as_inputs(), ElementsAre("w"));
}

TEST(FromProto, KeepsSparseInitializersReadable) {
  onnx::ModelProto message = message_of("g (float x) => (float y) { y = Neg(x) }");
  message.mutable_graph()->add_sparse_initializer()->mutable_values()->set_name("s");
  message.mutable_graph()->mutable_node(0)->set_input(0, "s");
  const auto model = built(message);
  EXPECT_EQ(model->graph().remainder().sparse_initializer_size(), 1);
  EXPECT_EQ(model->graph().find("s")->uses().size(), 1U);
}

TEST(FromProto, PutsAnIdentityWhereANestedGraphHandsOutAnOuterValue) {
  const auto model = built(message_of(R"(g (bool c, float x) => (float y) {
    y = If(c) <then_branch = t () => (float x) { },
               else_branch = e () => (float q) { q = Exp(x) }>
  })"));
  const Node& branch = *model->graph().nodes().begin();
  EXPECT_THAT(ops(*branch.graphs().at("then_branch")), ElementsAre("Identity"));
  EXPECT_THAT(model->notes(), ElementsAre(HasSubstr("'x' of nested graph 't'")));
}

TEST(FromProto, AllowsTheSameNamesInBothBranches) {
  const auto model = built(message_of(R"(g (bool c, float x) => (float y) {
    y = If(c) <then_branch = t () => (float p) { p = Abs(x) },
               else_branch = e () => (float p) { p = Exp(x) }>
  })"));
  EXPECT_EQ(model->graph().find("x")->uses().size(), 2U);
}

TEST(FromProto, RenamesWhatHidesAValueOutside) {
  const auto model = built(message_of(R"(g (bool c, float x) => (float y) <float w = {1}> {
    p = Neg(x)
    y = If(c) <then_branch = t () => (float p) <float x = {5}> { r = Add(x, w) p = Abs(r) },
               else_branch = e () => (float q) { w = Add(x, p) q = Exp(w) }>
    r = Neg(y)
  })"));
  const auto graph_text = [&](const char* name) {
    const Node* branch = model->graph().find("y")->producer();
    return to_text(*branch->graphs().at(name));
  };
  EXPECT_THAT(graph_text("then_branch"), HasSubstr("r_1 = Add (x_1, w)"));
  EXPECT_THAT(graph_text("then_branch"), HasSubstr("p_1 = Abs (r_1)"));
  EXPECT_THAT(graph_text("else_branch"), HasSubstr("w_1 = Add (x, p)"));
  EXPECT_THAT(model->notes(),
              ElementsAre(HasSubstr("'w' in nested graph 'e' hides a value outside: renamed 'w_1'"),
                          HasSubstr("'x_1'"), HasSubstr("'r_1'"), HasSubstr("'p_1'")));
}

TEST(FromProto, RenamesInputsOfBodiesThatHideAValueOutside) {
  const auto model = built(message_of(R"(g (int64 n, float x) => (float y) {
    y = Loop <body = b (int64 i, bool go, float x) => (bool still, float z) {
      still = Identity(go) z = Neg(x) }> (n, "", x)
  })"));
  const Node& loop = *model->graph().nodes().begin();
  const Graph& body = *loop.graphs().at("body");
  EXPECT_EQ(body.inputs()[2]->name(), "x_1");
  EXPECT_EQ(loop.input(2)->uses().size(), 1U);
}

TEST(FromProto, KeepsDeclarations) {
  const auto model = built(
      message_of("g (float[B, 4] x) => (float[B, 4] y) <float16[2] a> { a = Neg(x) y = Exp(a) }"));
  const Graph& graph = model->graph();
  EXPECT_EQ(graph.find("a")->declared_type(), DataType::float16);
  EXPECT_EQ((*graph.find("x")->declared_shape())[0].symbol, "B");
  EXPECT_EQ((*graph.find("x")->declared_shape())[1].size, 4);
}

TEST(ToProto, WritesWhatWasRead) {
  onnx::ModelProto message = message_of(R"(g (bool c, float[B] x) => (float[B] y) <float[B] a> {
    [first] a = Neg(x)
    [second] y, "" = If <then_branch = t () => (float p) { p = Abs(a) },
                     else_branch = e () => (float q) { q = com.microsoft.Gelu(x, "") }>(c)
  })");
  message.set_producer_name("someone");
  message.mutable_graph()->set_doc_string("about the graph");
  message.mutable_graph()->mutable_node(0)->set_doc_string("about the node");
  auto& entry = *message.mutable_graph()->mutable_node(0)->add_metadata_props();
  entry.set_key("k");
  entry.set_value("v");
  message.mutable_graph()->mutable_input(1)->set_doc_string("about the input");
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(4711, 1);
  onnx::NodeProto& node = *message.mutable_graph()->mutable_node(0);
  node.GetReflection()->MutableUnknownFields(&node)->AddVarint(4712, 1);
  std::vector<PlacedTensor> placed;
  EXPECT_EQ(written(*built(message), placed).SerializeAsString(), message.SerializeAsString());
}

TEST(ToProto, ListsInitializersInOrderWithoutContent) {
  const auto model = built(message_of(
      "g (float x) => (float y) <float[2] u = {1, 2}, float v = {3}> { y = Sum(x, u, v) }"));
  std::vector<PlacedTensor> placed;
  const onnx::ModelProto message = written(*model, placed);
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[0].message, &message.graph().initializer(0));
  EXPECT_EQ(placed[0].message->name(), "u");
  EXPECT_EQ(placed[0].message->raw_data().size() + placed[0].message->float_data_size(), 0U);
  EXPECT_THAT(*placed[1].content.numbers(), ElementsAre(3));
}

TEST(ToProto, ListsTensorsThatStayedInTheFileAsAttributes) {
  onnx::ModelProto message = message_of("g (float x) => (float y) { y = Custom(x) }");
  onnx::AttributeProto& attribute = *message.mutable_graph()->mutable_node(0)->add_attribute();
  attribute.set_name("table");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  onnx::TensorProto& tensor = *attribute.mutable_t();
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(3);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& mark = *tensor.add_external_data();
  mark.set_key(extent_key);
  mark.set_value("0");
  const auto model = built(message, {FileExtent{nullptr, 100, 12}});
  std::vector<PlacedTensor> placed;
  const onnx::ModelProto result = written(*model, placed);
  ASSERT_EQ(placed.size(), 1U);
  EXPECT_EQ(placed[0].message, &result.graph().node(0).attribute(0).t());
  EXPECT_EQ(placed[0].message->external_data_size(), 0);
  EXPECT_EQ(std::get<FileExtent>(placed[0].content.content()).offset, 100U);
}

TEST(ToProto, KeepsWhatInitializersSayBesidesTheirContent) {
  onnx::ModelProto message =
      message_of("g (float x) => (float y) <float[2] u = {1, 2}> { y = Add(x, u) }");
  message.mutable_graph()->mutable_initializer(0)->set_doc_string("about u");
  const auto model = built(message);
  std::vector<PlacedTensor> placed;
  EXPECT_EQ(written(*model, placed).graph().initializer(0).doc_string(), "about u");
}

TEST(ToProto, RaisesAnOldIrVersionWhenAnInitializerIsNoInput) {
  onnx::ModelProto message =
      message_of("g (float x, float[1] w = {2}) => (float y) { y = Add(x, w) }");
  message.set_ir_version(3);
  const auto model = built(message);
  std::vector<PlacedTensor> placed;
  const onnx::ModelProto untouched = written(*model, placed);
  EXPECT_EQ(untouched.ir_version(), 3);
  EXPECT_EQ(untouched.graph().input_size(), 2);

  model->graph().add_initializer("new", Tensor::scalar(DataType::float32, 1));
  const onnx::ModelProto changed = written(*model, placed);
  EXPECT_EQ(changed.ir_version(), 4);
  EXPECT_EQ(changed.graph().input_size(), 1);
}

TEST(FromProto, RefusesInputsWithoutName) {
  onnx::ModelProto message = message_of("g (float x) => (float y) { y = Neg(x) }");
  message.mutable_graph()->add_input();
  EXPECT_THAT(refusal(message), HasSubstr("a graph input has no name"));
}

TEST(FromProto, DropsDeclarationsOfConstants) {
  const auto model = built(
      message_of("g (float x) => (float y) <float[2] u = {1, 2}, float[2] u> { y = Add(x, u) }"));
  EXPECT_EQ(model->graph().find("u")->declaration(), nullptr);
}

}  // namespace
}  // namespace ortopt
