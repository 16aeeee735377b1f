#include <algorithm>
#include <cmath>
#include <optional>

#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

/// The smallest number that float16 holds with all its bits.
constexpr double smallest_normal = 0x1p-14;

class Finder {
 public:
  Finder(const MarkScope& scope, std::string_view pass, Marks& marks)
      : facts_(scope.facts), pass_(pass), marks_(marks) {}

  void look(const Node& node) {
    const Value* statistic = statistic_beside_epsilon(node);
    if (statistic == nullptr || !is_divided_by(*node.output(), 0)) return;
    keep(node, "adds a number that half precision hardly holds");
    keep_statistic(*statistic, Way::sum);
  }

 private:
  /// What is being looked for on the way up from an ε.
  enum class Way {
    sum,      ///< The sum or mean itself.
    squares,  ///< What it is the sum of.
    centred,  ///< What is squared.
  };

  void keep(const Node& node, std::string_view reason) { marks_.keep(node, pass_, reason); }

  [[nodiscard]] bool is_epsilon(const Value* value) const {
    if (!is_float32(value, facts_)) return false;
    const std::optional<double> number = facts_.scalar(*value);
    return number && *number > 0 && *number < smallest_normal;
  }

  /// The other operand of Add(x, ε), Max(x, ε), Clip(x, ε); null where there is no ε.
  [[nodiscard]] const Value* statistic_beside_epsilon(const Node& node) const {
    if (!is_float32(node.output(), facts_)) return nullptr;
    if (node.is("Clip")) {
      const float least = node.float_attribute("min", 0);
      const bool has_epsilon =
          is_epsilon(node.input(1)) || (least > 0 && static_cast<double>(least) < smallest_normal);
      return has_epsilon ? node.input(0) : nullptr;
    }
    if ((!node.is("Add") && !node.is("Max")) || node.inputs().size() != 2) return nullptr;
    if (is_epsilon(node.input(1))) return node.input(0);
    return is_epsilon(node.input(0)) ? node.input(1) : nullptr;
  }

  /// Whether the value ends as a divisor, or under a root or a logarithm; marks what is on the way.
  bool is_divided_by(const Value& value, int depth) {
    constexpr int longest = 6;
    if (depth > longest) return false;
    bool found = false;
    for (const Use& use : value.uses()) {
      const Node& reader = *use.node;
      const bool is_end = (reader.is("Div") && use.slot == 1) || reader.is("Reciprocal") ||
                          reader.is("Sqrt") || reader.is("Log") ||
                          (reader.is("Pow") && use.slot == 0);
      const bool is_way = is_move(reader) || reader.is("Where") || reader.is("Max");
      if (!is_end && !is_way) continue;
      const bool goes_on = reader.output() != nullptr && !reader.is("Div") &&
                           is_divided_by(*reader.output(), depth + 1);
      if (!is_end && !goes_on) continue;
      found = true;
      keep(reader, "divides, or takes the root, by what has a small number added");
      const bool is_reciprocal = reader.is("Reciprocal") || reader.is("Pow") ||
                                 (reader.is("Div") && facts_.is_constant(*reader.input(0)));
      if (is_reciprocal) keep_products(*reader.output());
    }
    return found;
  }

  /// x · (1 / y) is a division; γ · (1 / y) is to become one.
  void keep_products(const Value& reciprocal) {
    for (const Use& use : reciprocal.uses()) {
      if (!use.node->is("Mul")) continue;
      keep(*use.node, "divides by what has a small number added");
      if (facts_.is_constant(*use.node->input(1 - use.slot))) keep_products(*use.node->output());
    }
  }

  /// The mean or sum, with its squares and the centring before them.
  void keep_statistic(const Value& value, Way way) {
    const Node* node = value.producer();
    if (node == nullptr || !is_float32(&value, facts_)) return;
    const bool is_square = node->is("Pow") || (node->is("Mul") && node->input(0) == node->input(1));
    if (node->is("Sub")) return keep_difference(*node, way);
    if (way == Way::centred) return;
    if (is_sum(*node) || node->is("ReduceMax"))
      way = Way::squares;
    else if (is_square && way == Way::squares)
      way = Way::centred;
    else if (!is_square && !node->is("Sqrt") && !node->is("Abs") && !is_move(*node) &&
             !node->is("Cast"))
      return;
    keep(*node, statistic_reason);
    keep_statistic(*node->input(0), way);
  }

  /// x − E[x] before it is squared, or E[x²] − E[x]².
  void keep_difference(const Node& node, Way way) {
    const bool is_of_means = way == Way::sum;
    if (!is_of_means && !comes_from_mean(node.input(1))) return;
    keep(node, statistic_reason);
    if (is_of_means) keep_statistic(*node.input(0), Way::sum);
    keep_statistic(*node.input(1), Way::sum);
  }

  [[nodiscard]] static bool comes_from_mean(const Value* value) {
    const Node* node = value->producer();
    while (node != nullptr && (is_move(*node) || node->is("Cast")))
      node = node->input(0)->producer();
    return node != nullptr && (node->is("ReduceMean") || node->is("GlobalAveragePool"));
  }

  static constexpr std::string_view statistic_reason = "is a statistic that is divided by";

  const Analysis& facts_;
  std::string_view pass_;
  Marks& marks_;
};

}  // namespace

void DivisionByEpsilon::run(const MarkScope& scope, Marks& marks) const {
  Finder finder(scope, id(), marks);
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes()) finder.look(node);
  });
}

}  // namespace ortopt
