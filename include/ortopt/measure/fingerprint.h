#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace ortopt {

/// The machine that numbers belong to. What cannot be read is empty or 0.
struct Machine {
  std::string processor;  ///< "AMD EPYC"
  std::size_t logical_cores = 0;
  std::size_t physical_cores = 0;
  std::size_t usable_cores = 0;                ///< That this process may run on.
  std::vector<std::string> vector_extensions;  ///< "avx2", "avx512f", "amx_int8"
  std::string governor;                        ///< Of the processor's clock: "performance"
  std::string hypervisor;                      ///< "yes" inside a virtual machine.
  uint64_t memory_bytes = 0;
  std::string system;                     ///< "Linux 6.1.0 x86_64"
  std::vector<std::string> accelerators;  ///< "NVIDIA H200"
  double load = 0;  ///< Processes that wanted to run in the last minute, on average.
};

/// The machine this process runs on, as /proc and /sys below `root` tell.
[[nodiscard]] Machine this_machine(const std::filesystem::path& root = "/");

/// What and how much, for people.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> described(const Machine& machine);

/// What makes measuring on it doubtful: "the clock's governor is 'powersave' …".
[[nodiscard]] std::vector<std::string> doubts(const Machine& machine);

}  // namespace ortopt
