#include "engine/input_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "ortopt/ir/axis.h"

namespace ortopt {
namespace {

/// A value on the way from the input. `offset` has been added to it, when it is still as it is;
/// `negated` when it holds where a mask does not.
struct Step {
  const Value* value;
  bool as_it_is;
  int64_t offset;
  bool negated = false;
};

template <std::size_t N>
bool one_of(const Node& node, const std::array<std::string_view, N>& names) {
  return node.domain().empty() && std::ranges::find(names, node.op()) != names.end();
}

// Operators whose first input passes through; other inputs of theirs are shapes, axes, indices.
constexpr std::array<std::string_view, 20> movers = {
    "Cast",      "CastLike", "Identity", "Reshape", "Unsqueeze",      "Squeeze",  "Flatten",
    "Transpose", "Slice",    "Expand",   "Tile",    "Split",          "Dropout",  "Pad",
    "Gather",    "GatherND", "Trilu",    "Concat",  "GatherElements", "ScatterND"};
constexpr std::array<std::string_view, 17> arithmetic = {
    "Add", "Sub",  "Mul",  "Div", "Pow",       "Neg",       "Abs",  "Max",   "Min",
    "Mod", "Sqrt", "Clip", "Xor", "ReduceMax", "ReduceMin", "Sign", "Einsum"};
constexpr std::array<std::string_view, 4> logic = {"And", "Or", "Not", "Xor"};
constexpr std::array<std::string_view, 5> comparisons = {"Equal", "Less", "LessOrEqual", "Greater",
                                                         "GreaterOrEqual"};
constexpr std::array<std::string_view, 3> gathers = {"Gather", "GatherElements", "GatherND"};

// Those of them that keep every element of a constant.
constexpr std::array<std::string_view, 10> converters = {
    "Cast",    "CastLike", "Identity",  "Reshape", "Unsqueeze",
    "Squeeze", "Flatten",  "Transpose", "Expand",  "DequantizeLinear"};

/// The constant behind a value that is only converted or reshaped, or null.
const Tensor* constant_behind(const Value* value) {
  for (int steps = 0; value != nullptr && steps < 8; ++steps) {
    if (value->initializer() != nullptr) return value->initializer();
    const Node* producer = value->producer();
    if (producer == nullptr || !one_of(*producer, converters)) return nullptr;
    value = producer->input(0);
  }
  return nullptr;
}

/// Numbers from here on hide scores, or scale what is to hide them.
constexpr double huge = 1000;

std::optional<double> number_of(const Value* value) {
  const Tensor* constant = constant_behind(value);
  return constant == nullptr || !constant->is_small() ? std::nullopt : constant->splat();
}

/// Dimension `axis` of a table: its own, or the declared one of a computed table.
std::optional<int64_t> extent_of(const Value* value, int64_t axis) {
  if (value == nullptr) return std::nullopt;
  DeclaredShape shape;
  if (const Tensor* constant = value->initializer(); constant != nullptr) {
    for (const int64_t dim : constant->dims()) shape.push_back({dim, ""});
  } else {
    shape = value->declared_shape().value_or(DeclaredShape());
  }
  const auto found = axis_from_front(axis, shape.size());
  return found ? shape[*found].size : std::nullopt;
}

class Walk {
 public:
  InputEvidence run(const Value& input) {
    follow(&input, true, 0);
    // A graph where an input reaches more than this has told enough.
    constexpr std::size_t enough = 4000;
    for (std::size_t i = 0; i < steps_.size() && i < enough; ++i) {
      const Step step = steps_[i];
      for (const Use& use : step.value->uses()) visit(step, *use.node, use.slot);
      leave_nested_graph(step);
    }
    return std::move(evidence_);
  }

 private:
  void follow(const Value* value, bool as_it_is, int64_t offset, bool negated = false) {
    if (value == nullptr) return;
    auto& seen = as_it_is ? seen_as_it_is_ : seen_derived_;
    if (seen.insert(value).second) steps_.push_back({value, as_it_is, offset, negated});
  }
  void follow_outputs(const Node& node, bool as_it_is, int64_t offset, bool negated = false) {
    for (const Value* output : node.outputs()) follow(output, as_it_is, offset, negated);
  }

