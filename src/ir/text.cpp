#include "ortopt/ir/text.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "ir/tensor_proto.h"
#include "ir/text_tokens.h"

namespace ortopt {
namespace {

using onnx::AttributeProto;

/// One entry of a list that is broken into lines: text, and a remark after the comma.
struct Line {
  std::string text;
  std::string remark;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

template <class Items, class Spell>
std::string list_text(const Items& items, const Spell& spell) {
  std::string text;
  bool first = true;
  for (const auto& item : items) {
    text += (first ? "" : ", ") + spell(item);
    first = false;
  }
  return "[" + text + "]";
}

/// A float of an attribute: never to be taken for an integer.
std::string real_text(float number) {
  std::string text = number_text(number);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

class GraphPrinter {
 public:
  explicit GraphPrinter(std::string& out) : out_(out) {}

  void print(const Graph& graph, const std::string& name);

 private:
  void print_node(const Node& node);
  void print_lines(const std::vector<Line>& lines);
  [[nodiscard]] static std::string value_text(const Value& value);
  [[nodiscard]] static Line initializer_line(const Value& value);
  [[nodiscard]] static std::vector<Line> declaration_lines(const Graph& graph);
  [[nodiscard]] static std::string names_text(std::span<Value* const> values);
  void print_attributes(const Node& node);
  void print_attribute(const Node& node, const AttributeProto& attribute);
  void print_graphs(const Node& node, const AttributeProto& attribute);
  void print_tensor(const Node& node, const onnx::TensorProto& message);

  std::string& out_;
  std::string indent_;
};

std::string GraphPrinter::value_text(const Value& value) {
  const std::string type = declared_type_text(value);
  return type.empty() ? name_text(value.name()) : type + " " + name_text(value.name());
}

Line GraphPrinter::initializer_line(const Value& value) {
  const Tensor& tensor = *value.initializer();
  const std::string head = type_text(tensor) + " " + name_text(value.name());
  const std::string content = content_text(tensor);
  if (content.empty()) return {head, digest_text(tensor)};
  return {head + " = " + content, ""};
}

std::vector<Line> GraphPrinter::declaration_lines(const Graph& graph) {
  const auto& listed = graph.initializers_listed_as_inputs();
  std::vector<Line> lines;
  for (const Value* value : graph.initializers())
    if (std::find(listed.begin(), listed.end(), value->name()) == listed.end())
      lines.push_back(initializer_line(*value));
  const std::set<const Value*> outputs(graph.outputs().begin(), graph.outputs().end());
  for (const Node& node : graph.nodes())
    for (const Value* value : node.outputs())
      if (value != nullptr && value->declaration() != nullptr && !outputs.contains(value))
        lines.push_back({value_text(*value), ""});
  return lines;
}

std::string GraphPrinter::names_text(std::span<Value* const> values) {
  std::vector<std::string> names;
  for (const Value* value : values)
    names.push_back(value == nullptr ? quoted_text("") : name_text(value->name()));
  return joined(names);
}

void GraphPrinter::print_lines(const std::vector<Line>& lines) {
  for (std::size_t k = 0; k < lines.size(); ++k) {
    out_ += indent_ + "  " + lines[k].text + (k + 1 < lines.size() ? "," : "");
    if (!lines[k].remark.empty()) out_ += "  # " + lines[k].remark;
    out_ += '\n';
  }
}

void GraphPrinter::print(const Graph& graph, const std::string& name) {
  std::vector<std::string> inputs;
  for (const Value* input : graph.inputs()) inputs.push_back(value_text(*input));
  for (const std::string& listed : graph.initializers_listed_as_inputs())
    if (const Value* value = graph.find(listed)) inputs.push_back(initializer_line(*value).text);
  std::vector<std::string> outputs;
  for (const Value* output : graph.outputs()) outputs.push_back(value_text(*output));
  out_ += name + " (" + joined(inputs) + ") => (" + joined(outputs) + ") ";

  if (const std::vector<Line> lines = declaration_lines(graph); !lines.empty()) {
    out_ += "<\n";
    print_lines(lines);
    out_ += indent_ + "> ";
  }
  out_ += "{\n";
  indent_ += "  ";
  for (const Node& node : graph.nodes()) print_node(node);
  indent_.resize(indent_.size() - 2);
  out_ += indent_ + "}";
}

void GraphPrinter::print_node(const Node& node) {
  out_ += indent_;
  if (!node.name().empty()) out_ += "[" + name_text(node.name()) + "] ";
  out_ += names_text(node.outputs()) + " = ";
  if (!node.domain().empty()) out_ += node.domain() + ".";
  out_ += node.op();
  if (!node.payload().overload().empty()) out_ += ":" + node.payload().overload();
  print_attributes(node);
  out_ += " (" + names_text(node.inputs()) + ")\n";
}

void GraphPrinter::print_attributes(const Node& node) {
  std::vector<const AttributeProto*> attributes;
  for (const AttributeProto& attribute : node.payload().attribute())
    attributes.push_back(&attribute);
  std::sort(attributes.begin(), attributes.end(),
            [](const auto* a, const auto* b) { return a->name() < b->name(); });
  if (attributes.empty()) return;
  out_ += " <";
  for (const AttributeProto* attribute : attributes) {
    if (attribute != attributes.front()) out_ += ", ";
    print_attribute(node, *attribute);
  }
  out_ += ">";
}

void GraphPrinter::print_attribute(const Node& node, const AttributeProto& attribute) {
  const auto integer = [](int64_t number) { return std::to_string(number); };
  const std::string& name = attribute.name();
  switch (attribute.type()) {
    case AttributeProto::INT:
      out_ += name + " = " + integer(attribute.i());
      break;
    case AttributeProto::FLOAT:
      out_ += name + " = " + real_text(attribute.f());
      break;
    case AttributeProto::STRING:
      out_ += name + " = " + quoted_text(attribute.s());
      break;
    case AttributeProto::INTS:
      out_ += name + ": ints = " + list_text(attribute.ints(), integer);
      break;
    case AttributeProto::FLOATS:
      out_ += name + ": floats = " + list_text(attribute.floats(), real_text);
      break;
    case AttributeProto::STRINGS:
      out_ += name + ": strings = " + list_text(attribute.strings(), quoted_text);
      break;
    case AttributeProto::TENSOR:
      out_ += name + " = ";
      print_tensor(node, attribute.t());
      break;
    case AttributeProto::TYPE_PROTO:
      out_ += name + " = " + type_text(attribute.tp());
      break;
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS:
      print_graphs(node, attribute);
      break;
    default:
      out_ += name + " = \"?\"";  // of a kind that the syntax cannot spell
      break;
  }
}

void GraphPrinter::print_tensor(const Node& node, const onnx::TensorProto& message) {
  const Result<Tensor> tensor = tensor_from_proto(message, node.graph().model().extents());
  if (!tensor) {
    out_ += "\"?\"";
    return;
  }
  const std::string content = content_text(*tensor);
  out_ += type_text(*tensor) + " ";
  out_ += content.empty() ? "# " + digest_text(*tensor) + "\n" + indent_ : content;
}

void GraphPrinter::print_graphs(const Node& node, const AttributeProto& attribute) {
  const std::string& name = attribute.name();
  // A nested graph's name cannot be quoted; it means nothing, so the attribute's name stands in.
  const auto print_nested = [&](const Graph& graph) {
    print(graph, is_plain_name(graph.name()) ? graph.name() : name);
  };
  indent_ += "  ";
  if (const auto single = node.graphs().find(name); single != node.graphs().end()) {
    out_ += name + " = ";
    print_nested(*single->second);
  } else {
    out_ += name + ": graphs = [";
    for (int k = 0;; ++k) {
      const auto element = node.graphs().find(name + "[" + std::to_string(k) + "]");
      if (element == node.graphs().end()) break;
      if (k > 0) out_ += ", ";
      print_nested(*element->second);
    }
    out_ += "]";
  }
  indent_.resize(indent_.size() - 2);
}

std::string header_text(const onnx::ModelProto& shell) {
  std::vector<std::string> entries = {"ir_version: " + std::to_string(shell.ir_version())};
  entries.push_back("opset_import: " + list_text(shell.opset_import(), [](const auto& import) {
                      return quoted_text(import.domain()) + " : " +
                             std::to_string(import.version());
                    }));
  if (!shell.producer_name().empty())
    entries.push_back("producer_name: " + quoted_text(shell.producer_name()));
  if (!shell.producer_version().empty())
    entries.push_back("producer_version: " + quoted_text(shell.producer_version()));
  if (!shell.domain().empty()) entries.push_back("domain: " + quoted_text(shell.domain()));
  if (shell.has_model_version())
    entries.push_back("model_version: " + std::to_string(shell.model_version()));
  if (shell.metadata_props_size() > 0)
    entries.push_back("metadata_props: " + list_text(shell.metadata_props(), [](const auto& it) {
                        return quoted_text(it.key()) + " : " + quoted_text(it.value());
                      }));
  return "<" + joined(entries) + ">\n";
}

}  // namespace

std::string declared_type_text(const Value& value) {
  return value.declaration() == nullptr ? "" : type_text(value.declaration()->type());
}

std::string to_text(const Graph& graph) {
  std::string text;
  GraphPrinter(text).print(graph, name_text(graph.name().empty() ? "graph" : graph.name()));
  return text += '\n';
}

std::string to_text(const Model& model) {
  std::string text = header_text(model.shell()) + to_text(model.graph());
  for (const onnx::FunctionProto& function : model.shell().functions())
    text += "# function " + function.domain() + "." + function.name() + "\n";
  return text;
}

}  // namespace ortopt
