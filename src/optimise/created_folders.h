#pragma once

#include <filesystem>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt {

/// Makes the missing folders of a path, and removes them again, unless kept, when it goes.
class CreatedFolders {
 public:
  CreatedFolders() = default;
  CreatedFolders(const CreatedFolders&) = delete;
  CreatedFolders& operator=(const CreatedFolders&) = delete;
  ~CreatedFolders();

  [[nodiscard]] Result<void> create(const std::filesystem::path& folder);
  void keep() { made_.clear(); }

 private:
  std::vector<std::filesystem::path> made_;  // outermost first
};

}  // namespace ortopt
