#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ortopt/engine/inputs.h"
#include "ortopt/ir/load.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::the_runtime;
using nlohmann::json;

const std::filesystem::path models_folder = ORTOPT_MODELS;

/// One entry of the manifest.
struct Export {
  std::string file;
  json inputs;
};

void PrintTo(const Export& listed, std::ostream* stream) { *stream << listed.file; }

std::vector<Export> exports() {
  std::ifstream file(models_folder / "manifest.json");
  const json manifest = json::parse(file);
  std::vector<Export> out;
  for (const json& entry : manifest.at("models"))
    out.push_back({entry.at("file"), entry.at("inputs")});
  return out;
}

std::string test_name(const ::testing::TestParamInfo<Export>& info) {
  std::string name = std::filesystem::path(info.param.file).stem();
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// Inputs of real exports, whose meaning the manifest tells.
class RealExport : public ::testing::TestWithParam<Export> {
 protected:
  [[nodiscard]] static std::filesystem::path path() { return models_folder / GetParam().file; }
};

TEST_P(RealExport, InputsMeanWhatTheManifestSays) {
  const Result<LoadedModel> loaded = load(path());
  ASSERT_TRUE(loaded) << loaded.error().text();
  const Result<std::unique_ptr<Engine>> engine = load_engine(the_runtime());
  ASSERT_TRUE(engine) << engine.error().text();
  const Result<std::unique_ptr<Session>> session =
      (*engine)->open(path(), {.optimization = RuntimeOptimization::none, .intra_op_threads = 1});
  ASSERT_TRUE(session) << session.error().text();
  const InputPlan plan((*session)->inputs(), &loaded->model->graph());
  const json& inputs = GetParam().inputs;
  ASSERT_EQ(plan.inputs().size(), inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string kind = inputs[i].at("kind");
    EXPECT_EQ(name_of(plan.meanings()[i].kind), kind == "float" ? "features" : kind)
        << plan.inputs()[i].name;
    if (kind == "ids" && inputs[i].contains("max")) {
      EXPECT_GE(plan.meanings()[i].limit, inputs[i].at("max").get<int64_t>());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, RealExport, ::testing::ValuesIn(exports()), test_name);

}  // namespace
}  // namespace ortopt
