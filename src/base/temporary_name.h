#pragma once

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>

namespace ortopt {

/// The name of a file that goes when this does, or when the process is interrupted after
/// `remove_temporary_files_when_interrupted` (base/interruption.h); of a folder that goes, with the
/// files in it, in the second case only.
class TemporaryName {
 public:
  TemporaryName() = default;
  explicit TemporaryName(std::filesystem::path path);
  TemporaryName(TemporaryName&& other) noexcept;
  TemporaryName& operator=(TemporaryName&& other) noexcept;
  ~TemporaryName();

  [[nodiscard]] bool empty() const { return path_.empty(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// The file stays, or has another name by now.
  void release();

 private:
  std::filesystem::path path_;
  std::optional<std::size_t> slot_;
};

/// Puts off signals while it lives: between a step that makes a temporary file matter and the
/// release of its name.
class SignalsHeld {
 public:
  SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld();

 private:
  sigset_t before_;
};

}  // namespace ortopt
