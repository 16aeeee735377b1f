#include "optimise/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace ortopt {
namespace {

/// The number after `key` in a file of "key number" lines, or nothing.
std::optional<uint64_t> read_entry(const char* path, const std::string& key) {
  std::ifstream lines(path);
  std::string found;
  uint64_t number = 0;
  while (lines >> found >> number) {
    if (found == key) return number;
    lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

/// What the container's limit leaves, when there is a limit; cached file pages can be given up.
std::optional<uint64_t> memory_left_in_container() {
  uint64_t limit = 0;
  uint64_t used = 0;
  // "max" is no number: no limit.
  if (!(std::ifstream("/sys/fs/cgroup/memory.max") >> limit)) return std::nullopt;
  if (!(std::ifstream("/sys/fs/cgroup/memory.current") >> used)) return std::nullopt;
  used -= std::min(used, read_entry("/sys/fs/cgroup/memory.stat", "file").value_or(0));
  return limit > used ? limit - used : 0;
}

}  // namespace

std::optional<uint64_t> available_memory() {
  const std::optional<uint64_t> kilobytes = read_entry("/proc/meminfo", "MemAvailable:");
  if (!kilobytes) return std::nullopt;
  const uint64_t machine = *kilobytes * 1024;
  return std::min(machine, memory_left_in_container().value_or(machine));
}

}  // namespace ortopt
