#pragma once

#include <string>
#include <string_view>

#include "ortopt/ir/tensor.h"

namespace onnx {
class TypeProto;
}

namespace ortopt {

/// Whether ONNX's text syntax takes `name` as it is, without quotes, wherever a name may stand.
[[nodiscard]] bool is_plain_name(std::string_view name);
/// `text` in double quotes, quotes and backslashes escaped.
[[nodiscard]] std::string quoted_text(std::string_view text);
/// `name` as it is where that is possible, else quoted.
[[nodiscard]] std::string name_text(std::string_view name);
/// The shortest decimal that reads back as the same number.
[[nodiscard]] std::string number_text(double number);
[[nodiscard]] std::string number_text(float number);
/// Type and dimensions: "float[B,4]"; `float` is a scalar, `float[]` is of unknown rank. Empty when
/// nothing is known.
[[nodiscard]] std::string type_text(const onnx::TypeProto& type);
/// "float[2,3]" of a constant.
[[nodiscard]] std::string type_text(const Tensor& tensor);
/// "{1, 2}" for a tensor that the syntax can spell and that is short; else empty: see
/// `digest_text`.
[[nodiscard]] std::string content_text(const Tensor& tensor);
/// "2359296 bytes, xxh64 0123456789abcdef".
[[nodiscard]] std::string digest_text(const Tensor& tensor);

}  // namespace ortopt
