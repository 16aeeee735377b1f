#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "ortopt/profile/profile.h"
#include "profile/run_tree.h"

namespace ortopt {

/// Times of many things over many runs.
class Tally {
 public:
  void add(std::size_t index, int64_t microseconds) {
    if (index >= entries_.size()) entries_.resize(index + 1);
    Entry& entry = entries_[index];
    entry.runs.resize(run_ + 1);  // Zero in the runs without it.
    entry.runs[run_] += in_ms(microseconds);
    ++entry.calls;
  }

  void end_run() { ++run_; }

  [[nodiscard]] RunTime time(std::size_t index, std::size_t runs, double wall) const {
    const Entry& entry = entries_.at(index);
    std::vector<double> times = entry.runs;
    times.resize(runs);
    const Summary summary = summarise(times);
    return {.mean = summary.mean,
            .deviation = summary.deviation,
            .median = summary.p50,
            .calls = static_cast<double>(entry.calls) / static_cast<double>(runs),
            .share = wall > 0 ? summary.mean / wall : 0};
  }

 private:
  struct Entry {
    std::vector<double> runs;
    std::size_t calls = 0;
  };
  std::vector<Entry> entries_;
  std::size_t run_ = 0;
};

/// The same for groups by a key, in the order of the keys.
template <class Key>
class Groups {
 public:
  void add(const Key& key, int64_t microseconds) {
    tally_.add(indices_.emplace(key, indices_.size()).first->second, microseconds);
  }
  void end_run() { tally_.end_run(); }
  template <class Make>
  [[nodiscard]] std::vector<GroupTime> list(std::size_t runs, double wall, const Make& make) const {
    std::vector<GroupTime> out;
    for (const auto& [key, index] : indices_) {
      GroupTime group = make(key);
      group.time = tally_.time(index, runs, wall);
      out.push_back(std::move(group));
    }
    return out;
  }

 private:
  std::map<Key, std::size_t> indices_;
  Tally tally_;
};

}  // namespace ortopt
