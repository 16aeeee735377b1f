#include "measure/waiting_clock.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace ortopt {
namespace {

bool has_a_processor_for_each_thread() {
  std::error_code error;
  const std::filesystem::directory_iterator threads("/proc/self/task", error);
  if (error) return false;
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (sched_getaffinity(0, sizeof(processors), &processors) != 0) return false;
  return std::distance(begin(threads), end(threads)) <= CPU_COUNT(&processors);
}

}  // namespace

WaitingClock::WaitingClock() {
  if (has_a_processor_for_each_thread())
    descriptor_ = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
}

WaitingClock::~WaitingClock() {
  if (descriptor_ >= 0) close(descriptor_);
}

double WaitingClock::seconds() const {
  // Three numbers: nanoseconds that it ran, nanoseconds that it waited, turns.
  std::array<char, 128> text{};
  if (descriptor_ < 0 || pread(descriptor_, text.data(), text.size() - 1, 0) <= 0) return 0;
  char* rest = nullptr;
  (void)std::strtoull(text.data(), &rest, 10);
  constexpr double nanosecond = 1e-9;
  return nanosecond * static_cast<double>(std::strtoull(rest, nullptr, 10));
}

}  // namespace ortopt
