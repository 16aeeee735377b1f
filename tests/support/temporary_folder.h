#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ortopt::test_support {

/// A folder of its own for a test, empty at first and removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  /// Writes a file and returns where it is.
  std::filesystem::path write(std::string_view name, std::string_view bytes) const;
  /// The names of everything in it, sorted, one a line.
  [[nodiscard]] std::string listing() const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a file. Throws std::runtime_error when there is none.
[[nodiscard]] std::string bytes_of_file(const std::filesystem::path& path);

}  // namespace ortopt::test_support
