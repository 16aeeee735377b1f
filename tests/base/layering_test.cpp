// Which area may include which, read from the sources themselves.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace ortopt {
namespace {

namespace fs = std::filesystem;

using Areas = std::set<std::string>;

const std::map<std::string, Areas> allowed = {
    {"base", {}},
    {"ir", {"base"}},
    {"shape", {"base", "ir"}},
    {"pattern", {"base", "ir", "shape"}},
    {"pass", {"base", "ir", "shape", "pattern"}},
    {"passes", {"base", "ir", "shape", "pattern", "pass"}},
    {"engine", {"base", "ir"}},
    {"report", {"base", "ir", "shape", "pattern", "pass", "passes", "engine"}},
    {"optimise", {"base", "ir", "shape", "pattern", "pass", "passes", "engine", "report"}},
};

Areas included_by(const fs::path& file) {
  static const std::regex include(R"re(^\s*#include "(?:ortopt/)?([a-z_]+)/[^"]+")re");
  std::ifstream stream(file);
  Areas areas;
  std::smatch found;
  for (std::string line; std::getline(stream, line);)
    if (std::regex_search(line, found, include)) areas.insert(found[1]);
  return areas;
}

TEST(Layering, AreasIncludeOnlyWhatLiesBelowThem) {
  int files = 0;
  for (const auto& [area, below] : allowed)
    for (const std::string& root : {std::string("include/ortopt/"), std::string("src/")}) {
      const fs::path folder = fs::path(ORTOPT_SOURCE) / (root + area);
      if (!fs::exists(folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        ++files;
        for (const std::string& other : included_by(entry.path()))
          EXPECT_TRUE(other == area || below.contains(other))
              << entry.path() << " includes " << other << ", which " << area << " may not see";
      }
    }
  EXPECT_GT(files, 50) << "the test looks in the wrong place";
}

TEST(Layering, PublicHeadersNameNoForeignProtocol) {
  static const std::regex foreign(R"re(#include [<"](google/protobuf|onnx/|onnxruntime))re");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ORTOPT_SOURCE) / "include")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path());
    for (std::string line; std::getline(stream, line);)
      EXPECT_FALSE(std::regex_search(line, foreign)) << entry.path() << ": " << line;
  }
}

}  // namespace
}  // namespace ortopt
