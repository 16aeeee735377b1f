#include "ortopt/pass/target.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace ortopt {
namespace {

/// Element types that a CPU kernel takes. Halves run on fp32 kernels through casts that the runtime
/// inserts.
enum class CpuTypes { floats, floats_and_doubles };

/// What is known of one operator of the runtime (docs/target.md).
struct OperatorFact {
  std::string_view domain;
  std::string_view name;
  int cpu_since;   ///< First minor version 1.x with a CPU kernel for what we emit; 0 is none.
  int cuda_since;  ///< The same for CUDA.
  CpuTypes cpu_types = CpuTypes::floats;
  bool pays_on_cpu = true;  ///< Against its parts.
};

constexpr std::string_view contrib = "com.microsoft";
constexpr int oldest = 16;
constexpr const char* unknown_type = "the element type is not known";
using enum CpuTypes;

constexpr OperatorFact operator_facts[] = {
    {contrib, "Attention", oldest, oldest},
    {contrib, "MultiHeadAttention", oldest, oldest},
    {contrib, "GroupQueryAttention", 18, oldest},
    {contrib, "PackedAttention", 0, oldest},
    {contrib, "PackedMultiHeadAttention", 0, oldest},
    {contrib, "LongformerAttention", 0, oldest},
    {contrib, "RelativePositionBias", 0, oldest},
    {contrib, "GatedRelativePositionBias", 0, oldest},
    {contrib, "RotaryEmbedding", 17, 17},
    {contrib, "EmbedLayerNormalization", oldest, oldest},
    {contrib, "SkipLayerNormalization", oldest, oldest, floats, false},
    {contrib, "SkipSimplifiedLayerNormalization", 17, oldest, floats, false},
    {contrib, "Gelu", oldest, oldest},
    {contrib, "FastGelu", oldest, oldest},
    {contrib, "BiasGelu", oldest, oldest},
    {contrib, "QuickGelu", oldest, oldest},
    {"", "LayerNormalization", oldest, oldest, floats_and_doubles},
    {"", "SimplifiedLayerNormalization", oldest, oldest, floats_and_doubles},
    {"", "Gelu", 18, 18},
    {"", "Attention", 23, 23},
    {"", "RotaryEmbedding", 23, 23},
    {"", "RMSNormalization", 23, 23, floats_and_doubles},
};

const OperatorFact* fact_of(std::string_view domain, std::string_view op) {
  const auto found = std::ranges::find_if(operator_facts, [&](const OperatorFact& fact) {
    return fact.domain == domain && fact.name == op;
  });
  return found == std::end(operator_facts) ? nullptr : &*found;
}

bool takes(CpuTypes types, DataType type) {
  switch (type) {
    case DataType::float32:
    case DataType::float16:
      return true;
    case DataType::float64:
      return types == floats_and_doubles;
    default:
      return false;
  }
}

}  // namespace

Result<Target> Target::parse(std::string_view text) {
  Target target;
  const std::size_t comma = text.find(',');
  const std::string_view provider = text.substr(0, comma);
  if (provider == "cpu") {
    target.provider_ = Provider::cpu;
  } else if (provider == "cuda") {
    target.provider_ = Provider::cuda;
  } else if (provider != "any") {
    return fail(Code::usage,
                "target '" + std::string(text) +
                    "' is not known; expected any, cpu or cuda, perhaps with ',ort=1.16'");
  }
  if (comma == std::string_view::npos) return target;
  const std::string_view version = text.substr(comma + 1);
  constexpr std::string_view prefix = "ort=1.";
  const std::string_view minor = version.substr(std::min(prefix.size(), version.size()));
  const auto [end, error] =
      std::from_chars(minor.data(), minor.data() + minor.size(), target.runtime_minor_);
  if (!version.starts_with(prefix) || error != std::errc() || end != minor.data() + minor.size() ||
      target.runtime_minor_ < 16)
    return fail(Code::usage, "target '" + std::string(text) +
                                 "': expected ',ort=1.16' or newer, found ',' and '" +
                                 std::string(version) + "'");
  return target;
}

std::optional<std::string> Target::objection(std::string_view domain, std::string_view op,
                                             DataType type) const {
  const std::string name(op);
  const OperatorFact* fact = fact_of(domain, op);
  if (fact == nullptr) {
    if (!domain.empty()) return name + " is not known to have a kernel";
    // What ONNX defines every runtime has, though seldom for more than floats.
    if (type == DataType::undefined) return unknown_type;
    if (takes(floats, type)) return std::nullopt;
    return name + " is not known to have a kernel for " + name_of(type);
  }
  const int since = provider_ == Provider::cuda ? fact->cuda_since : fact->cpu_since;
  if (since == 0) return name + " has no kernel on CPU; --target cuda allows it";
  if (since > runtime_minor_) return name + " needs ONNX Runtime 1." + std::to_string(since);
  if (type == DataType::undefined) return unknown_type;
  if (!takes(fact->cpu_types, type)) return name + " has no kernel for " + name_of(type);
  return std::nullopt;
}

bool Target::takes_at_any_opset(std::string_view op) {
  return op == "LayerNormalization" || op == "SimplifiedLayerNormalization";
}

bool Target::pays(std::string_view domain, std::string_view op) const {
  const OperatorFact* fact = fact_of(domain, op);
  return provider_ != Provider::cpu || fact == nullptr || fact->pays_on_cpu;
}

std::string Target::text() const {
  const std::string_view name = provider_ == Provider::cpu    ? "cpu"
                                : provider_ == Provider::cuda ? "cuda"
                                                              : "any";
  return std::string(name) + ",ort=1." + std::to_string(runtime_minor_);
}

}  // namespace ortopt
