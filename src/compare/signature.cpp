#include "compare/signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ortopt {
namespace {

enum class Side { input, output };

std::string shape_text(const Port& port) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < port.dims.size(); ++i) {
    const std::string symbol = port.symbols[i].empty() ? "?" : port.symbols[i];
    parts.push_back(port.dims[i] < 0 ? symbol : std::to_string(port.dims[i]));
  }
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

std::string names_text(const std::vector<Port>& ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(port.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<std::string> broken_by(const Port& before, const Port& after, Side side) {
  const char* kind = side == Side::input ? "input" : "output";
  if (before.type != after.type)
    return fmt::format("{} '{}' was {}, is {}", kind, before.name, name_of(before.type),
                       name_of(after.type));
  // Rank 0 may be unknown rank too: an output that the runtime can tell less about.
  if (before.dims.size() != after.dims.size() && !before.dims.empty())
    return fmt::format("{} '{}' had the shape {}, has {}", kind, before.name, shape_text(before),
                       shape_text(after));
  for (std::size_t i = 0; i < before.dims.size(); ++i) {
    const bool was_fixed = before.dims[i] >= 0;
    const bool is_fixed = after.dims[i] >= 0;
    if ((was_fixed && is_fixed && before.dims[i] != after.dims[i]) ||
        (!was_fixed && is_fixed && side == Side::input))
      return fmt::format("{} '{}' had the shape {}, has {}", kind, before.name, shape_text(before),
                         shape_text(after));
  }
  return std::nullopt;
}

std::optional<std::string> broken_by(const std::vector<Port>& before,
                                     const std::vector<Port>& after, Side side) {
  if (names_text(before) != names_text(after) || before.size() != after.size())
    return fmt::format("{}s were {}; they are {}", side == Side::input ? "input" : "output",
                       names_text(before), names_text(after));
  for (std::size_t i = 0; i < before.size(); ++i)
    if (auto broken = broken_by(before[i], after[i], side)) return broken;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_contract(const Signature& original, const Signature& result) {
  if (auto broken = broken_by(original.inputs, result.inputs, Side::input)) return broken;
  return broken_by(original.outputs, result.outputs, Side::output);
}

}  // namespace ortopt
