#include "ortopt/compare/signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

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

bool has_other_shape(const Port& before, const Port& after, Side side) {
  // Rank 0 may be unknown rank too: an output that the runtime can tell less about.
  if (before.dims.size() != after.dims.size()) return !before.dims.empty();
  for (std::size_t i = 0; i < before.dims.size(); ++i) {
    const bool was_fixed = before.dims[i] >= 0;
    const bool is_fixed = after.dims[i] >= 0;
    if ((was_fixed && is_fixed && before.dims[i] != after.dims[i]) ||
        (!was_fixed && is_fixed && side == Side::input))
      return true;
  }
  return false;
}

std::string kind_of(Side side) { return side == Side::input ? "input" : "output"; }

std::optional<std::string> broken_by(const Port& before, const Port& after, Side side) {
  if (before.type != after.type)
    return fmt::format("{} '{}' was {}, is {}", kind_of(side), before.name, name_of(before.type),
                       name_of(after.type));
  if (has_other_shape(before, after, side))
    return fmt::format("{} '{}' had the shape {}, has {}", kind_of(side), before.name,
                       shape_text(before), shape_text(after));
  return std::nullopt;
}

std::optional<std::string> broken_by(const std::vector<Port>& before,
                                     const std::vector<Port>& after, Side side) {
  if (names_text(before) != names_text(after) || before.size() != after.size())
    return fmt::format("{}s were {}; they are {}", kind_of(side), names_text(before),
                       names_text(after));
  for (std::size_t i = 0; i < before.size(); ++i)
    if (auto broken = broken_by(before[i], after[i], side)) return broken;
  return std::nullopt;
}

/// Pairs one side of two signatures.
class Matcher {
 public:
  Matcher(const std::vector<Port>& baseline, const std::vector<Port>& other, Side side,
          SignatureMatch& match)
      : baseline_(baseline), other_(other), side_(side), match_(match) {
    for (std::size_t i = 0; i < baseline.size(); ++i) left_.insert(i);
    for (std::size_t i = 0; i < other.size(); ++i) right_.insert(i);
  }

  /// False when this side does not have these names.
  bool take(const NameMapping& mapping) {
    const auto one = find(baseline_, left_, mapping.first);
    const auto two = find(other_, right_, mapping.second);
    if (!one || !two) return false;
    pair(*one, *two);
    return true;
  }

  void match_names() {
    const std::set<std::size_t> waiting = left_;
    for (const std::size_t i : waiting) {
      const auto same = find(other_, right_, baseline_[i].name);
      if (!same) continue;
      pair(i, *same);
      if (const auto broken = broken_by(baseline_[i], other_[*same], side_))
        match_.differences.push_back(*broken);
    }
  }

  void match_places() {
    const std::vector<std::size_t> left(left_.begin(), left_.end());
    const std::vector<std::size_t> right(right_.begin(), right_.end());
    const bool all_agree = left.size() == right.size() &&
                           std::ranges::equal(left, right, [&](std::size_t one, std::size_t two) {
                             return !broken_by(baseline_[one], other_[two], side_) &&
                                    baseline_[one].dims.size() == other_[two].dims.size();
                           });
    for (std::size_t i = 0; all_agree && i < left.size(); ++i) {
      match_.notes.push_back(
          fmt::format("{} '{}' is taken for '{}': the same type, shape and place", kind_of(side_),
                      other_[right[i]].name, baseline_[left[i]].name));
      pair(left[i], right[i]);
    }
  }

  void finish() {
    const auto list = [&](const std::set<std::size_t>& of, const std::vector<Port>& ports,
                          const char* where) {
      for (const std::size_t i : of)
        match_.differences.push_back(fmt::format("{} '{}' ({}) is only in the {}", kind_of(side_),
                                                 ports[i].name, describe(ports[i]), where));
    };
    list(left_, baseline_, "baseline");
    list(right_, other_, "other model");
    std::ranges::sort(pairs(), {}, &PortPair::baseline);
  }

 private:
  std::vector<PortPair>& pairs() { return side_ == Side::input ? match_.inputs : match_.outputs; }

  void pair(std::size_t one, std::size_t two) {
    pairs().push_back({one, two});
    left_.erase(one);
    right_.erase(two);
  }

  static std::optional<std::size_t> find(const std::vector<Port>& ports,
                                         const std::set<std::size_t>& among,
                                         const std::string& name) {
    const auto found =
        std::ranges::find_if(among, [&](std::size_t i) { return ports[i].name == name; });
    if (found == among.end()) return std::nullopt;
    return *found;
  }

  const std::vector<Port>& baseline_;
  const std::vector<Port>& other_;
  Side side_;
  SignatureMatch& match_;
  std::set<std::size_t> left_;
  std::set<std::size_t> right_;
};

}  // namespace

std::string describe(const Port& port) { return name_of(port.type) + " " + shape_text(port); }

std::optional<std::string> broken_contract(const Signature& original, const Signature& result) {
  if (auto broken = broken_by(original.inputs, result.inputs, Side::input)) return broken;
  return broken_by(original.outputs, result.outputs, Side::output);
}

Result<SignatureMatch> match_signatures(const Signature& baseline, const Signature& other,
                                        const std::vector<NameMapping>& mapping) {
  SignatureMatch match;
  Matcher inputs(baseline.inputs, other.inputs, Side::input, match);
  Matcher outputs(baseline.outputs, other.outputs, Side::output, match);
  for (const NameMapping& names : mapping)
    if (!inputs.take(names) && !outputs.take(names))
      return fail(Code::usage,
                  fmt::format("'{}={}' names no input of both models and no output of both; the "
                              "baseline has {} and gives {}, the other has {} and gives {}",
                              names.first, names.second, names_text(baseline.inputs),
                              names_text(baseline.outputs), names_text(other.inputs),
                              names_text(other.outputs)));
  for (Matcher* side : {&inputs, &outputs}) {
    side->match_names();
    side->match_places();
    side->finish();
  }
  return match;
}

}  // namespace ortopt
