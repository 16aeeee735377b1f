#include "tools/common/arguments.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ortopt::tool {
namespace {

std::string with_underscores(std::string_view name) {
  std::string out(name);
  std::replace(out.begin() + 2, out.end(), '-', '_');
  return out;
}

std::string spelled_as_known(std::string_view name, const std::vector<std::string>& names) {
  const std::string wanted = with_underscores(name);
  const auto known = std::find_if(names.begin(), names.end(), [&](const std::string& candidate) {
    return with_underscores(candidate) == wanted;
  });
  return known == names.end() ? std::string(name) : *known;
}

std::size_t edit_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t substituted = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> canonical(const std::vector<std::string>& arguments,
                                   const std::vector<std::string>& names,
                                   const std::map<std::string, std::string>& bare_values) {
  std::vector<std::string> out;
  bool only_files_follow = false;
  for (const std::string& argument : arguments) {
    only_files_follow |= argument == "--";
    if (only_files_follow || !argument.starts_with("--")) {
      out.push_back(argument);
      continue;
    }
    const std::size_t equals = std::min(argument.find('='), argument.size());
    std::string spelled = spelled_as_known(argument.substr(0, equals), names);
    const auto value = bare_values.find(spelled);
    if (value != bare_values.end() && equals == argument.size()) spelled += "=" + value->second;
    out.push_back(spelled + argument.substr(equals));
  }
  return out;
}

std::string find_nearest(std::string_view unknown, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t least = 1 + unknown.size() / 3;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(with_underscores(unknown), with_underscores(name));
    // An abbreviation is nearer than its length tells.
    const std::size_t felt = name.starts_with(unknown) ? 0 : distance;
    if (felt >= least) continue;
    least = felt;
    nearest = name;
  }
  return nearest;
}

}  // namespace ortopt::tool
