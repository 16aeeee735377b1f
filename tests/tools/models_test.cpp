// The real exports in models/: what the optimizer must reach on each, and that the results are
// equal.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "ortopt/engine/engine.h"
#include "ortopt/ir/load.h"
#include "ortopt/report/operators.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using Json = nlohmann::json;

const std::filesystem::path& models_folder() {
  static const std::filesystem::path folder = ORTOPT_MODELS;
  return folder;
}

using Counts = std::map<std::string, std::size_t>;

/// One entry of the manifest.
struct ListedModel {
  std::string file;
  Counts counts;
  Counts counts_behind_runtime;  ///< When the runtime's own optimiser ran first.
};

void PrintTo(const ListedModel& model, std::ostream* stream) { *stream << model.file; }

std::vector<ListedModel> listed_models() {
  std::ifstream file(models_folder() / "manifest.json");
  std::vector<ListedModel> models;
  const Json manifest = Json::parse(file);
  for (const Json& entry : manifest.at("models")) {
    const Counts counts = entry.at("counts");
    models.push_back({entry.at("file"), counts, entry.value("counts_behind_runtime", counts)});
  }
  return models;
}

std::string test_name(const testing::TestParamInfo<ListedModel>& info) {
  std::string name = std::filesystem::path(info.param.file).stem();
  for (char& letter : name)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
  return name;
}

class Models : public testing::TestWithParam<ListedModel> {
 protected:
  [[nodiscard]] test_support::Outcome optimise(const std::string& verify,
                                               const std::string& level = "0") const {
    return test_support::run_process(ORTOPT_BIN "/ort-opt",
                                     {"--input", models_folder() / GetParam().file, "--output",
                                      result(), "--verify", verify, "--opt_level", level},
                                     models_folder());
  }
  void expect_counts(const Counts& counts) const {
    const Result<LoadedModel> loaded = load(result());
    ASSERT_TRUE(loaded) << loaded.error().text();
    const OperatorCounts found = count_operators(*loaded->model);
    for (const auto& [form, count] : counts) EXPECT_EQ(count_form(found, form), count) << form;
  }
  [[nodiscard]] std::filesystem::path result() const { return folder_.path() / "result.onnx"; }

 private:
  test_support::TemporaryFolder folder_;
};

TEST_P(Models, ReachesTheCountsOfTheManifest) {
  const test_support::Outcome run = optimise("off");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  expect_counts(GetParam().counts);
}

TEST_P(Models, ReachesThemBehindTheRuntimesOwnOptimiser) {
  if (!find_runtime()) GTEST_SKIP() << "no ONNX Runtime";
  for (const std::string level : {"2", "99"}) {
    const test_support::Outcome run = optimise(level == "99" ? "on" : "off", level);
    ASSERT_EQ(run.exit_code, 0) << level << ": " << run.out << run.err;
    SCOPED_TRACE(level);
    expect_counts(GetParam().counts_behind_runtime);
  }
}

TEST_P(Models, StaysEqualWhenBothAreRun) {
  if (!find_runtime()) GTEST_SKIP() << "no ONNX Runtime";
  const test_support::Outcome run = optimise("on");
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

INSTANTIATE_TEST_SUITE_P(All, Models, testing::ValuesIn(listed_models()), test_name);

TEST(ModelsFolder, HoldsNoModelThatTheManifestDoesNotList) {
  std::vector<std::string> listed;
  for (const ListedModel& model : listed_models()) listed.push_back(model.file);
  for (const auto& entry : std::filesystem::directory_iterator(models_folder())) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".onnx") continue;
    EXPECT_NE(std::find(listed.begin(), listed.end(), path.filename()), listed.end()) << path;
  }
}

/// What the user asked for, or promised, is not held against the result.
TEST(Promises, AreKeptInMindWhenTheResultIsVerified) {
  if (!find_runtime()) GTEST_SKIP() << "no ONNX Runtime";
  const test_support::TemporaryFolder folder;
  for (const std::string flag :
       {"--no_attention_mask", "--use_mask_index", "--enable_gelu_approximation"}) {
    const test_support::Outcome outcome = test_support::run_process(
        std::filesystem::path(ORTOPT_BIN) / "ort-opt",
        {ORTOPT_MODELS "/bert-t21-legacy-eager-op13.onnx", "--output", folder / "out.onnx",
         "--verify", "on", "--expect", "attention=2", flag},
        folder.path());
    EXPECT_EQ(outcome.exit_code, 0) << flag << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace ortopt
