#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "ortopt/ir/model.h"
#include "ortopt/ir/text.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// `weight[8, 4] w` among the initializers stands for a float tensor of that size.
inline std::string with_weights(std::string text) {
  constexpr std::string_view mark = "weight[";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    const auto sizes_at = at + mark.size();
    const auto sizes_end = text.find(']', sizes_at);
    const auto name_end = text.find_first_of(",>", sizes_end);
    std::istringstream sizes(text.substr(sizes_at, sizes_end - sizes_at));
    int count = 1;
    for (std::string size; std::getline(sizes, size, ',');) count *= std::stoi(size);
    std::string content = " = {0";
    for (int k = 1; k < count; ++k) content += ',' + std::to_string(k);
    text.insert(name_end, content + '}');
    text.replace(at, mark.size(), "float[");
  }
  return text;
}

/// A graph given as text and what the analysis says of it.
class AnalysedGraph {
 public:
  explicit AnalysedGraph(const std::string& text) {
    auto parsed = parse_text(with_weights(text));
    if (!parsed) {
      ADD_FAILURE() << parsed.error().message;
      return;
    }
    model_ = std::move(*parsed);
    analysis_ = std::make_unique<Analysis>(model_->graph());
  }

  [[nodiscard]] Graph& graph() const { return model_->graph(); }
  [[nodiscard]] Analysis& analysis() const { return *analysis_; }
  [[nodiscard]] const Value& value(std::string_view name) const {
    const Value* found = nullptr;
    for_each_graph(model_->graph(), [&](Graph& nested) {
      if (found == nullptr) found = nested.find(name);
    });
    if (found == nullptr) ADD_FAILURE() << "no value '" << name << "'";
    return found == nullptr ? *model_->graph().outputs().front() : *found;
  }

  /// "[(batch) (A/8:4) (seq) (A:8)]", "unknown".
  [[nodiscard]] std::string layout(std::string_view name) const {
    const Layout* known = analysis_->layout(value(name));
    return known == nullptr ? "unknown" : text_of(known->dims);
  }
  /// "batch,4,seq,8", "unknown".
  [[nodiscard]] std::string shape(std::string_view name) const {
    const auto sizes = analysis_->shape(value(name));
    if (!sizes) return "unknown";
    std::string text;
    for (const Dim& size : *sizes) text += (text.empty() ? "" : ",") + size.text();
    return text;
  }
  /// "batch,?,0.5", "unknown".
  [[nodiscard]] std::string content(std::string_view name) const {
    const ShapeValue* known = analysis_->shape_value(value(name));
    if (known == nullptr) return "unknown";
    std::string text;
    for (const Element& element : known->elements) {
      if (!text.empty()) text += ',';
      if (const auto* dim = std::get_if<Dim>(&element))
        text += dim->text();
      else if (const auto* number = std::get_if<double>(&element))
        text += std::to_string(*number);
      else
        text += '?';
    }
    return text;
  }
  /// "unk__1 = batch, sequence <= 512".
  [[nodiscard]] std::string assumptions() const {
    std::string text;
    for (const Assumption& assumption : analysis_->assumptions()) {
      const bool is_equal = assumption.relation == Assumption::Relation::equal;
      text += (text.empty() ? "" : ", ") + assumption.left + (is_equal ? " = " : " <= ") +
              assumption.right;
    }
    return text;
  }
  [[nodiscard]] std::string losses() const {
    std::string text;
    for (const std::string& loss : analysis_->losses()) text += (text.empty() ? "" : "; ") + loss;
    return text;
  }

 private:
  std::unique_ptr<Model> model_;
  std::unique_ptr<Analysis> analysis_;
};

}  // namespace ortopt
