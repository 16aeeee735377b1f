#pragma once

#include <filesystem>
#include <memory>

#include "ortopt/base/result.h"

namespace ortopt {

class TemporaryName;

/// A folder of our own for files that nobody is to see; goes with everything in it, also when the
/// process is interrupted (base/interruption.h).
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TemporaryFolder>> make();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const;

 private:
  explicit TemporaryFolder(std::filesystem::path path);

  std::unique_ptr<TemporaryName> name_;
};

}  // namespace ortopt
