#include <algorithm>
#include <unordered_set>

#include "precision/marks.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

/// Constants with more elements are weights.
constexpr int64_t most_elements = 16 * 1024;

/// Follows what comes from integers and constants alone.
class Followed {
 public:
  Followed(const Analysis& facts, std::string_view pass, Marks& marks)
      : facts_(facts), pass_(pass), marks_(marks) {}

  void visit(Graph& graph) {
    for (const Node& node : graph.nodes()) {
      for (const auto& [name, nested] : node.graphs()) visit(*nested);
      if (!makes_float32(node, facts_) || !comes_from_integers(node)) continue;
      for (const Value* output : node.outputs())
        if (output != nullptr) reached_.insert(output);
      marks_.keep(node, pass_, "is computed from integers and constants alone");
    }
  }

 private:
  [[nodiscard]] bool comes_from_integers(const Node& node) const {
    if (node.is("Cast")) return is_integer_or_truth(node.input(0)) || is_reached(node.input(0));
    if (node.is("ConstantOfShape") || node.is("Range")) return true;
    // A table of learnt numbers is no arithmetic.
    const bool is_choice = node.is("Gather") || node.is("GatherND") || node.is("GatherElements");
    if (is_choice) return is_reached(node.input(0));
    const bool is_arithmetic = is_move(node) || is_elementwise(node) || is_sum(node) ||
                               node.is("MatMul") || node.is("Einsum") || node.is("Gemm") ||
                               node.is("ScatterND") || node.is("ScatterElements") ||
                               node.is("Pad") || node.is("ReduceMax") || node.is("ReduceMin");
    return is_arithmetic && has_no_other_source(node);
  }

  [[nodiscard]] bool has_no_other_source(const Node& node) const {
    bool has_source = false;
    for (const Value* input : node.inputs()) {
      if (input == nullptr || !is_float32(input, facts_)) continue;
      if (is_reached(input))
        has_source = true;
      else if (!is_small_constant(*input))
        return false;
    }
    // Where(mask, 0, −10000) has nothing but truth and constants.
    return has_source || node.is("Where");
  }

  [[nodiscard]] bool is_reached(const Value* value) const { return reached_.contains(value); }

  [[nodiscard]] static bool is_small_constant(const Value& value) {
    return value.initializer() != nullptr && value.initializer()->element_count() <= most_elements;
  }

  [[nodiscard]] bool is_integer_or_truth(const Value* value) const {
    const DataType type = value == nullptr ? DataType::undefined : facts_.dtype(*value);
    return is_integer(type) || type == DataType::boolean;
  }

  const Analysis& facts_;
  std::string_view pass_;
  Marks& marks_;
  std::unordered_set<const Value*> reached_;
};

}  // namespace

void Positions::run(const MarkScope& scope, Marks& marks) const {
  Followed(scope.facts, id(), marks).visit(scope.graph);
}

}  // namespace ortopt
