#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "ortopt/ir/model.h"
#include "ortopt/pattern/pattern.h"
#include "ortopt/shape/analysis.h"
#include "tests/support/graph_text.h"

namespace ortopt::pattern::test {

/// A graph with its analysis; searches start at the value called y, in whatever graph it is.
class Graphs {
 public:
  explicit Graphs(const std::string& text)
      : model_(test_support::model_of(text)), facts_(model_->graph()) {
    for_each_graph(model_->graph(), [&](Graph& graph) {
      if (Value* value = graph.find("y")) root_ = value;
    });
  }

  [[nodiscard]] std::optional<Match> find(const Pattern& pattern, const Guard& guard = {},
                                          Miss* miss = nullptr,
                                          std::span<const std::string> anchors = {}) const {
    return pattern::find(pattern, *root_, facts_, guard, miss, anchors);
  }

 private:
  std::unique_ptr<Model> model_;
  Analysis facts_;
  Value* root_ = nullptr;
};

/// Whether `pattern` matches at value y of the graph that `text` spells.
[[nodiscard]] inline bool find_in(const Pattern& pattern, const std::string& text) {
  return Graphs(text).find(pattern).has_value();
}

/// Why it does not; empty when it does.
[[nodiscard]] inline std::string explanation(const Pattern& pattern, const std::string& text) {
  Miss miss;
  if (Graphs(text).find(pattern, {}, &miss)) return {};
  return miss.reason;
}

}  // namespace ortopt::pattern::test
