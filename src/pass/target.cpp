#include "ortopt/pass/target.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ortopt {
namespace {

/// Facts about one operator of the runtime, measured with ONNX Runtime (docs/target.md).
struct OperatorFact {
  std::string_view name;  ///< In com.microsoft.
  int since;              ///< First minor version 1.x that has what we emit.
  bool has_cpu_kernel;
  bool pays_on_cpu;  ///< Against its parts.
};

constexpr std::array<OperatorFact, 15> operator_facts = {{
    {"Attention", 12, true, true},
    {"MultiHeadAttention", 16, true, true},
    {"GroupQueryAttention", 17, true, true},
    {"SkipLayerNormalization", 12, true, false},
    {"SkipSimplifiedLayerNormalization", 14, true, false},
    {"EmbedLayerNormalization", 12, true, true},
    {"Gelu", 12, true, true},
    {"FastGelu", 12, true, true},
    {"BiasGelu", 12, true, true},
    {"QuickGelu", 14, true, true},
    {"RotaryEmbedding", 16, true, true},
    {"LongformerAttention", 12, false, false},
    {"PackedAttention", 14, false, false},
    {"RelativePositionBias", 14, false, false},
    {"GatedRelativePositionBias", 15, false, false},
}};

const OperatorFact* fact_of(std::string_view domain, std::string_view op) {
  if (domain != "com.microsoft") return nullptr;
  const auto found = std::ranges::find(operator_facts, op, &OperatorFact::name);
  return found == operator_facts.end() ? nullptr : &*found;
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
  if (type != DataType::undefined && type != DataType::float32 && type != DataType::float16)
    return std::string(op) + " has no kernel for " + name_of(type);
  const OperatorFact* fact = fact_of(domain, op);
  if (fact == nullptr) return std::nullopt;
  if (fact->since > runtime_minor_)
    return std::string(op) + " needs ONNX Runtime 1." + std::to_string(fact->since);
  if (!fact->has_cpu_kernel && provider_ != Provider::cuda)
    return std::string(op) + " has no kernel on CPU; --target cuda allows it";
  return std::nullopt;
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
