#include "precision/type_attributes.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "ortopt/base/error.h"
#include "ortopt/precision/half_weights.h"

namespace ortopt {
namespace {

/// What a left-out attribute means.
enum class Absent {
  float32,     ///< So it has to be written.
  like_input,  ///< So the output follows its input.
};

/// An attribute that holds the type of an output, and the operators that have it.
struct TypeAttribute {
  std::string_view name;
  Absent absent;
  std::array<std::string_view, 4> operators;
};

constexpr TypeAttribute type_attributes[] = {
    {"to", Absent::float32, {"Cast"}},
    {"dtype", Absent::float32, {"RandomNormal", "RandomUniform"}},
    {"dtype",
     Absent::like_input,
     {"RandomNormalLike", "RandomUniformLike", "EyeLike", "Bernoulli"}},
    {"output_datatype",
     Absent::float32,
     {"HannWindow", "HammingWindow", "BlackmanWindow", "MelWeightMatrix"}},
    {"output_dtype", Absent::like_input, {"DequantizeLinear"}},
};

Tensor fill_of(const Node& node, DataType type, const HalfRange& range) {
  constexpr double zero = 0;
  const std::optional<Tensor> given = node.tensor_attribute("value");
  if (!given) return Tensor::of(type, {1}, std::span(&zero, 1));
  const Tensor half = as_half(*given, type, range);
  const Result<Tensor::Bytes> bytes = half.bytes();
  ensure(bytes.has_value(), "the number of an attribute can be read");
  return Tensor(type, half.dims(), *bytes);
}

}  // namespace

void set_output_type(Node& node, DataType type, const HalfRange& range, Rewriter& to) {
  if (node.is("ConstantOfShape"))
    return to.set_attribute(node, "value", fill_of(node, type, range));
  const auto* found = std::ranges::find_if(type_attributes, [&](const TypeAttribute& entry) {
    return node.domain().empty() &&
           std::ranges::find(entry.operators, node.op()) != entry.operators.end();
  });
  if (found == std::end(type_attributes)) return;
  const std::string name(found->name);
  // DequantizeLinear's 0 is as good as absent.
  if (found->absent == Absent::like_input && node.int_attribute(name, 0) == 0) return;
  to.set_attribute(node, name, static_cast<int64_t>(type));
}

}  // namespace ortopt
