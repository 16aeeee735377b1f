#include "tests/support/deep_bert.h"

#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ortopt/ir/load.h"

namespace ortopt::test_support {
namespace {

constexpr std::string_view first_layer = "/encoder/layer.0/";
constexpr std::string_view second_layer = "/encoder/layer.1/";

std::string renamed(std::string name, int layer) {
  const std::size_t at = name.find("layer.0");
  if (at == std::string::npos) return name + "_" + std::to_string(layer);
  return name.replace(at, 7, "layer." + std::to_string(layer));
}

AttributeValue attribute_of(const Node& node, const std::string& name) {
  if (const auto number = node.int_attribute(name)) return *number;
  if (const auto number = node.float_attribute(name)) return *number;
  if (const auto text = node.string_attribute(name)) return *text;
  if (const auto numbers = node.ints_attribute(name)) return *numbers;
  if (const auto numbers = node.floats_attribute(name)) return *numbers;
  throw std::runtime_error("attribute '" + name + "' cannot be copied");
}

/// Repeats the nodes of the first layer.
class Grower {
 public:
  explicit Grower(Graph& graph) : graph_(graph) {
    for (Node& node : graph.nodes())
      if (node.name().find(first_layer) != std::string::npos) nodes_.push_back(&node);
    if (nodes_.empty()) throw std::runtime_error("no layer to repeat");
    find_ends();
  }

  /// Adds layer `number` before `at`; `input` is what it works on. Gives its result.
  Value& add_layer(int number, Value& input, Node* at) {
    copies_ = {{input_, &input}};
    for (const Node* node : nodes_) {
      NodeSpec spec{.domain = node->domain(), .op = node->op()};
      spec.name = renamed(node->name(), number);
      for (Value* value : node->inputs()) spec.inputs.push_back(copy_of(value, number));
      for (const Value* value : node->outputs())
        spec.outputs.push_back(renamed(value->name(), number));
      for (const std::string& name : node->attribute_names())
        spec.attributes.emplace_back(name, attribute_of(*node, name));
      const Node& made = graph_.insert(std::move(spec), at);
      for (std::size_t i = 0; i < node->outputs().size(); ++i)
        copies_[node->output(i)] = made.output(i);
    }
    return *copies_.at(output_);
  }

 private:
  /// The value from outside that most nodes of the layer read is its input; the one that the next
  /// layer reads its output.
  void find_ends() {
    std::map<Value*, int> readers;
    for (const Node* node : nodes_) {
      for (Value* value : node->inputs())
        if (value != nullptr && value->producer() != nullptr &&
            value->producer()->name().find("/embeddings/") != std::string::npos)
          ++readers[value];
      for (Value* value : node->outputs())
        for (const Use& use : value->uses())
          if (use.node->name().find(second_layer) != std::string::npos) output_ = value;
    }
    for (const auto& [value, count] : readers)
      if (input_ == nullptr || count > readers[input_]) input_ = value;
    if (input_ == nullptr || output_ == nullptr) throw std::runtime_error("a layer without ends");
  }

  Value* copy_of(Value* value, int number) {
    if (value == nullptr) return nullptr;
    if (const auto known = copies_.find(value); known != copies_.end()) return known->second;
    const Tensor* weights = value->initializer();
    if (weights == nullptr || weights->dims().empty() || !is_floating(weights->dtype()))
      return value;
    const auto numbers = weights->numbers();
    if (!numbers) throw std::runtime_error(numbers.error().text());
    std::vector<double> own = *numbers;
    std::normal_distribution<double> noise(0, 0.02);
    for (double& weight : own) weight += noise(random_);
    const Tensor content = Tensor::of(weights->dtype(), weights->dims(), own);
    return copies_[value] = &graph_.add_initializer(renamed(value->name(), number), content);
  }

  Graph& graph_;
  std::vector<Node*> nodes_;
  Value* input_ = nullptr;
  Value* output_ = nullptr;
  std::map<const Value*, Value*> copies_;
  std::mt19937 random_{1};
};

}  // namespace

std::unique_ptr<Model> make_deep_bert(const std::filesystem::path& model, int layers) {
  Result<LoadedModel> loaded = load(model);
  if (!loaded) throw std::runtime_error(loaded.error().text());
  Graph& graph = loaded->model->graph();
  // What reads the second layer's result reads the last one's.
  Value* last = graph.find("last_hidden_state");
  const std::vector<Use> readers = last->uses();
  Grower grower(graph);
  Node* const at = readers.empty() ? nullptr : readers.front().node;
  Value* result = last;
  for (int layer = 2; layer < layers; ++layer) result = &grower.add_layer(layer, *result, at);
  if (result == last) return std::move(loaded->model);
  for (const Use& use : readers) graph.set_input(*use.node, use.slot, result);
  graph.set_output(0, *result);
  return std::move(loaded->model);
}

}  // namespace ortopt::test_support
