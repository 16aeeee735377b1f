#include <onnx/onnx_pb.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ir/tensor_proto.h"
#include "ir/text_tokens.h"
#include "tests/support/graph_text.h"

namespace ortopt::test_support {
namespace {

bool is_commutative(const Node& node) {
  static constexpr std::array names = {"Add", "Mul", "And", "Or",   "Xor",        "Equal",
                                       "Max", "Min", "Sum", "Mean", "BitwiseAnd", "BitwiseOr"};
  return node.domain().empty() && std::find(names.begin(), names.end(), node.op()) != names.end();
}

/// Six digits: a constant that a rewrite computed may differ in the last bit from one that was
/// written down.
std::string rounded(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", number);
  return text.data();
}

template <class Numbers>
std::string rounded_list(const Numbers& numbers) {
  std::string list;
  for (const auto number : numbers) list += (list.empty() ? "" : ", ") + rounded(number);
  return "{" + list + "}";
}

std::string constant_text(const Tensor& tensor) {
  constexpr int64_t shown = 16;
  const std::string type = type_text(tensor);
  if (tensor.element_count() <= shown && is_floating(tensor.dtype()))
    if (const auto numbers = tensor.numbers()) return type + " " + rounded_list(*numbers);
  const std::string content = content_text(tensor);
  return type + " " + (content.empty() ? digest_text(tensor) : content);
}

std::string attribute_text(const Node& node, const onnx::AttributeProto& attribute) {
  using onnx::AttributeProto;
  switch (attribute.type()) {
    case AttributeProto::FLOAT:
      return rounded(attribute.f());
    case AttributeProto::FLOATS:
      return rounded_list(attribute.floats());
    case AttributeProto::INT:
      return std::to_string(attribute.i());
    case AttributeProto::STRING:
      return quoted_text(attribute.s());
    case AttributeProto::INTS: {
      std::string list;
      for (const int64_t number : attribute.ints())
        list += (list.empty() ? "" : ", ") + std::to_string(number);
      return "{" + list + "}";
    }
    case AttributeProto::TENSOR:
      if (const auto tensor = node.tensor_attribute(attribute.name()))
        return constant_text(*tensor);
      return "?";
    default: {
      onnx::AttributeProto bare = attribute;
      bare.clear_name();
      bare.clear_doc_string();
      return bare.ShortDebugString();
    }
  }
}

/// Attributes but nested graphs, by name: "alpha=1, axis=-1".
std::string attributes_text(const Node& node) {
  std::map<std::string, std::string> texts;
  for (const onnx::AttributeProto& attribute : node.payload().attribute())
    if (attribute.type() != onnx::AttributeProto::GRAPH &&
        attribute.type() != onnx::AttributeProto::GRAPHS)
      texts[attribute.name()] = attribute_text(node, attribute);
  std::string list;
  for (const auto& [name, text] : texts) list += (list.empty() ? "" : ", ") + name + "=" + text;
  return list;
}

std::string operator_text(const Node& node) { return node.qualified_op(); }

uint64_t hash_of(const std::string& text) { return XXH64(text.data(), text.size(), 0); }

/// A number for every value, equal for values that are computed alike.
class Hashes {
 public:
  explicit Hashes(const Graph& graph) { take(graph); }

  [[nodiscard]] uint64_t of(const Value* value) const {
    return value == nullptr ? 0 : values_.at(value);
  }
  [[nodiscard]] uint64_t of(const Node& node) const { return nodes_.at(&node); }

 private:
  std::string take(const Graph& graph) {
    std::string summary;
    for (std::size_t k = 0; k < graph.inputs().size(); ++k) {
      const bool outermost = graph.owner() == nullptr;
      const std::string mark = outermost ? graph.inputs()[k]->name() : std::to_string(k);
      values_[graph.inputs()[k]] = hash_of("input " + mark);
    }
    for (const Value* value : graph.initializers())
      values_[value] = hash_of(constant_text(*value->initializer()));
    std::vector<uint64_t> inner;
    for (const Node& node : graph.nodes()) inner.push_back(take(node));
    std::sort(inner.begin(), inner.end());
    for (const uint64_t hash : inner) summary += std::to_string(hash) + ";";
    for (const Value* output : graph.outputs()) summary += std::to_string(of(output)) + ",";
    return summary;
  }

  uint64_t take(const Node& node) {
    std::vector<uint64_t> inputs;
    for (const Value* input : node.inputs()) inputs.push_back(of(input));
    if (is_commutative(node)) std::sort(inputs.begin(), inputs.end());
    std::string text = operator_text(node) + "<" + attributes_text(node) + ">";
    for (const uint64_t input : inputs) text += std::to_string(input) + ",";
    for (const auto& [name, nested] : node.graphs()) text += name + ":" + take(*nested);
    const uint64_t hash = hash_of(text);
    nodes_[&node] = hash;
    for (const Value* output : node.outputs())
      if (output != nullptr)
        values_[output] =
            hash_of(std::to_string(hash) + "#" + std::to_string(output->output_index()));
    return hash;
  }

  std::unordered_map<const Value*, uint64_t> values_;
  std::unordered_map<const Node*, uint64_t> nodes_;
};

/// Writes nodes in the order in which a walk from the outputs completes them, and names values by
/// operator and count on the way.
class Printer {
 public:
  explicit Printer(const Hashes& hashes) : hashes_(hashes) {}

