#include "passes/attention/scores.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "ortopt/ir/model.h"

namespace ortopt::attention {
namespace {

/// A floor or a cap this far out touches no score.
constexpr double out_of_reach = 1e4;

/// One walk from a softmax upwards. Each step looks at the producer of `at_` and moves on to the
/// input that carries the scores.
class ScoreWalk {
 public:
  ScoreWalk(Value& start, const ScoreAxes& axes, Origins& origins)
      : origins_(&origins), facts_(&origins.facts()), at_(&start) {
    chain_.axes = axes;
    chain_.probability_axes = axes;
  }

  Recognised<ScoreChain> run() {
    while (true) {
      Node* node = at_->producer();
      if (node == nullptr) return refuse("the scores are an input");
      if (facts_->scores_of(*at_) == at_ && (node->is("MatMul") || node->is("Einsum"))) {
        if (!chain_.axes.are_last())
          return refuse("the keys are neither of the last two axes of the scores");
        chain_.product = node;
        return std::move(chain_);
      }
      if (auto step = pass(*node); !step) return tl::unexpected<Refusal>(step.error());
    }
  }

 private:
  using Outcome = Recognised<bool>;

  /// Operators with one operand besides the scores that is no plain shape.
  static bool has_term(const Node& node) {
    return node.is("Add") || node.is("Sub") || node.is("Mul") || node.is("Div") ||
           node.is("Where") || node.is("Max") || node.is("Clip");
  }

  Outcome pass(Node& node) {
    std::vector<std::size_t> live;
    for (std::size_t k = 0; k < node.inputs().size(); ++k)
      if (const Value* input = node.input(k); input != nullptr && facts_->carries_scores(*input))
        live.push_back(k);
    if (live.empty()) return refuse("the scores come from " + node.op() + ", which is no product");
    if (live.size() != 1)
      return refuse(node.op() + " joins " + std::to_string(live.size()) +
                    " score terms (disentangled or relative attention)");
    slot_ = live.front();
    const Outcome outcome = has_term(node) ? pass_term(node) : pass_move(node);
    if (outcome) at_ = node.input(slot_);
    return outcome;
  }

  /// Whether a value depends on features. A table of positions that a network makes from constants
  /// does not.
  bool is_projected(Value& value) {
    return std::ranges::any_of(origins_->of(value), [&](const Node* projection) {
      return !facts_->is_from_constants(*projection->output());
    });
  }

  Outcome pass_term(Node& node) {
    Value* other = node.input(slot_ == 0 ? 1 : 0);
    if (node.is("Max") || node.is("Clip")) return pass_bounds(node);
    if (node.is("Where")) return pass_where(node);
    if (other == nullptr) return refuse(node.op() + " of one input in the scores");
    if (node.is("Sub") && slot_ == 0 && is_row_maximum(*other)) {
      chain_.features.insert(Feature::stable);
      return true;
    }
    if (is_projected(*other))
      return refuse(node.op() + ": the bias is computed from a projection (disentangled or gated)");
    const auto number = facts_->scalar(*other);
    if (number && (node.is("Mul") || (node.is("Div") && slot_ == 0))) {
      chain_.scale *= node.is("Mul") ? *number : 1 / *number;
      return true;
    }
    if (node.is("Div") || (node.is("Sub") && slot_ == 1))
      return refuse(node.op() + " between scores and softmax");
    return add_term(node.is("Add")   ? MaskTerm::Kind::add
                    : node.is("Sub") ? MaskTerm::Kind::subtract
                                     : MaskTerm::Kind::multiply,
                    *other, std::nullopt);
  }

  Outcome pass_where(const Node& node) {
    if (slot_ == 0) return refuse("the scores are a condition");
    Value* fill = node.input(slot_ == 1 ? 2 : 1);
    for (Value* other : {node.input(0), fill})
      if (other == nullptr || is_projected(*other))
        return refuse("Where: the mask is computed from a projection");
    return add_term(slot_ == 1 ? MaskTerm::Kind::keep_where : MaskTerm::Kind::drop_where,
                    *node.input(0), facts_->scalar(*fill));
  }

