#include "tests/engine/temporary_models.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "ortopt/ir/save.h"
#include "ortopt/ir/text.h"

namespace ortopt::engine_test {

TemporaryModels::TemporaryModels() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ortopt_engine_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

TemporaryModels::~TemporaryModels() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path TemporaryModels::save(const std::string& name, std::string_view text) {
  const std::filesystem::path path = folder_ / (name + ".onnx");
  Result<std::unique_ptr<Model>> model = parse_text(text);
  if (!model) throw std::runtime_error(model.error().text());
  Result<SaveReport> saved = ortopt::save(**model, path);
  if (!saved) throw std::runtime_error(saved.error().text());
  return path;
}

std::filesystem::path TemporaryModels::write(const std::string& name, std::string_view bytes) {
  const std::filesystem::path path = folder_ / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::filesystem::path the_runtime() {
  Result<std::filesystem::path> found = find_runtime();
  if (!found) throw std::runtime_error(found.error().text());
  return *found;
}

Engine& the_engine() {
  static const std::unique_ptr<Engine> engine = [] {
    Result<std::unique_ptr<Engine>> loaded = load_engine(the_runtime());
    if (!loaded) throw std::runtime_error(loaded.error().text());
    return std::move(*loaded);
  }();
  return *engine;
}

}  // namespace ortopt::engine_test
