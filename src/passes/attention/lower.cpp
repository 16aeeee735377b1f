#include "ortopt/passes/attention/lower.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "passes/attention/lower_steps.h"

namespace ortopt::attention {
namespace {

bool is_gone(const Node& node, const std::set<const Node*>& gone) {
  return std::ranges::all_of(node.outputs(), [&](const Value* output) {
    return output == nullptr ||
           (!output->is_graph_output() && std::ranges::all_of(output->uses(), [&](const Use& use) {
             return gone.contains(use.node);
           }));
  });
}

/// Whether a projection has to be computed whatever becomes of the attention: someone else reads
/// keys or values (a cache that is an output). Projecting inside the operator would do it twice.
bool projections_stay(const Sdpa& sdpa) {
  const Node* end = sdpa.outputs.front()->producer();
  std::set<const Node*> gone = {end};
  std::vector<const Node*> open = {end};
  while (!open.empty()) {
    const Node* node = open.back();
    open.pop_back();
    for (const Value* input : node->inputs()) {
      const Node* producer = input == nullptr ? nullptr : input->producer();
      if (producer == nullptr || gone.contains(producer) || !is_gone(*producer, gone)) continue;
      gone.insert(producer);
      open.push_back(producer);
    }
  }
  return std::ranges::any_of(
      std::array{&sdpa.query, &sdpa.key, &sdpa.value}, [&](const Operand* operand) {
        return operand->projection != nullptr && !gone.contains(operand->projection);
      });
}

}  // namespace

struct Lowering::Memory {
  Workshop shop;
};

Lowering::Lowering(std::string_view pass, Context& context)
    : memory_(std::make_unique<Memory>(Memory{{.pass = std::string(pass),
                                               .context = &context,
                                               .prover = MaskProver(context.analysis()),
                                               .masks = {}}})) {}
Lowering::~Lowering() = default;

Recognised<std::string> Lowering::lower(const Sdpa& sdpa) {
  Workshop& shop = memory_->shop;
  const bool has_one_input = sdpa.is_self() && !sdpa.features.contains(Feature::past);
  const bool prefers_many = shop.context->options().use_multi_head_attention;
  if (has_one_input && !prefers_many && !projections_stay(sdpa))
    return lower_to_attention(sdpa, shop);
  auto made = lower_to_multi_head(sdpa, shop);
  return !made && has_one_input ? lower_to_attention(sdpa, shop) : made;
}

}  // namespace ortopt::attention
