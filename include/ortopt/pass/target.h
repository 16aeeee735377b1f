#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ortopt/base/result.h"
#include "ortopt/ir/type.h"

namespace ortopt {

/// The runtime and execution provider that the result is for: which operators are legal there, and
/// which pay. A table from runtime facts (src/pass/target.cpp), consulted by guards; a fusion the
/// target cannot run is a miss with a reason.
class Target {
 public:
  enum class Provider { any, cpu, cuda };

  /// ONNX Runtime ≥ 1.20 with a CPU kernel for every operator emitted; everything legal is applied.
  Target() = default;
  /// "cpu", "cuda", "any", each optionally with ",ort=1.16". Fails with `usage`.
  [[nodiscard]] static Result<Target> parse(std::string_view text);

  [[nodiscard]] Provider provider() const { return provider_; }
  /// Whether the result is for ONNX Runtime 1.`minor` or newer only.
  [[nodiscard]] bool is_at_least(int minor) const { return runtime_minor_ >= minor; }
  /// Why `op` of `domain` with values of `type` may not be emitted, or nothing when it may. Operators
  /// of ONNX's own domain that the table does not hold may with floats and halves; those of others
  /// may not. Passes ask Context::objection, which knows the model's opset too.
  [[nodiscard]] std::optional<std::string> objection(std::string_view domain, std::string_view op,
                                                     DataType type) const;
  /// Whether the runtime takes `op` of ONNX's domain in models of an opset that does not have it.
  [[nodiscard]] static bool takes_at_any_opset(std::string_view op);
  /// Whether emitting `op` is worth it on a named provider; always true for `any`.
  [[nodiscard]] bool pays(std::string_view domain, std::string_view op) const;
  [[nodiscard]] std::string text() const;

 private:
  Provider provider_ = Provider::any;
  int runtime_minor_ = 20;
};

}  // namespace ortopt