  /// Scores are hidden where the mask holds, or where it does not.
  void hides(bool where_it_holds) {
    (where_it_holds ? evidence_.hides_when_set : evidence_.hides_when_unset) = true;
  }

  void visit_choice(const Step& step, const Node& node, std::size_t slot) {
    evidence_.is_condition |= slot == 0;
    for (const std::size_t chosen : {1U, 2U}) {
      const std::optional<double> number = slot == 0 ? number_of(node.input(chosen)) : std::nullopt;
      if (number && *number < -huge) hides((chosen == 1) != step.negated);
    }
    follow_outputs(node, false, 0);
  }

  void visit(const Step& step, const Node& node, std::size_t slot) {
    if (node.domain() == "com.microsoft") return visit_contributed(step, node, slot);
    if (!node.domain().empty()) return;
    if (!node.graphs().empty()) return enter_nested_graphs(step, node, slot);
    if (one_of(node, gathers) && slot == 1)
      return picks_rows(step, extent_of(node.input(0), node.int_attribute("axis", 0)));
    if (node.op() == "OneHot" && slot == 0) {
      const std::optional<double> depth = number_of(node.input(1));
      return picks_rows(step, depth ? std::optional<int64_t>(std::llround(*depth)) : std::nullopt);
    }
    if (one_of(node, movers)) return visit_mover(step, node, slot);
    if (node.op() == "Where") return visit_choice(step, node, slot);
    if (one_of(node, comparisons)) return visit_comparison(step, node, slot);
    if (one_of(node, logic)) {
      evidence_.is_condition = true;
      return follow_outputs(node, false, 0, step.negated != (node.op() == "Not"));
    }
    if (one_of(node, arithmetic)) return visit_arithmetic(step, node, slot);
    if (node.op() == "Sin" || node.op() == "Cos") evidence_.is_angle = true;
    if (node.op() == "CumSum" || node.op() == "ReduceSum") evidence_.is_condition = true;
    visit_product(step, node, slot);
  }

  void picks_rows(const Step& step, std::optional<int64_t> rows) {
    (step.as_it_is ? evidence_.is_index : evidence_.is_derived_index) = true;
    if (!step.as_it_is || !rows) return;
    const int64_t limit = *rows - step.offset;
    evidence_.row_limit = std::min(evidence_.row_limit.value_or(limit), limit);
  }

  void visit_mover(const Step& step, const Node& node, std::size_t slot) {
    if (node.op() == "Concat") {
      for (const Value* other : node.inputs())
        evidence_.is_appended_to |= step.as_it_is && other != step.value && other != nullptr &&
                                    constant_behind(other) == nullptr;
    } else if (slot != 0 && !(node.op() == "ScatterND" && slot == 2)) {
      return;
    }
    follow_outputs(node, step.as_it_is, step.offset, step.negated);
  }

  /// Whether the first place where a comparison holds is asked for: CLIP pools at the end token.
  static bool is_searched(const Node& comparison) {
    return std::ranges::any_of(comparison.output()->uses(), [](const Use& use) {
      return use.node->is("ArgMax") || (use.node->is("Cast") && is_searched(*use.node));
    });
  }

  void visit_comparison(const Step& step, const Node& node, std::size_t slot) {
    const std::optional<double> number = number_of(node.input(1 - slot));
    if (number && step.as_it_is)
      (is_searched(node) ? evidence_.searched_numbers : evidence_.compared_numbers)
          .insert(std::llround(*number) - step.offset);
    if (number) evidence_.is_condition = true;
    if (!number && step.as_it_is) evidence_.is_compared_with_computed = true;
    const bool asks_for_none = node.op() == "Equal" && number == 0.0;
    follow_outputs(node, false, 0, step.negated != asks_for_none);
  }

