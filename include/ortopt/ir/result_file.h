#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "ortopt/base/result.h"

namespace ortopt {

class OutputFile;

/// A file of results besides the model: opened before the work, so that it is known to be possible,
/// and written as a whole after it. Until then, and when it is never written, its path is as it
/// was; at no moment is there a partial file. What is no regular file (a terminal, a pipe) is
/// written to as it is.
class ResultFile {
 public:
  /// Fails with `failure` when `path` cannot be written.
  [[nodiscard]] static Result<ResultFile> open(const std::filesystem::path& path);
  ResultFile(ResultFile&& other) noexcept;
  ResultFile& operator=(ResultFile&&) = delete;
  ~ResultFile();

  /// Writes all of it; once.
  [[nodiscard]] Result<void> write(std::string_view content);

 private:
  ResultFile(std::filesystem::path path, std::unique_ptr<OutputFile> file);

  std::filesystem::path path_;
  std::unique_ptr<OutputFile> file_;  ///< Null for what is no regular file.
};

}  // namespace ortopt
