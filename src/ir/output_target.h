#pragma once

#include <filesystem>
#include <string>

#include "ortopt/base/result.h"

namespace ortopt {

/// The folder that holds `path`.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);

/// What the system objected to last, as a failure of `doing`: "cannot write 'a': No space left".
[[nodiscard]] Failure cannot(const std::string& doing);

/// Whether a file may take the place of `target`: there is nothing yet, or a regular file that may
/// be written, in a folder that exists. Fails with `failure`.
[[nodiscard]] Result<void> check_output_target(const std::filesystem::path& target);

}  // namespace ortopt
