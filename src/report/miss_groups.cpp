#include "report/miss_groups.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace ortopt {
namespace {

/// "'Reshape_42' splits 768" and "'Reshape_77' splits 768" are one reason.
std::string without_names(const std::string& reason) {
  std::string out;
  bool quoted = false;
  for (const char c : reason) {
    if (c == '\'') quoted = !quoted;
    if (!quoted) out += c;
  }
  return out;
}

}  // namespace

std::vector<MissGroup> group_misses(const std::vector<Miss>& misses) {
  std::vector<MissGroup> groups;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index;
  for (const Miss& miss : misses) {
    const auto [at, is_new] =
        index.try_emplace({miss.pass, miss.op, without_names(miss.reason)}, groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(miss);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

}  // namespace ortopt
