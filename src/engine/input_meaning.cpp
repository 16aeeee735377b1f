#include "engine/input_meaning.h"

#include <algorithm>
#include <cctype>

namespace ortopt {
namespace {

/// Tables of up to this many rows tell sentences apart, not words.
constexpr int64_t most_segments = 4;

InputKind kind_of_index(const Port& port, const InputEvidence& evidence) {
  if (evidence.row_limit && *evidence.row_limit <= most_segments) return InputKind::segment;
  if (evidence.is_angle || name_contains(port.name, "pos")) return InputKind::position;
  if (name_contains(port.name, "segment") || name_contains(port.name, "token_type"))
    return InputKind::segment;
  return InputKind::ids;
}

InputKind kind_by_name(const Port& port) {
  for (const auto& [part, kind] :
       std::initializer_list<std::pair<const char*, InputKind>>{{"mask", InputKind::mask},
                                                                {"pos", InputKind::position},
                                                                {"segment", InputKind::segment},
                                                                {"token_type", InputKind::segment},
                                                                {"length", InputKind::length}})
    if (name_contains(port.name, part)) return kind;
  // Zeros and ones are in range of whatever they may be.
  return port.dims.size() < 2 ? InputKind::flag : InputKind::segment;
}

InputKind kind_of_floats(const Port& port, const InputEvidence& evidence) {
  if (evidence.is_index) return kind_of_index(port, evidence);
  const bool is_operand =
      evidence.is_multiplied || evidence.is_convolved || evidence.is_appended_to;
  constexpr std::size_t rank_of_heads = 4;
  if (is_operand && !evidence.is_convolved && port.dims.size() >= rank_of_heads)
    return InputKind::past;
  if (is_operand) return InputKind::features;
  return evidence.is_condition ? InputKind::mask : InputKind::features;
}

InputKind kind_of_integers(const Port& port, const InputEvidence& evidence) {
  if (evidence.is_index) return kind_of_index(port, evidence);
  if (evidence.is_angle) return InputKind::position;
  if (evidence.is_compared_with_computed && port.dims.size() == 1)
    return name_contains(port.name, "len") ? InputKind::length : InputKind::position;
  if (evidence.masks_attention && port.dims.size() == 1) return InputKind::length;
  if (evidence.is_condition) return InputKind::mask;
  if (evidence.is_derived_index) return InputKind::ids;
  return kind_by_name(port);
}

}  // namespace

bool name_contains(std::string_view name, std::string_view part) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return !std::ranges::search(name, part, {}, lower, lower).empty();
}

InputMeaning meaning_of(const Port& port, const InputEvidence& evidence) {
  InputMeaning meaning;
  if (port.type == DataType::boolean)
    meaning.kind = port.dims.size() < 2 ? InputKind::flag : InputKind::mask;
  else if (is_floating(port.type))
    meaning.kind = kind_of_floats(port, evidence);
  else
    meaning.kind = kind_of_integers(port, evidence);
  if (meaning.kind == InputKind::mask && name_contains(port.name, "global"))
    meaning.kind = InputKind::global_mask;
  meaning.marks_padding =
      meaning.kind == InputKind::mask && evidence.hides_when_set && !evidence.hides_when_unset;
  meaning.limit = evidence.row_limit;
  if (meaning.kind == InputKind::ids && !evidence.compared_numbers.empty())
    meaning.padding = *evidence.compared_numbers.begin();
  if (meaning.kind == InputKind::ids && !evidence.searched_numbers.empty())
    meaning.end = *evidence.searched_numbers.begin();
  return meaning;
}

std::string_view name_of(InputKind kind) {
  switch (kind) {
    case InputKind::ids:
      return "ids";
    case InputKind::segment:
      return "segment";
    case InputKind::position:
      return "position";
    case InputKind::mask:
      return "mask";
    case InputKind::past:
      return "past";
    case InputKind::length:
      return "length";
    case InputKind::flag:
      return "flag";
    case InputKind::global_mask:
      return "global mask";
    case InputKind::features:
      break;
  }
  return "features";
}

}  // namespace ortopt
