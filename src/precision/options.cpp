#include "ortopt/precision/options.h"

namespace ortopt {

Result<Precision> parse_precision(std::string_view text) {
  if (text == "fp32" || text == "float32" || text == "float") return Precision::float32;
  if (text == "fp16" || text == "float16") return Precision::float16;
  if (text == "bf16" || text == "bfloat16") return Precision::bfloat16;
  if (text == "mixed" || text == "auto") return Precision::mixed;
  return fail(Code::usage, "precision '" + std::string(text) +
                               "' is not known; expected fp32, fp16, bf16 or mixed");
}

HalfRange PrecisionOptions::half_range() const {
  if (half_type() != DataType::bfloat16) return range;
  // Its smallest numbers are float32's; its largest one is a little less.
  return {.min_positive = 0, .max_finite = 0x1.fep127};
}

DataType PrecisionOptions::half_type() const {
  switch (precision) {
    case Precision::float16:
    case Precision::mixed:
      return DataType::float16;
    case Precision::bfloat16:
      return DataType::bfloat16;
    case Precision::float32:
      break;
  }
  return DataType::undefined;
}

}  // namespace ortopt
