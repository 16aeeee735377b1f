#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ortopt::test_support {

/// A Chromium of this machine, or nothing.
[[nodiscard]] std::optional<std::filesystem::path> find_browser();

/// What became of a page in a browser.
struct BrowserVisit {
  std::string document;              ///< The elements once everything has run.
  std::vector<std::string> console;  ///< Errors, warnings, requests that were refused.
  int canvases = 0;
  int painted = 0;     ///< Canvases that are not all of one colour.
  bool drawn = false;  ///< The page says that it has drawn all it has to draw.
  int resources = 0;   ///< What the page loaded, or tried to load, besides itself.
};

/// Opens the page in a headless Chromium that reaches no network, and looks at it. Throws
/// std::runtime_error when the browser fails.
[[nodiscard]] BrowserVisit visit(const std::filesystem::path& browser,
                                 const std::filesystem::path& page);

}  // namespace ortopt::test_support
