#include "ortopt/measure/fingerprint.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace ortopt {
namespace {

namespace fs = std::filesystem;

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(0, static_cast<std::size_t>(std::ranges::find_if_not(text, blank) - text.begin()));
  return text;
}

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return trimmed(line);
}

/// The lines "name : value" of a file, in blocks that blank lines divide.
std::vector<std::map<std::string, std::string>> named_values(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::map<std::string, std::string>> blocks(1);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos)
      blocks.back()[trimmed(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    else if (!blocks.back().empty())
      blocks.emplace_back();
  }
  if (blocks.back().empty()) blocks.pop_back();
  return blocks;
}

/// Those that runtimes have kernels for.
constexpr std::array<std::string_view, 12> known_extensions = {
    "avx",         "avx2",        "fma",      "f16c",     "avx_vnni", "avx512f",
    "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "asimddp",  "sve"};

void read_processors(const fs::path& root, Machine& machine) {
  std::set<std::pair<std::string, std::string>> cores;
  for (auto& processor : named_values(root / "proc/cpuinfo")) {
    if (!processor.contains("processor")) continue;
    ++machine.logical_cores;
    if (processor.contains("core id"))
      cores.emplace(processor["physical id"], processor["core id"]);
    if (!machine.processor.empty()) continue;
    machine.processor = processor["model name"];
    std::istringstream flags(processor["flags"] + " " + processor["Features"]);
    for (std::string flag; flags >> flag;) {
      if (std::ranges::find(known_extensions, flag) != known_extensions.end())
        machine.vector_extensions.push_back(flag);
      if (flag == "hypervisor") machine.hypervisor = "yes";
    }
  }
  machine.physical_cores = cores.empty() ? machine.logical_cores : cores.size();
}

std::size_t count_usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 0;
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

std::vector<std::string> find_accelerators(const fs::path& root) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root / "proc/driver/nvidia/gpus", error))
    for (auto& block : named_values(entry.path() / "information"))
      if (block.contains("Model")) found.push_back(block["Model"]);
  std::ranges::sort(found);
  return found;
}

}  // namespace

Machine this_machine(const fs::path& root) {
  Machine machine;
  read_processors(root, machine);
  machine.usable_cores = count_usable_cores();
  machine.governor = first_line(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  for (auto& block : named_values(root / "proc/meminfo"))
    if (block.contains("MemTotal"))
      machine.memory_bytes = std::strtoull(block["MemTotal"].c_str(), nullptr, 10) * 1024;
  utsname system{};
  if (uname(&system) == 0)
    machine.system = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  machine.accelerators = find_accelerators(root);
  std::istringstream(first_line(root / "proc/loadavg")) >> machine.load;
  return machine;
}

std::vector<std::pair<std::string, std::string>> described(const Machine& machine) {
  std::vector<std::pair<std::string, std::string>> facts;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) facts.emplace_back(name, text);
  };
  add("processor", machine.processor);
  add("cores", fmt::format("{} ({} logical, {} usable)", machine.physical_cores,
                           machine.logical_cores, machine.usable_cores));
  add("vector extensions", fmt::format("{}", fmt::join(machine.vector_extensions, " ")));
  add("clock governor", machine.governor.empty() ? "not readable" : machine.governor);
  if (!machine.hypervisor.empty()) add("virtual machine", machine.hypervisor);
  constexpr double giga = 1e9;
  add("memory", fmt::format("{:.1f} GB", static_cast<double>(machine.memory_bytes) / giga));
  add("system", machine.system);
  add("accelerators", fmt::format("{}", fmt::join(machine.accelerators, ", ")));
  add("load at the start", fmt::format("{:.2f}", machine.load));
  return facts;
}

std::vector<std::string> doubts(const Machine& machine) {
  std::vector<std::string> found;
  if (!machine.governor.empty() && machine.governor != "performance")
    found.push_back("the clock's governor is '" + machine.governor +
                    "': the clock changes with the load; 'performance' keeps it steady");
  constexpr double noticeable = 0.5;
  if (machine.load > noticeable)
    found.push_back(
        fmt::format("the machine is not idle: {:.2f} processes wanted to run in the last "
                    "minute",
                    machine.load));
  return found;
}

}  // namespace ortopt
