#include "precision/borders.h"

#include <algorithm>

#include "ortopt/ir/model.h"

namespace ortopt {
namespace {

/// Puts the borders of one node together.
class Borders {
 public:
  explicit Borders(const Node& node) : node_(node) {}

  std::vector<Border> of_branches() {
    for (std::size_t k = 0; k < node_.outputs().size(); ++k) {
      Border border{.output = k};
      for (const auto& [name, graph] : node_.graphs()) add_output(*graph, k, border);
      made_.push_back(std::move(border));
    }
    return std::move(made_);
  }

  /// Inputs: number, condition, state. The body's: number, condition, state. Its outputs: condition,
  /// state, what is collected. Outputs: state, what is collected.
  std::vector<Border> of_loop(Graph& body) {
    const std::size_t states = node_.inputs().size() < 2 ? 0 : node_.inputs().size() - 2;
    for (std::size_t k = 0; k + 1 < body.outputs().size(); ++k) {
      Border border{.output = k};
      if (k < states) add_input(body, k + 2, k + 2, border);
      add_output(body, k + 1, border);
      made_.push_back(std::move(border));
    }
    return std::move(made_);
  }

  /// Inputs: state, what is gone through; outputs: state, what is collected; the body's likewise.
  std::vector<Border> of_scan(Graph& body) {
    const auto scanned = static_cast<std::size_t>(node_.int_attribute("num_scan_inputs", 0));
    const std::size_t inputs = node_.inputs().size();
    const std::size_t states = inputs < scanned ? 0 : inputs - scanned;
    for (std::size_t k = 0; k < std::max(inputs, body.outputs().size()); ++k) {
      if (k >= states && k < inputs) {
        Border border;
        add_input(body, k, k, border);
        made_.push_back(std::move(border));
      }
      if (k >= body.outputs().size()) continue;
      Border border{.output = k};
      if (k < states) add_input(body, k, k, border);
      add_output(body, k, border);
      made_.push_back(std::move(border));
    }
    return std::move(made_);
  }

 private:
  static void add_input(Graph& body, std::size_t slot, std::size_t inner, Border& border) {
    border.input = slot;
    if (inner < body.inputs().size()) border.inner_inputs.push_back(body.inputs()[inner]);
  }

  static void add_output(Graph& body, std::size_t inner, Border& border) {
    if (inner < body.outputs().size()) border.inner_outputs.emplace_back(&body, inner);
  }

  const Node& node_;
  std::vector<Border> made_;
};

}  // namespace

std::vector<Border> borders_of(const Node& node) {
  if (node.graphs().empty()) return {};
  Borders borders(node);
  if (node.is("If")) return borders.of_branches();
  const auto body = node.graphs().find("body");
  if (body == node.graphs().end()) return {};
  if (node.is("Loop")) return borders.of_loop(*body->second);
  constexpr int64_t first_scan_without_lengths = 9;
  const auto opset = node.graph().model().opset();
  if (!node.is("Scan") || !opset || opset->version < first_scan_without_lengths) return {};
  return borders.of_scan(*body->second);
}

}  // namespace ortopt
