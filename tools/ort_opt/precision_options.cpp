#include "precision_options.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace ortopt::tool {
namespace {

constexpr double smallest_float16 = 5.96e-08;
constexpr double largest_float16 = 65504;

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

/// "a=b" as its two halves; the last `=` counts, because names may hold some.
Result<std::pair<std::string, std::string_view>> pair_of(std::string_view text,
                                                         std::string_view flag,
                                                         std::string_view example) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    return fail(Code::usage, std::string(flag) + " '" + std::string(text) +
                                 "' is not of the form " + std::string(example));
  return std::pair(std::string(text.substr(0, equals)), text.substr(equals + 1));
}

Result<Precision> precision_of(const Flags& flags) {
  if (flags.precision.empty())
    return flags.float16 || flags.gpt2_recipe ? Precision::float16 : Precision::float32;
  const Result<Precision> precision = parse_precision(flags.precision);
  if (!precision) return pass_on(precision.error());
  const bool is_float16 = *precision == Precision::float16 || *precision == Precision::mixed;
  if (flags.float16 && !is_float16)
    return fail(Code::usage,
                "--float16 and --precision " + flags.precision + " exclude each other");
  if (flags.gpt2_recipe && !is_float16)
    return fail(Code::usage, "--auto_mixed_precision and --precision " + flags.precision +
                                 " exclude each other");
  return *precision;
}

Result<DataType> type_of(std::string_view text) {
  const Result<Precision> precision = parse_precision(text);
  if (!precision || *precision == Precision::mixed)
    return fail(Code::usage,
                "type '" + std::string(text) + "' is not known; expected fp32, fp16 or bf16");
  if (*precision == Precision::float32) return DataType::float32;
  return *precision == Precision::float16 ? DataType::float16 : DataType::bfloat16;
}

Result<void> take_interface(const Flags& flags, PrecisionOptions& options) {
  const std::string& keep = flags.keep_io_types;
  options.keep_io_types = keep == "true" || keep == "True" || keep == "1";
  if (!options.keep_io_types && keep != "false" && keep != "False" && keep != "0")
    for (const std::string_view name : split(keep, ',')) options.kept_io.emplace(name);
  for (const std::string& text : flags.io_types) {
    const auto parts = pair_of(text, "--io-type", "logits=fp16");
    if (!parts) return pass_on(parts.error());
    const Result<DataType> type = type_of(parts->second);
    if (!type) return pass_on(type.error());
    options.io_types[parts->first] = *type;
  }
  return {};
}

Result<void> take_forced_inputs(const Flags& flags, PrecisionOptions& options) {
  for (const std::string& text : flags.force_inputs) {
    const auto parts = pair_of(text, "--force_fp16_inputs", "GroupNorm=1,2");
    if (!parts) return pass_on(parts.error());
    for (const std::string_view number : split(parts->second, ',')) {
      std::size_t slot = 0;
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), slot);
      if (error != std::errc() || end != number.data() + number.size())
        return fail(Code::usage,
                    "--force_fp16_inputs: '" + std::string(number) + "' is no number of an input");
      options.force_inputs[parts->first].insert(slot);
    }
  }
  return {};
}

Result<void> take_range(const Flags& flags, PrecisionOptions& options) {
  if (flags.range.min_positive < smallest_float16)
    return fail(Code::usage, "--min_positive_val: float16 holds nothing smaller than 5.96e-08");
  if (flags.range.max_finite > largest_float16)
    return fail(Code::usage, "--max_finite_val: float16 holds nothing larger than 65504");
  options.range = flags.range;
  return {};
}

}  // namespace

Result<PrecisionOptions> precision_options(const Flags& flags) {
  PrecisionOptions options;
  const Result<Precision> precision = precision_of(flags);
  if (!precision) return pass_on(precision.error());
  options.precision = *precision;
  for (const auto take : {take_interface, take_forced_inputs, take_range})
    if (const Result<void> done = take(flags, options); !done) return pass_on(done.error());
  for (const auto* names : {&flags.keep_fp32, &flags.blocked_operators, &flags.blocked_nodes})
    options.keep.insert(options.keep.end(), names->begin(), names->end());
  if (flags.gpt2_recipe) options.recipe = PrecisionRecipe::gpt2;
  options.force_initializers = flags.force_initializers;
  return options;
}

}  // namespace ortopt::tool
