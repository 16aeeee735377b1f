#include "ortopt/passes/attention/lower.h"

#include "passes/attention/lower_steps.h"

namespace ortopt::attention {

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
  return lower_to_attention(sdpa, memory_->shop);
}

}  // namespace ortopt::attention
