#include "precision/mask_fills.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "ortopt/pass/rewriter.h"
#include "ortopt/precision/half_precision.h"
#include "precision/operator_classes.h"

namespace ortopt {
namespace {

class Tamer {
 public:
  Tamer(const FloatSlots& slots, const TypePlan& plan, double max_finite, Context& context)
      : slots_(slots), plan_(plan), max_finite_(max_finite), context_(context) {}

  Changes run(Graph& graph) {
    for_each_graph(graph, [&](Graph& each) {
      const std::vector<Value*> constants = each.initializers();
      for (Value* constant : constants) tame(*constant);
    });
    for (Node* node : slots_.nodes())
      if (node->is("ConstantOfShape")) tame_fill(*node);
    return changes_;
  }

 private:
  /// The numbers with those beyond the range replaced; nothing when all are within it.
  [[nodiscard]] std::optional<Tensor> tamed(const Tensor& tensor) const {
    if (tensor.dtype() != DataType::float32 || !tensor.is_small()) return std::nullopt;
    Result<std::vector<double>> numbers = tensor.numbers();
    if (!numbers) return std::nullopt;
    bool found = false;
    for (double& number : *numbers) {
      if (!std::isfinite(number) || std::abs(number) <= max_finite_) continue;
      number = std::copysign(max_finite_ / 2, number);
      found = true;
    }
    if (!found) return std::nullopt;
    return Tensor::of(DataType::float32, tensor.dims(), *numbers);
  }

  void tame(Value& constant) {
    const std::optional<Tensor> content = tamed(*constant.initializer());
    if (!content) return;
    std::vector<Use> masks;
    for (const Use& use : constant.uses())
      if (is_mask(use) && reaches_half(use)) masks.push_back(use);
    if (masks.empty()) return;
    // What is compared with a mask changes with it.
    for (const Use& use : constant.uses())
      if (is_comparison(*use.node) && std::ranges::find(masks, use) == masks.end())
        masks.push_back(use);
    Rewriter to(HalfPrecision::name, *masks.front().node, context_);
    Value& fill = constant.graph().add_initializer(constant.name() + "_fill", *content);
    for (const Use& use : masks) to.set_input(*use.node, use.slot, &fill);
    if (constant.is_dead()) {
      if (context_.has_analysis()) context_.analysis().forget(constant);
      constant.graph().remove_initializer(constant);
    }
    to.finish(fill, {});
    tell();
  }

  void tame_fill(Node& node) {
    const std::optional<Tensor> given = node.tensor_attribute("value");
    if (!given) return;
    const std::optional<Tensor> content = tamed(*given);
    if (!content || !(plan_.is_half(node) || reaches_half(*node.output()))) return;
    node.set_attribute("value", *content);
    tell();
  }

  void tell() {
    ++changes_.count;
    context_.facts().assume(
        std::string(HalfPrecision::name),
        fmt::format(
            "constants beyond {:.5g} that are added or chosen are masks: {:.5g} does as well",
            max_finite_, max_finite_ / 2));
  }

  /// Whether the number is chosen or added there, rather than being a limit.
  [[nodiscard]] static bool is_mask(const Use& use) {
    const Node& node = *use.node;
    return node.is("Where") || node.is("Add") || node.is("Sub") || node.is("Mul") ||
           node.is("Neg") || node.is("Pad") || node.is("ScatterND") || node.is("ScatterElements") ||
           is_comparison(node) || is_move(node);
  }

  [[nodiscard]] bool reaches_half(const Use& use) {
    if (plan_.wanted_by(*use.node, use.slot) == plan_.half_type()) return true;
    const bool carries = is_elementwise(*use.node) || is_move(*use.node) || use.node->is("Cast") ||
                         use.node->is("Pad") || use.node->is("ScatterND") ||
                         use.node->is("ScatterElements");
    return carries && std::ranges::any_of(use.node->outputs(), [&](const Value* output) {
             return output != nullptr && slots_.type_now(*output) == DataType::float32 &&
                    reaches_half(*output);
           });
  }

  [[nodiscard]] bool reaches_half(const Value& value) {
    const auto [known, fresh] = reaches_.try_emplace(&value, false);
    if (!fresh) return known->second;
    bool reaches = plan_.type_of(value) == plan_.half_type();
    for (const Use& use : value.uses()) reaches = reaches || reaches_half(use);
    reaches_[&value] = reaches;
    return reaches;
  }

  const FloatSlots& slots_;
  const TypePlan& plan_;
  double max_finite_;
  Context& context_;
  std::unordered_map<const Value*, bool> reaches_;
  Changes changes_;
};

}  // namespace

Changes tame_mask_fills(Graph& graph, const FloatSlots& slots, const TypePlan& plan,
                        double max_finite, Context& context) {
  return Tamer(slots, plan, max_finite, context).run(graph);
}

}  // namespace ortopt
