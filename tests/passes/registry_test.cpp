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