  void visit_arithmetic(const Step& step, const Node& node, std::size_t slot) {
    const std::optional<double> number =
        node.inputs().size() == 2 ? number_of(node.input(1 - slot)) : std::nullopt;
    const bool is_inverted = number && node.op() == "Sub" && slot == 1 && *number == 1;
    const bool is_scaled = number && node.op() == "Mul" && std::abs(*number) > huge;
    if (is_inverted || is_scaled) evidence_.is_condition = true;
    if (is_inverted) return follow_outputs(node, false, 0, !step.negated);
    if (is_scaled && *number < 0) hides(!step.negated);
    const bool shifts = number && *number == std::round(*number) && std::abs(*number) < huge &&
                        (node.op() == "Add" || (node.op() == "Sub" && slot == 0));
    if (shifts) {
      const int64_t by = std::llround(*number);
      return follow_outputs(node, step.as_it_is, step.offset + (node.op() == "Add" ? by : -by));
    }
    follow_outputs(node, false, 0);
  }

  /// Matrix products and convolutions tell what an input is; only angles are looked for behind.
  void visit_product(const Step& step, const Node& node, std::size_t slot) {
    const bool is_product = node.op() == "MatMul" || node.op() == "Gemm";
    if (is_product && step.as_it_is) {
      evidence_.is_multiplied = true;
      if (const Tensor* weight = constant_behind(node.input(1 - std::min<std::size_t>(slot, 1)));
          weight != nullptr && slot == 0 && weight->dims().size() == 2)
        evidence_.width = weight->dims()[node.int_attribute("transB", 0) != 0 ? 1 : 0];
    }
    if (is_product) follow_outputs(node, false, 0);
    if (node.op() != "Conv" || slot != 0) return;
    evidence_.is_convolved = true;
    if (const Tensor* weight = constant_behind(node.input(1));
        weight != nullptr && weight->dims().size() > 2) {
      evidence_.channels = weight->dims()[1] * node.int_attribute("group", 1);
      evidence_.kernel = weight->dims().back();
    }
  }

  /// Operators of a model that has been optimised before.
  void visit_contributed(const Step& step, const Node& node, std::size_t slot) {
    if (node.op() == "EmbedLayerNormalization") {
      constexpr std::size_t mask_slot = 7;
      constexpr std::size_t position_slot = 8;
      if (slot == 0) picks_rows(step, extent_of(node.input(2), 0));
      if (slot == 1) picks_rows(step, extent_of(node.input(4), 0));
      if (slot == position_slot) picks_rows(step, extent_of(node.input(3), 0));
      if (slot == mask_slot) evidence_.is_condition = true;
    } else if ((node.op() == "Attention" && slot == 3) ||
               (node.op() == "MultiHeadAttention" && slot == 4)) {
      evidence_.is_condition = true;
      evidence_.masks_attention = true;
    } else if (node.op() == "RotaryEmbedding" && slot == 1) {
      picks_rows(step, extent_of(node.input(2), 0));
    } else if (node.op() == "GatherBlockQuantized" && slot == 1) {
      picks_rows(step, extent_of(node.input(0), node.int_attribute("gather_axis", 0)));
    } else if (node.op() == "MatMulNBits" && step.as_it_is && slot == 0) {
      evidence_.is_multiplied = true;
    }
  }

  /// Inputs of Loop and Scan reappear inside; what If and inner graphs read, they read by name.
  void enter_nested_graphs(const Step& step, const Node& node, std::size_t slot) {
    for (const auto& [name, nested] : node.graphs()) {
      // A body's inputs line up with the node's at the end of both lists.
      const std::size_t shift =
          node.inputs().size() - std::min(node.inputs().size(), nested->inputs().size());
      if (node.op() != "If" && slot >= shift && slot - shift < nested->inputs().size())
        follow(nested->inputs()[slot - shift], step.as_it_is, step.offset);
    }
  }

  void leave_nested_graph(const Step& step) {
    const Node* owner = step.value->graph().owner();
    if (owner == nullptr || owner->op() != "If") return;
    const auto& outputs = step.value->graph().outputs();
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i] == step.value) follow(owner->output(i), step.as_it_is, step.offset);
  }

  InputEvidence evidence_;
  std::vector<Step> steps_;
  std::unordered_set<const Value*> seen_as_it_is_;
  std::unordered_set<const Value*> seen_derived_;
};

}  // namespace

InputEvidence gather_evidence(const Value& input) { return Walk().run(input); }

}  // namespace ortopt
