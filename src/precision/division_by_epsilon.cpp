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
      if (reader.is("Reciprocal") || reader.is("Pow")) keep_products(*reader.output());
    }
    return found;
  }

  /// x · (1 / y) is a division.
  void keep_products(const Value& reciprocal) {
    for (const Use& use : reciprocal.uses())
      if (use.node->is("Mul")) keep(*use.node, "divides by what has a small number added");
  }

  /// The mean or sum, with its squares and the centring before them.
  void keep_statistic(const Value& value, Way way) {
    const Node* node = value.producer();
    if (node == nullptr || !is_float32(&value, facts_)) return;
    const bool is_square = is_power(*node) || (node->is("Mul") && node->input(0) == node->input(1));
    constexpr std::string_view reason = "is a statistic that is divided by";
    if (is_sum(*node) || node->is("ReduceMax")) {
      keep(*node, reason);
      keep_statistic(*node->input(0), Way::squares);
    } else if (is_square || node->is("Sqrt") || node->is("Abs") || is_move(*node) ||
               node->is("Cast")) {
      keep(*node, reason);
      keep_statistic(*node->input(0), way);
    } else if (node->is("Sub") && way == Way::squares && is_mean(node->input(1))) {
      keep(*node, reason);
      keep(*node->input(1)->producer(), reason);
    } else if (node->is("Sub") && way == Way::sum) {
      // E[x²] − E[x]².
      keep(*node, reason);
      keep_statistic(*node->input(0), way);
      keep_statistic(*node->input(1), way);
    }
  }

  [[nodiscard]] static bool is_power(const Node& node) { return node.is("Pow"); }

  [[nodiscard]] static bool is_mean(const Value* value) {
    return value != nullptr && value->producer() != nullptr && value->producer()->is("ReduceMean");
  }

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
