#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "ir/from_proto.h"
#include "ir/to_proto.h"
#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"
#include "tests/support/graph_text.h"

namespace ortopt {
namespace {

using test_support::canonical_text;
using test_support::model_of;

constexpr std::string_view seed_graph = R"(
  g (bool c, float[B,2] x, float[B,2] z) => (float[B,2] y, float[B,2] w) <float[2] k = {1, 2}> {
    a = Add(x, k)
    b = Mul(a, z)
    y = If(c) <then_branch = t () => (float[B,2] p) { h = Abs(a) p = Add(h, b) },
               else_branch = e () => (float[B,2] q) <float half = {0.5}> { q = Mul(x, half) }>
    w = Sub(b, x)
  })";

/// A graph to which random edits of every kind are done.
class Playground {
 public:
  Playground() : model_(model_of(seed_graph)) {}

  [[nodiscard]] Model& model() { return *model_; }
  [[nodiscard]] Graph& graph() { return model_->graph(); }

  void edit() {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
      case 1:
        return insert();
      case 2:
        return replace_uses();
      case 3:
        return set_output();
      case 4:
        return rename();
      case 5:
        return remove_dead();
      case 6:
        return constant();
      case 7:
        return set_input();
      default:
        return insert_nested();
    }
  }

 private:
  template <class Item>
  static Item& pick(const std::vector<Item*>& items) {
    return **rc::gen::elementOf(items);
  }

  /// Inputs, constants and results, in the order in which they are known.
  std::vector<Value*> values() {
    std::vector<Value*> list = graph().inputs();
    list.insert(list.end(), graph().initializers().begin(), graph().initializers().end());
    for (const Node& node : graph().nodes())
      for (Value* value : node.outputs()) list.push_back(value);
    return list;
  }

  static bool is_known_before(const Value& value, const Node& node) {
    return value.producer() == nullptr || value.producer()->precedes(node);
  }

  void insert() {
    static const std::vector<std::string> names = {"a", "new", "torch.jit/3"};
    graph().insert({.op = "Add",
                    .inputs = {&pick(values()), &pick(values())},
                    .outputs = {*rc::gen::elementOf(names)}});
  }

  void insert_nested() {
    Graph& nested = *graph().find("c")->uses().at(0).node->graphs().at("then_branch");
    Node& at = *nested.nodes().begin();
    const Node& owner = *nested.owner();
    Value& outer = pick(values());
    if (!is_known_before(outer, owner)) return;
    Node& node = nested.insert({.op = "Neg", .inputs = {&outer}, .outputs = {"inner"}}, &at);
    nested.set_input(at, 0, node.output());
  }

  void replace_uses() {
    Value& from = pick(values());
    Value& to = pick(values());
    if (from.producer() == nullptr || !is_known_before(to, *from.producer())) return;
    graph().replace_uses(from, to);
  }

  void set_output() {
    const std::size_t index = *rc::gen::inRange<std::size_t>(0, graph().outputs().size());
    graph().set_output(index, pick(values()));
  }

  void rename() {
    Value& value = pick(values());
    if (!value.is_graph_input() && !value.is_graph_output()) graph().rename(value, "x");
  }

  void remove_dead() {
    for (Node* node : graph().node_list())
      if (node->output() != nullptr && node->output()->is_dead() && node->graphs().empty())
        return graph().remove(*node);
    for (Value* value : graph().initializers())
      if (value->is_dead()) return graph().remove_initializer(*value);
  }

  void constant() { graph().add_initializer("k", Tensor::scalar(DataType::float32, 0.5)); }

  /// Lets a node read any value, later ones too, and restores the order unless that makes a circle.
  void set_input() {
    Node& node = pick(graph().node_list());
    if (!node.graphs().empty()) return;
    Value* before = node.input(0);
    graph().set_input(node, 0, &pick(values()));
    if (graph().restore_order()) return;
    graph().set_input(node, 0, before);
  }

  std::unique_ptr<Model> model_;
};

void require_sound(const Graph& graph) {
  const Result<void> verdict = verify(graph);
  if (!verdict) RC_FAIL(verdict.error().text() + "\n" + to_text(graph));
}

void check(const std::string& name, const std::function<void()>& property) {
  EXPECT_TRUE(rc::check(name, property));
}

TEST(GraphProperties, AnyEditsKeepEveryInvariant) {
  check("edits keep the graph sound", [] {
    Playground playground;
    const int edits = *rc::gen::inRange(1, 40);
    for (int k = 0; k < edits; ++k) {
      playground.edit();
      require_sound(playground.graph());
    }
    RC_ASSERT(playground.graph().outputs()[0]->name() == "y");
    RC_ASSERT(playground.graph().outputs()[1]->name() == "w");
  });
}

TEST(GraphProperties, TextReadsBackAsTheSameGraph) {
  check("text round trip", [] {
    Playground playground;
    const int edits = *rc::gen::inRange(0, 20);
    for (int k = 0; k < edits; ++k) playground.edit();
    const std::string text = to_text(playground.model());
    const auto again = model_of(text);
    RC_ASSERT(to_text(*again) == text);
    RC_ASSERT(canonical_text(again->graph()) == canonical_text(playground.graph()));
  });
}

TEST(GraphProperties, MessagesReadBackAsTheSameGraph) {
  check("message round trip", [] {
    Playground playground;
    const int edits = *rc::gen::inRange(0, 20);
    for (int k = 0; k < edits; ++k) playground.edit();
    onnx::ModelProto message;
    std::vector<PlacedTensor> placed;
    model_to_proto(playground.model(), message, placed);
    for (const PlacedTensor& place : placed) {
      const auto bytes = *place.content.bytes();
      place.message->set_raw_data(bytes->data(), bytes->size());
    }
    auto again = model_from_proto(std::move(message), {});
    RC_ASSERT(again.has_value());
    RC_ASSERT((*again)->notes().empty());
    RC_ASSERT(to_text(**again) == to_text(playground.model()));
  });
}

}  // namespace
}  // namespace ortopt
