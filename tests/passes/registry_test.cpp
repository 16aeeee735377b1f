#include "ortopt/pass/registry.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace ortopt {
namespace {

std::set<std::string> registered_ids() {
  std::set<std::string> ids;
  const Pipeline pipeline = make_pipeline();
  for (const Stage& stage : pipeline)
    for (const auto& pass : stage.passes) ids.emplace(pass->id());
  return ids;
}

bool is_in_source(const std::string& path) {
  return std::filesystem::exists(std::filesystem::path(ORTOPT_SOURCE) / path);
}

TEST(Registry, EveryPassHasAHeaderATestAndAPageOfItsName) {
  for (const std::string& id : registered_ids()) {
    EXPECT_TRUE(is_in_source("include/ortopt/passes/" + id + ".h")) << id;
    EXPECT_TRUE(is_in_source("tests/passes/" + id + "_test.cpp")) << id;
    EXPECT_TRUE(is_in_source("docs/passes/" + id + ".md")) << id;
  }
}

TEST(Registry, HasThePassOfEveryHeader) {
  // Runs when a flag asks for it, in a stage of its own.
  std::set<std::string> ids = registered_ids();
  ids.insert("input_int32");
  const auto headers = std::filesystem::path(ORTOPT_SOURCE) / "include/ortopt/passes";
  for (const auto& entry : std::filesystem::directory_iterator(headers)) {
    if (entry.path().extension() != ".h") continue;
    EXPECT_TRUE(ids.contains(entry.path().stem().string())) << entry.path();
  }
}

TEST(Registry, EveryPassSaysInOneSentenceWhatItDoes) {
  const Pipeline pipeline = make_pipeline();
  for (const Stage& stage : pipeline)
    for (const auto& pass : stage.passes) {
      EXPECT_GT(pass->summary().size(), 10U) << pass->id();
      EXPECT_EQ(pass->summary().find('\n'), std::string_view::npos) << pass->id();
      EXPECT_FALSE(pass->summary().ends_with(".")) << pass->id();
    }
}

}  // namespace
}  // namespace ortopt
