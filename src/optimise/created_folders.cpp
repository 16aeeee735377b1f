#include "optimise/created_folders.h"

#include <system_error>

namespace ortopt {

CreatedFolders::~CreatedFolders() {
  std::error_code ignored;  // A folder that someone else uses by now stays.
  for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder)
    std::filesystem::remove(*folder, ignored);
}

Result<void> CreatedFolders::create(const std::filesystem::path& folder) {
  std::filesystem::path grown;
  for (const std::filesystem::path& part : folder) {
    grown /= part;
    std::error_code error;
    if (std::filesystem::is_directory(grown, error)) continue;
    if (std::filesystem::create_directory(grown, error)) made_.push_back(grown);
    if (error)
      return fail(Code::failure,
                  "folder '" + grown.string() + "' cannot be made: " + error.message());
  }
  return {};
}

}  // namespace ortopt
