#include "optimise/verification_plan.h"

#include <fmt/format.h>

#include "optimise/memory.h"

namespace ortopt {
namespace {

/// Both models, and what the runtime makes of them.
constexpr uint64_t memory_per_model_byte = 3;

}  // namespace

Result<VerificationPlan> plan_verification(const OptimiseRequest& request) {
  if (request.dry_run) return VerificationPlan{std::nullopt, "this was a dry run"};
  if (request.verify == VerifyMode::off) return VerificationPlan{std::nullopt, "--verify off"};
  if (request.precision.half_type() == DataType::bfloat16) {
    const std::string reason = "the CPU, where results are run, has no kernels for bfloat16";
    if (request.verify == VerifyMode::on) return fail(Code::usage, "--verify on: " + reason);
    return VerificationPlan{std::nullopt, reason};
  }
  Result<std::filesystem::path> runtime = find_runtime(request.runtime);
  if (runtime) return VerificationPlan{std::move(*runtime), {}};
  // Who names a runtime, or demands the check, is told that it cannot be had.
  if (request.verify == VerifyMode::on || !request.runtime.explicit_path.empty())
    return pass_on(std::move(runtime.error()));
  return VerificationPlan{std::nullopt, std::move(runtime.error().message)};
}

PaddingPromise padding_promise(const PassOptions& passes) {
  if (passes.no_attention_mask) return PaddingPromise::none;
  return passes.use_mask_index ? PaddingPromise::at_the_end : PaddingPromise::both_sides;
}

std::optional<std::string> find_obstacle(const SourceFacts& source, uint64_t model_bytes) {
  // The runtime inlines them, however long that takes.
  if (source.has_unbounded_calls)
    return "its functions call each other so often that the runtime would not come to an end "
           "(--verify on insists)";
  const uint64_t wanted = memory_per_model_byte * model_bytes;
  const std::optional<uint64_t> available = available_memory();
  if (!available || *available >= wanted) return std::nullopt;
  return fmt::format("it takes {} MB of memory and {} MB are free (--verify on insists)",
                     wanted / 1'000'000, *available / 1'000'000);
}

}  // namespace ortopt