  Outcome add_term(MaskTerm::Kind kind, const Value& value, std::optional<double> fill) {
    const bool is_shift = kind <= MaskTerm::Kind::subtract && facts_->scalar(value).has_value();
    if (chain_.scale != 1 && !is_shift && !chain_.features.contains(Feature::softcap))
      return refuse("a mask stands above a scale: (s + m) * c");
    if (!chain_.axes.are_last()) return refuse("a mask stands where queries and keys are not last");
    chain_.masks.push_back(
        {.kind = kind, .value = &value, .fill = fill, .key_axis = chain_.axes.key});
    chain_.masked_scores.push_back(at_);
    return true;
  }

  Outcome pass_bounds(const Node& node) {
    const auto bound = [&](std::size_t slot, const char* name,
                           double otherwise) -> std::optional<double> {
      if (node.input(slot) != nullptr) return facts_->scalar(*node.input(slot));
      return node.float_attribute(name).value_or(static_cast<float>(otherwise));
    };
    const bool is_clip = node.is("Clip");
    if ((is_clip && slot_ != 0) || node.inputs().size() > (is_clip ? 3U : 2U))
      return refuse(node.op() + " in the scores");
    const auto low = bound(is_clip ? 1 : 1 - slot_, "min", -2 * out_of_reach);
    const auto high = is_clip ? bound(2, "max", 2 * out_of_reach) : 2 * out_of_reach;
    if (!low || !high || *low > -out_of_reach || *high < out_of_reach)
      return refuse(node.op() + " bounds the scores");
    chain_.features.insert(Feature::floor);
    return true;
  }

  Outcome pass_move(const Node& node) {
    if (node.is("Tanh")) {
      chain_.features.insert(Feature::softcap);
      return true;
    }
    if (!is_view(node) && !node.is("Expand") && !node.is("Slice"))
      return refuse(node.op() + " between scores and softmax");
    if (slot_ != 0) return refuse("the scores are a shape");
    const auto axes = axes_above(node, chain_.axes, *facts_);
    if (!axes) return tl::unexpected<Refusal>(axes.error());
    chain_.axes = *axes;
    return true;
  }

  /// A maximum over the keys is one number a row, which softmax does not see. GlobalMaxPool may
  /// take it over the queries too: still one number a row.
  bool is_row_maximum(const Value& value) const {
    const Node* node = value.producer();
    if (node == nullptr || !(node->is("ReduceMax") || node->is("GlobalMaxPool"))) return false;
    const Layout* layout = facts_->layout(value);
    const auto back = static_cast<std::size_t>(-chain_.axes.key);
    return layout != nullptr && layout->rank() >= back &&
           layout->rank() == facts_->rank(*node->input(0)) &&
           layout->dims[layout->rank() - back].empty();
  }

