#include "ir/output_target.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "ir/quoted.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

/// /dev/stdout and the like: links to what a process has open. Behind them may well be a regular
/// file, but replacing the link would take it from everybody.
bool is_a_link_of_the_system(const fs::path& target) {
  std::error_code is_no_link;
  const std::string leads_to = fs::read_symlink(target, is_no_link).string();
  return leads_to.starts_with("/proc/") || leads_to.starts_with("/dev/");
}

}  // namespace

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Failure cannot(const std::string& doing) {
  return fail(Code::failure, "cannot " + doing + ": " + std::strerror(errno));
}

Result<void> check_output_target(const fs::path& target) {
  std::error_code problem;
  if (fs::is_directory(target, problem))
    return fail(Code::failure, "cannot write " + quoted(target) + ": it is a directory");
  if (is_a_link_of_the_system(target) ||
      (fs::exists(target, problem) && !fs::is_regular_file(target, problem)))
    return fail(Code::failure, "cannot write " + quoted(target) + ": it is no regular file");
  const fs::path folder = folder_of(target);
  if (!fs::is_directory(folder, problem))
    return fail(Code::failure,
                "cannot write " + quoted(target) + ": there is no folder " + quoted(folder));
  // Renaming would replace it all the same; whoever made it read-only did not want that.
  if (fs::exists(target, problem) && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return cannot("write " + quoted(target));
  return {};
}

}  // namespace ortopt
