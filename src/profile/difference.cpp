#include "ortopt/profile/difference.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ortopt {
namespace {

/// From input to output.
int place_of(int layer) { return layer == Layers::after ? 1 << 20 : layer; }

template <class Key, class KeyOf>
std::vector<TimeChange> align(const std::vector<GroupTime>& before,
                              const std::vector<GroupTime>& after, const KeyOf& key_of) {
  std::map<Key, TimeChange> changes;
  const auto entry = [&](const GroupTime& group) -> TimeChange& {
    TimeChange& change = changes[key_of(group)];
    change.name = group.name;
    change.layer = group.layer;
    return change;
  };
  for (const GroupTime& group : before) {
    TimeChange& change = entry(group);
    change.before = group.time.mean;
    change.calls_before = group.time.calls;
  }
  for (const GroupTime& group : after) {
    TimeChange& change = entry(group);
    change.after = group.time.mean;
    change.calls_after = group.time.calls;
  }
  std::vector<TimeChange> out;
  for (auto& [key, change] : changes) out.push_back(std::move(change));
  return out;
}

TimeChange part(std::string name, double before, double after) {
  TimeChange change;
  change.name = std::move(name);
  change.before = before;
  change.after = after;
  return change;
}

std::vector<TimeChange> parts_of(const WallTime& before, const WallTime& after) {
  std::vector<TimeChange> parts = {
      part("nodes", before.kernels, after.kernels),
      part("waiting before and after nodes", before.fences, after.fences),
      part("between nodes", before.between, after.between),
      part("around the executor", before.around, after.around),
      part("outside the runtime's measure", before.outside, after.outside),
      part("nodes side by side, counted twice", -before.overlap, -after.overlap)};
  std::erase_if(parts,
                [](const TimeChange& change) { return change.before == 0 && change.after == 0; });
  return parts;
}

std::size_t layer_count(const Profile& profile) {
  return static_cast<std::size_t>(
      std::count_if(profile.layers.begin(), profile.layers.end(),
                    [](const GroupTime& group) { return group.layer >= 0; }));
}

}  // namespace

ProfileDifference compare_profiles(const Profile& before, const Profile& after) {
  ProfileDifference difference;
  difference.wall = part("wall time", before.wall.wall, after.wall.wall);
  difference.parts = parts_of(before.wall, after.wall);
  difference.operators = align<std::string>(before.operators, after.operators,
                                            [](const GroupTime& group) { return group.name; });
  std::stable_sort(difference.operators.begin(), difference.operators.end(),
                   [](const TimeChange& a, const TimeChange& b) {
                     return std::abs(a.difference()) > std::abs(b.difference());
                   });
  if (before.layers.empty() || after.layers.empty()) return difference;
  difference.layers = align<int>(before.layers, after.layers,
                                 [](const GroupTime& group) { return place_of(group.layer); });
  if (layer_count(before) != layer_count(after))
    difference.remarks.push_back("the models have " + std::to_string(layer_count(before)) +
                                 " and " + std::to_string(layer_count(after)) +
                                 " layers: they are aligned by number");
  return difference;
}

}  // namespace ortopt
