#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ortopt {

/// Counts the names in use in a graph and all graphs nested in it, so that a fresh name costs one
/// look-up however big the model. Values and nodes have separate names.
class NameRegistry {
 public:
  void add_value(const std::string& name) { ++values_[name]; }
  void drop_value(const std::string& name) { drop(values_, name); }
  void add_node(const std::string& name) { ++nodes_[name]; }
  void drop_node(const std::string& name) { drop(nodes_, name); }

  /// `wished`, or the first of `wished_1`, `wished_2`, … that was not handed out before and is
  /// free.
  [[nodiscard]] std::string free_value_name(const std::string& wished) {
    return free_name(values_, next_value_, wished.empty() ? "value" : wished);
  }
  [[nodiscard]] std::string free_node_name(const std::string& wished) {
    return free_name(nodes_, next_node_, wished.empty() ? "node" : wished);
  }

 private:
  using Counts = std::unordered_map<std::string, uint32_t>;

  static void drop(Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
  }

  static std::string free_name(const Counts& counts, Counts& next, const std::string& wished) {
    if (!counts.contains(wished)) return wished;
    uint32_t& number = next[wished];
    std::string name;
    do {
      name = wished + "_" + std::to_string(++number);
    } while (counts.contains(name));
    return name;
  }

  Counts values_;
  Counts nodes_;
  Counts next_value_;
  Counts next_node_;
};

}  // namespace ortopt