  Origins* origins_;
  const Analysis* facts_;
  Value* at_;
  std::size_t slot_ = 0;
  ScoreChain chain_;
};

Operand operand_of_matmul(Value& value, const Layout& layout, std::size_t rows_from_end) {
  const std::size_t rank = layout.rank();
  const std::size_t row = rank - rows_from_end;
  const std::size_t feature = rank - (3 - rows_from_end);
  return {.value = &value,
          .batch = {layout.dims.begin(), layout.dims.end() - 2},
          .row = layout.dims[row],
          .features = layout.dims[feature]};
}

/// The operand `slot` of a product given by letters: shared and kept letters are batch, shared and
/// summed ones features, the others rows.
Recognised<std::pair<Operand, char>> operand_of_einsum(const Node& einsum, const Equation& equation,
                                                       std::size_t slot, const Layout& layout) {
  Operand operand{.value = einsum.input(slot)};
  const std::string& own = equation.terms[slot];
  const std::string& other = equation.terms[1 - slot];
  std::size_t rows = 0;
  std::size_t features = 0;
  char row_letter = 0;
  if (own.size() != layout.rank()) return refuse("Einsum does not fit its operands");
  for (std::size_t k = 0; k < own.size(); ++k) {
    const bool shared = has(other, own[k]);
    const bool kept = has(equation.result, own[k]);
    if (shared && kept) {
      operand.batch.push_back(layout.dims[k]);
    } else if (shared) {
      operand.features = layout.dims[k];
      ++features;
    } else {
      operand.row = layout.dims[k];
      row_letter = own[k];
      ++rows;
    }
  }
  if (rows != 1 || features != 1) return refuse("Einsum is no product of queries and keys");
  return std::pair(std::move(operand), row_letter);
}

Recognised<std::pair<Operand, Operand>> sides_of_einsum(const ScoreChain& chain,
                                                        const Layout& first, const Layout& second) {
  const auto equation = Equation::of(*chain.product);
  if (!equation || equation->terms.size() != 2 || equation->result.size() < 2)
    return refuse("Einsum without a plain equation in the scores");
  auto one = operand_of_einsum(*chain.product, *equation, 0, first);
  auto two = operand_of_einsum(*chain.product, *equation, 1, second);
  if (!one) return tl::unexpected<Refusal>(one.error());
  if (!two) return tl::unexpected<Refusal>(two.error());
  const std::string& result = equation->result;
  const char key = result[result.size() - static_cast<std::size_t>(-chain.axes.key)];
  const char query = result[result.size() - static_cast<std::size_t>(-chain.axes.query)];
  if (one->second == key && two->second == query)
    return std::pair(std::move(two->first), std::move(one->first));
  if (two->second == key && one->second == query)
    return std::pair(std::move(one->first), std::move(two->first));
  return refuse("softmax is not over the keys");
}

}  // namespace

Recognised<std::pair<Value*, ScoreAxes>> normalised_scores(const Node& anchor,
                                                           const Analysis& facts) {
  if (const Value* numerator = facts.softmax_numerator(anchor))
    return std::pair(numerator->producer()->input(0), ScoreAxes{});
  Value* scores = anchor.input(0);
  const auto rank = static_cast<int64_t>(facts.rank(*scores).value_or(0));
  if (rank < 2) return refuse("softmax over an unknown rank");
  const auto opset = anchor.graph().model().opset();
  const bool flattens = opset && opset->version < 13;
  const int64_t axis = anchor.int_attribute("axis", flattens ? 1 : -1);
  const int64_t from_end = axis < 0 ? axis : axis - rank;
  if (flattens && from_end != -1)
    return refuse("softmax flattens from axis " + std::to_string(axis) + " of " +
                  std::to_string(rank));
  if (from_end < -2 || from_end > -1) return refuse("softmax is over neither of the last two axes");
  return std::pair(scores, from_end == -1 ? ScoreAxes{} : ScoreAxes{.key = -2, .query = -1});
}

Recognised<ScoreChain> walk_scores(Node& anchor, Origins& origins) {
  const auto start = normalised_scores(anchor, origins.facts());
  if (!start) return tl::unexpected<Refusal>(start.error());
  return ScoreWalk(*start->first, start->second, origins).run();
}

Recognised<std::pair<Operand, Operand>> query_and_key(const ScoreChain& chain,
                                                      const Analysis& facts) {
  const Node& product = *chain.product;
  const Layout* first = facts.layout(*product.input(0));
  const Layout* second = facts.layout(*product.input(1));
  if (first == nullptr || second == nullptr || first->rank() < 2 || second->rank() < 2)
    return refuse("an operand of the scores has no known layout");
  if (product.is("Einsum")) return sides_of_einsum(chain, *first, *second);
  Operand left = operand_of_matmul(*product.input(0), *first, 2);
  Operand right = operand_of_matmul(*product.input(1), *second, 1);
  if (chain.axes.key == -1) return std::pair(std::move(left), std::move(right));
  return std::pair(std::move(right), std::move(left));
}

}  // namespace ortopt::attention
