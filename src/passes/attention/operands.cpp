#include "passes/attention/operands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>

namespace ortopt::attention {
namespace {

/// Nodes between an operand and its projection; more than this is something else.
constexpr int max_steps = 80;

bool is_rearrangement(const Node& node) {
  static constexpr std::array<std::string_view, 7> moves = {
      "Slice", "Split", "Gather", "Expand", "Tile", "SplitToSequence", "SequenceAt"};
  return is_view(node) ||
         (node.domain().empty() && std::ranges::find(moves, node.op()) != moves.end());
}

bool is_norm(const Node& node) {
  return node.is("LayerNormalization") || node.is("RMSNormalization") ||
         node.is("SimplifiedLayerNormalization");
}

/// The operators on all ways from `value` up to `stop`.
std::set<std::string> operators_between(Value& value, const Node& stop) {
  std::set<std::string> operators;
  std::set<const Value*> seen;
  std::vector<Value*> open = {&value};
  while (!open.empty()) {
    Value* at = open.back();
    open.pop_back();
    const Node* node = at->producer();
    if (node == nullptr || node == &stop || !seen.insert(at).second) continue;
    if (node->is("Shape") || node->is("Cos") || node->is("Sin")) continue;
    operators.insert(node->op());
    for (Value* input : node->inputs())
      if (input != nullptr) open.push_back(input);
  }
  return operators;
}

class OperandWalk {
 public:
  OperandWalk(Operand operand, Origins& origins)
      : origins_(&origins), facts_(&origins.facts()), result_(std::move(operand)) {}

  Recognised<Operand> run() {
    at_ = result_.value;
    for (int step = 0; step < max_steps; ++step) {
      result_.steps.push_back({.value = at_,
                               .scale = result_.scale,
                               .bias_count = result_.biases.size(),
                               .is_plain = is_plain()});
      Node* node = at_->producer();
      if (node == nullptr || is_constant(at_)) return finish_unprojected();
      if (is_projection(*node, *facts_)) return finish_at(*node);
      if (auto refusal = pass(*node)) return tl::unexpected<Refusal>(*refusal);
      if (done_) return std::move(result_);
    }
    return refuse("the way from a product to its projection is too long");
  }

 private:
  [[nodiscard]] bool is_plain() const {
    return std::ranges::all_of(result_.features_met,
                               [](Feature feature) { return feature == Feature::past; });
  }

  using Outcome = std::optional<Refusal>;

  [[nodiscard]] bool is_constant(const Value* value) const {
    return value != nullptr && facts_->is_constant(*value);
  }

  Outcome pass(Node& node) {
    if (is_rearrangement(node)) return move_to(node.input(0));
    if ((node.is("Mul") || node.is("Div")) && pass_scalar(node)) return std::nullopt;
    if ((node.is("Mul") || node.is("Add")) && pass_vector(node)) return std::nullopt;
    if (is_norm(node)) return move_to(node.input(0), Feature::norm);
    if (node.op() == "RotaryEmbedding") return move_to(node.input(0), Feature::rotary);
    if (node.is("Concat") && node.inputs().size() == 2 && !is_constant(node.input(0)) &&
        !is_constant(node.input(1)) && origins_->of(*node.input(0)).empty()) {
      result_.past = node.input(0);
      result_.join_step = result_.steps.size() - 1;
      return move_to(node.input(1), Feature::past);
    }
    return pass_mix(node);
  }

  Outcome move_to(Value* value, std::optional<Feature> feature = std::nullopt) {
    if (feature) result_.features_met.insert(*feature);
    at_ = value;
    return std::nullopt;
  }

  bool pass_scalar(const Node& node) {
    const bool divides = node.is("Div");
    for (const std::size_t slot : {1U, 0U}) {
      if (divides && slot == 0) continue;
      const auto number = facts_->scalar(*node.input(slot));
      if (!number) continue;
      result_.scale *= divides ? 1 / *number : *number;
      at_ = node.input(1 - slot);
      return true;
    }
    return false;
  }

  bool pass_vector(const Node& node) {
    const bool first = is_constant(node.input(0));
    if (first == is_constant(node.input(1))) return false;
    Value* constant = node.input(first ? 0 : 1);
    if (node.is("Add"))
      result_.biases.push_back({.constant = constant, .sum = at_, .scale = result_.scale});
    else
      result_.features_met.insert(Feature::gain);
    at_ = node.input(first ? 1 : 0);
    return true;
  }

  /// Several ways lead to one projection: rotary embedding, or a norm in pieces.
  Outcome pass_mix(const Node& node) {
    const std::vector<Node*>& projections = origins_->of(*at_);
    if (projections.empty()) {
      done_ = true;
      result_.source = at_;
      result_.features_met.insert(Feature::unprojected);
      return std::nullopt;
    }
    if (projections.size() > 1)
      return Refusal{node.op() + " joins " + std::to_string(projections.size()) +
                     " projections on the way to an operand"};
    const std::set<std::string> between = operators_between(*at_, *projections.front());
    const bool turns = between.contains("Neg") && between.contains("Concat");
    const bool centres = between.contains("ReduceMean");
    if (!turns && !centres) {
      std::string list;
      for (const std::string& op : between) list += (list.empty() ? "" : ", ") + op;
      return Refusal{node.op() + " mixes two views of one projection (" + list + ")"};
    }
    if (turns) result_.features_met.insert(Feature::rotary);
    if (centres) result_.features_met.insert(Feature::norm);
    at_ = projections.front()->output();
    return std::nullopt;
  }

  Recognised<Operand> finish_unprojected() {
    result_.source = at_;
    result_.features_met.insert(Feature::unprojected);
    return std::move(result_);
  }

  Recognised<Operand> finish_at(Node& node) {
    const std::size_t weight = is_constant(node.input(1)) ? 1 : 0;
    result_.projection = &node;
    result_.weight = node.input(weight);
    result_.source = node.input(1 - weight);
    if (is_constant(result_.source)) return refuse("an operand is constant");
    if (node.is("Gemm")) {
      if (node.input(2) != nullptr) {
        if (!is_constant(node.input(2))) return refuse("a Gemm adds what is no constant");
        result_.biases.push_back({.constant = node.input(2),
                                  .sum = at_,
                                  .scale = result_.scale * node.float_attribute("beta", 1)});
      }
      result_.scale *= node.float_attribute("alpha", 1);
    }
    return std::move(result_);
  }

  Origins* origins_;
  const Analysis* facts_;
  Operand result_;
  Value* at_ = nullptr;
  bool done_ = false;
};

}  // namespace

Recognised<Operand> traced(Operand operand, Origins& origins) {
  return OperandWalk(std::move(operand), origins).run();
}

}  // namespace ortopt::attention
