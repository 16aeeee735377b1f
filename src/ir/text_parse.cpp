#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "ir/from_proto.h"
#include "ortopt/ir/text.h"

namespace ortopt {
namespace {

constexpr std::string_view default_header =
    R"(<ir_version: 10, opset_import: ["" : 17, "com.microsoft" : 1]> )";

// Stands in for the k-th quoted dimension; onnx 1.19's parser knows only identifiers there.
constexpr std::string_view stand_in = "ortopt_quoted_dimension_";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The source text with quoted dimensions, `float["past + 1"]`, replaced by names that the parser
/// takes.
class DimensionQuotes {
 public:
  explicit DimensionQuotes(std::string_view source) : source_(source) {
    while (at_ < source_.size()) step();
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  void restore(onnx::GraphProto& graph) const;

 private:
  void step();
  /// The quoted text at the reading position, unescaped; moves past it.
  std::string take_quoted();
  void copy_until_end_of(char last);
  void restore(onnx::TypeProto& type) const;
  void restore(onnx::TensorShapeProto& shape) const;

  std::string_view source_;
  std::size_t at_ = 0;
  std::string word_;            // the last word read
  bool after_type_ = false;     // nothing but spaces since a type's name
  bool in_dimensions_ = false;  // inside the brackets after a type's name
  std::string text_;
  std::vector<std::string> dimensions_;
};

void DimensionQuotes::copy_until_end_of(char last) {
  do {
    text_ += source_[at_];
  } while (source_[at_++] != last && at_ < source_.size());
}

std::string DimensionQuotes::take_quoted() {
  std::string content;
  for (++at_; at_ < source_.size() && source_[at_] != '"'; ++at_) {
    if (source_[at_] == '\\' && at_ + 1 < source_.size()) ++at_;
    content += source_[at_];
  }
  ++at_;
  return content;
}

void DimensionQuotes::step() {
  const char c = source_[at_];
  if (c == '#') return copy_until_end_of('\n');
  if (c == '"') {
    const std::size_t start = at_;
    std::string content = take_quoted();
    if (in_dimensions_) {
      text_ += std::string(stand_in) + std::to_string(dimensions_.size());
      dimensions_.push_back(std::move(content));
    } else {
      text_ += source_.substr(start, at_ - start);
    }
    after_type_ = false;
    return;
  }
  if (is_word(c)) {
    const std::size_t start = at_;
    while (at_ < source_.size() && is_word(source_[at_])) ++at_;
    word_ = std::string(source_.substr(start, at_ - start));
    after_type_ = onnx::PrimitiveTypeNameMap::IsTypeName(word_);
    text_ += word_;
    return;
  }
  if (c == '[') in_dimensions_ = after_type_;
  if (c == ']') in_dimensions_ = false;
  if (c != ' ' && c != '\n' && c != '\t' && c != '\r') after_type_ = false;
  text_ += c;
  ++at_;
}

void DimensionQuotes::restore(onnx::TensorShapeProto& shape) const {
  for (auto& dim : *shape.mutable_dim()) {
    if (!dim.dim_param().starts_with(stand_in)) continue;
    const std::size_t index = std::stoul(dim.dim_param().substr(stand_in.size()));
    if (index < dimensions_.size()) dim.set_dim_param(dimensions_[index]);
  }
}

void DimensionQuotes::restore(onnx::TypeProto& type) const {
  if (type.has_tensor_type() && type.tensor_type().has_shape())
    restore(*type.mutable_tensor_type()->mutable_shape());
  if (type.has_sparse_tensor_type() && type.sparse_tensor_type().has_shape())
    restore(*type.mutable_sparse_tensor_type()->mutable_shape());
  if (type.has_sequence_type()) restore(*type.mutable_sequence_type()->mutable_elem_type());
  if (type.has_optional_type()) restore(*type.mutable_optional_type()->mutable_elem_type());
  if (type.has_map_type()) restore(*type.mutable_map_type()->mutable_value_type());
}

void DimensionQuotes::restore(onnx::GraphProto& graph) const {
  if (dimensions_.empty()) return;
  for (auto* list : {graph.mutable_input(), graph.mutable_output(), graph.mutable_value_info()})
    for (onnx::ValueInfoProto& value : *list)
      if (value.has_type()) restore(*value.mutable_type());
  for (onnx::NodeProto& node : *graph.mutable_node())
    for (onnx::AttributeProto& attribute : *node.mutable_attribute())
      if (attribute.has_g()) restore(*attribute.mutable_g());
}

bool is_bare_graph(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '#')
      at = text.find('\n', at);
    else if (std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos)
      break;
    else
      ++at;
  }
  return at < text.size() && text[at] != '<';
}

Result<onnx::ModelProto> parse_message(const std::string& text) {
  onnx::ModelProto message;
  // The parser throws on numbers that are out of range.
  try {
    const onnx::Common::Status status = onnx::OnnxParser::Parse(message, text.c_str());
    if (!status.IsOK()) return fail(Code::bad_model, status.ErrorMessage());
  } catch (const std::exception& error) {
    return fail(Code::bad_model, error.what());
  }
  return message;
}

}  // namespace

Result<std::unique_ptr<Model>> parse_text(std::string_view text) {
  const DimensionQuotes quotes(text);
  const std::string whole =
      is_bare_graph(text) ? std::string(default_header) + quotes.text() : quotes.text();
  Result<onnx::ModelProto> message = parse_message(whole);
  if (!message) return within(std::move(message).error(), "while parsing a graph's text");
  quotes.restore(*message->mutable_graph());
  Result<std::unique_ptr<Model>> model = model_from_proto(*std::move(message), {});
  if (!model) return within(std::move(model).error(), "while parsing a graph's text");
  return model;
}

}  // namespace ortopt
