#include "tests/support/browser.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt::test_support {
namespace {

namespace fs = std::filesystem;

/// Appended to the page: counts what was painted and what was loaded, a second of virtual time later.
/// (A frame, which an animation would wait for, need not come before the page is dumped.)
constexpr std::string_view inspection = R"(<script>
setTimeout(() => {
  const painted = (canvas) => {
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return pixels.some((pixel) => pixel !== pixels[0]);
  };
  const canvases = [...document.querySelectorAll("canvas")];
  document.documentElement.dataset.inspection = [canvases.length, canvases.filter(painted).length,
    performance.getEntriesByType("resource").length, "drawn" in document.documentElement.dataset ? 1 : 0].join(" ");
}, 1000);
</script>
)";

std::vector<std::string> console_of(const std::string& log) {
  std::vector<std::string> lines;
  std::istringstream stream(log);
  for (std::string line; std::getline(stream, line);)
    if (line.find(":CONSOLE:") != std::string::npos) lines.push_back(line);
  return lines;
}

}  // namespace

std::optional<fs::path> find_browser() {
  const char* path = std::getenv("PATH");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');)
      if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  return std::nullopt;
}

BrowserVisit visit(const fs::path& browser, const fs::path& page) {
  const TemporaryFolder folder;
  const fs::path copy = folder.write("page.html", bytes_of_file(page) + std::string(inspection));
  const Outcome outcome = run_process(
      browser,
      {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
       "--disable-background-networking", "--disable-component-update", "--disable-sync",
       "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
       "--user-data-dir=" + (folder / "profile").string(), "--virtual-time-budget=5000",
       "--window-size=1200,900", "--dump-dom", "file://" + copy.string()},
      folder.path());
  if (outcome.exit_code != 0) throw std::runtime_error("the browser failed: " + outcome.err);
  BrowserVisit visit;
  visit.document = outcome.out;
  visit.console = console_of(outcome.err);
  constexpr std::string_view mark = "data-inspection=\"";
  const std::size_t at = outcome.out.find(mark);
  if (at == std::string::npos) throw std::runtime_error("the page was not inspected");
  std::istringstream(outcome.out.substr(at + mark.size())) >> visit.canvases >> visit.painted >>
      visit.resources >> visit.drawn;
  return visit;
}

}  // namespace ortopt::test_support
