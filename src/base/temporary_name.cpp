#include "base/temporary_name.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "ortopt/base/interruption.h"

namespace ortopt {
namespace {

enum class SlotState { free, filling, in_use };

/// What a signal handler can see: no allocation, no locks.
struct Slot {
  std::atomic<SlotState> state = SlotState::free;
  std::array<char, PATH_MAX> path{};
};

// A signal handler has nothing but globals to work on.
std::array<Slot, 16> slots;
constexpr std::array<int, 3> interruptions = {SIGINT, SIGTERM, SIGHUP};

std::optional<std::size_t> claim_slot(const std::string& path) {
  if (path.size() >= PATH_MAX) return std::nullopt;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    SlotState expected = SlotState::free;
    if (!slots[i].state.compare_exchange_strong(expected, SlotState::filling)) continue;
    std::memcpy(slots[i].path.data(), path.c_str(), path.size() + 1);
    slots[i].state = SlotState::in_use;
    return i;
  }
  return std::nullopt;
}

/// Removes a folder and the files in it. The kernel is asked by itself: readdir allocates, which a
/// signal handler must not.
void remove_folder(const char* path) {
  constexpr long size_offset = 16;  // In a linux_dirent64.
  constexpr long name_offset = 19;
  const int folder = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  std::array<char, 4096> entries{};
  for (long filled = 0;
       (filled = ::syscall(SYS_getdents64, folder, entries.data(), entries.size())) > 0;)
    for (long at = 0; at < filled;) {
      const char* entry = entries.data() + at;
      ::unlinkat(folder, entry + name_offset, 0);
      uint16_t size = 0;
      std::memcpy(&size, entry + size_offset, sizeof(size));
      at += size;
    }
  ::close(folder);
  ::rmdir(path);
}

void remove_and_end(int signal) {
  for (Slot& slot : slots)
    if (slot.state == SlotState::in_use && ::unlink(slot.path.data()) != 0 && errno == EISDIR)
      remove_folder(slot.path.data());
  std::raise(signal);  // The handler is gone by now (SA_RESETHAND): this ends the process.
}

}  // namespace

TemporaryName::TemporaryName(std::filesystem::path path)
    : path_(std::move(path)), slot_(claim_slot(path_.string())) {}

TemporaryName::TemporaryName(TemporaryName&& other) noexcept
    : path_(std::exchange(other.path_, {})), slot_(std::exchange(other.slot_, std::nullopt)) {}

TemporaryName& TemporaryName::operator=(TemporaryName&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(slot_, other.slot_);
  return *this;
}

TemporaryName::~TemporaryName() {
  if (!path_.empty()) ::unlink(path_.c_str());
  release();
}

void TemporaryName::release() {
  if (slot_) slots[*slot_].state = SlotState::free;
  slot_.reset();
  path_.clear();
}

SignalsHeld::SignalsHeld() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : interruptions) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void remove_temporary_files_when_interrupted() {
  for (const int signal : interruptions) {
    struct sigaction action {};
    // What is ignored (nohup) stays ignored.
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = remove_and_end;
    action.sa_flags = SA_RESETHAND;
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace ortopt