  std::string print(const Graph& graph, const std::string& indent);

 private:
  struct Place {
    const Graph* graph;
    std::string indent;
    std::string text;
  };

  void visit(const Value* value, Place& place);
  void visit(const Node& node, Place& place);
  void visit_captures(const Graph& nested, Place& place);
  [[nodiscard]] std::string operands_text(const Node& node) const;
  [[nodiscard]] std::string name_of_value(const Value* value) const;
  [[nodiscard]] std::vector<const Value*> ordered_inputs(const Node& node) const;
  static std::string port_text(const Value& value);

  const Hashes& hashes_;
  std::unordered_map<const Value*, std::string> names_;
  std::unordered_map<const Node*, bool> visited_;
  std::map<std::string, int> counts_;
};

std::string Printer::port_text(const Value& value) {
  const auto* declaration = value.declaration();
  return declaration == nullptr ? "" : type_text(declaration->type()) + " ";
}

std::string Printer::name_of_value(const Value* value) const {
  if (value == nullptr) return "-";
  if (value->initializer() != nullptr) return constant_text(*value->initializer());
  const auto found = names_.find(value);
  return found == names_.end() ? "?" + value->name() : found->second;
}

std::vector<const Value*> Printer::ordered_inputs(const Node& node) const {
  std::vector<const Value*> inputs(node.inputs().begin(), node.inputs().end());
  if (is_commutative(node))
    std::stable_sort(inputs.begin(), inputs.end(), [&](const Value* a, const Value* b) {
      const auto key = [&](const Value* value) {  // constants last: easier to read
        return std::pair(value != nullptr && value->initializer() != nullptr, hashes_.of(value));
      };
      return key(a) < key(b);
    });
  return inputs;
}

std::string Printer::operands_text(const Node& node) const {
  std::string list;
  for (const Value* input : ordered_inputs(node))
    list += (list.empty() ? "" : ", ") + name_of_value(input);
  return list;
}

void Printer::visit(const Value* value, Place& place) {
  if (value != nullptr && value->producer() != nullptr && &value->graph() == place.graph)
    visit(*value->producer(), place);
}

void Printer::visit_captures(const Graph& nested, Place& place) {
  for (const Node& inner : nested.nodes()) {
    for (const Value* input : ordered_inputs(inner)) visit(input, place);
    for (const auto& [name, deeper] : inner.graphs()) visit_captures(*deeper, place);
  }
}

void Printer::visit(const Node& node, Place& place) {
  if (!visited_.emplace(&node, true).second) return;
  for (const Value* input : ordered_inputs(node)) visit(input, place);
  for (const auto& [name, nested] : node.graphs()) visit_captures(*nested, place);

  std::string results;
  const int number = ++counts_[node.op()];
  for (const Value* output : node.outputs()) {
    std::string name = "-";
    if (output != nullptr) {
      name = node.op() + "_" + std::to_string(number);
      if (node.outputs().size() > 1) name += "." + std::to_string(output->output_index());
      names_[output] = name;
    }
    results += (results.empty() ? "" : ", ") + name;
  }
  const std::string attributes = attributes_text(node);
  std::string line = place.indent + results + " = " + operator_text(node);
  if (!attributes.empty()) line += " <" + attributes + ">";
  place.text += line + " (" + operands_text(node) + ")\n";
  for (const auto& [name, nested] : node.graphs())
    place.text += place.indent + "  " + name + ":\n" + print(*nested, place.indent + "    ");
}

std::string Printer::print(const Graph& graph, const std::string& indent) {
  Place place{&graph, indent, ""};
  for (std::size_t k = 0; k < graph.inputs().size(); ++k) {
    const Value& input = *graph.inputs()[k];
    names_[&input] = graph.owner() == nullptr ? input.name() : "in" + std::to_string(k);
    place.text += indent + "input " + port_text(input) + names_[&input] + "\n";
  }
  for (const std::string& listed : graph.initializers_listed_as_inputs())
    place.text += indent + "input with default " + listed + "\n";
  for (const Value* output : graph.outputs()) visit(output, place);

  // What no output needs: told apart from each other by what it computes.
  std::vector<const Node*> rest;
  for (const Node& node : graph.nodes())
    if (!visited_.contains(&node)) rest.push_back(&node);
  std::stable_sort(rest.begin(), rest.end(),
                   [&](const Node* a, const Node* b) { return hashes_.of(*a) < hashes_.of(*b); });
  for (const Node* node : rest) visit(*node, place);
  std::vector<std::string> unused;
  for (const Value* value : graph.initializers())
    if (value->is_dead()) unused.push_back(constant_text(*value->initializer()));
  std::sort(unused.begin(), unused.end());
  for (const std::string& text : unused) place.text += indent + "unused " + text + "\n";

  for (const Value* output : graph.outputs()) {
    const std::string name = graph.owner() == nullptr ? output->name() + " " : "";
    place.text +=
        indent + "output " + port_text(*output) + name + "= " + name_of_value(output) + "\n";
  }
  return place.text;
}

}  // namespace

std::string canonical_text(const Graph& graph) {
  const Hashes hashes(graph);
  return Printer(hashes).print(graph, "");
}

}  // namespace ortopt::test_support
