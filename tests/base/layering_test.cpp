// Which area may include which, read from the sources themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>

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
    {"precision", {"base", "ir", "shape", "pattern", "pass", "passes"}},
    {"engine", {"base", "ir"}},
    {"measure", {"base", "ir", "engine"}},
    {"compare", {"base", "ir", "shape", "engine"}},
    {"profile", {"base", "ir", "shape", "engine", "measure"}},
    {"report",
     {"base", "ir", "shape", "pattern", "pass", "passes", "engine", "measure", "compare",
      "profile"}},
    {"optimise",
     {"base", "ir", "shape", "pattern", "pass", "passes", "precision", "engine", "compare",
      "report"}},
};

/// The path of a quoted include, or nothing.
std::string included(const std::string& line) {
  constexpr std::string_view start = "#include \"";
  if (!line.starts_with(start)) return {};
  std::string path = line.substr(start.size());
  path.resize(std::min(path.size(), path.find('"')));
  return path.starts_with("ortopt/") ? path.substr(7) : path;
}

Areas included_by(const fs::path& file) {
  std::ifstream stream(file);
  Areas areas;
  for (std::string line; std::getline(stream, line);)
    if (const std::string path = included(line); path.find('/') != std::string::npos)
      areas.insert(path.substr(0, path.find('/')));
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
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ORTOPT_SOURCE) / "include")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path());
    for (std::string line; std::getline(stream, line);) {
      const bool foreign =
          line.starts_with("#include") && (line.find("google/protobuf") != std::string::npos ||
                                           line.find("onnx/") != std::string::npos ||
                                           line.find("onnxruntime") != std::string::npos);
      EXPECT_FALSE(foreign) << entry.path() << ": " << line;
    }
  }
}

}  // namespace
}  // namespace ortopt
