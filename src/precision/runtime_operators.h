#pragma once

#include <string_view>

namespace ortopt {

/// The types of an operator that ONNX Runtime defines, slot by slot: slots with the same letter have
/// the same floating type, `.` is a type that never changes.
struct RuntimeOperator {
  std::string_view domain;
  std::string_view name;
  std::string_view inputs;
  std::string_view outputs;
  bool takes_bfloat16 = true;
};

/// Null for an operator that the table does not hold.
[[nodiscard]] const RuntimeOperator* find_runtime_operator(std::string_view domain,
                                                           std::string_view op);

}  // namespace ortopt
