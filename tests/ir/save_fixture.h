#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "ortopt/ir/load.h"
#include "ortopt/ir/recipe.h"
#include "ortopt/ir/save.h"
#include "tests/ir/model_messages.h"
#include "tests/support/temporary_folder.h"

namespace ortopt::test_support {

inline float first_number(const Tensor& tensor) {
  std::vector<std::byte> bytes(sizeof(float));
  float number = -1;
  if (read_content(tensor, 0, bytes)) std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

/// The first number of weight `name` of the model in a file; -1 when it cannot be read.
inline float first_of(const std::filesystem::path& path, const std::string& name) {
  const Result<LoadedModel> model = load(path);
  return model ? first_number(*model->model->graph().find(name)->initializer()) : -1;
}

/// A model in a folder of its own, with weights of several sizes.
class SaveFixture : public testing::Test {
 protected:
  void SetUp() override {
    onnx::ModelProto message = model_message(
        "node { op_type: 'Relu' input: 'x' output: 'y' } input { name: 'x' } "
        "output { name: 'y' } ");
    onnx::GraphProto& graph = *message.mutable_graph();
    *graph.add_initializer() = raw_floats("small", 10);
    *graph.add_initializer() = raw_floats("middle", 2000, 1);
    *graph.add_initializer() = raw_floats("large", 300'000, 2);
    *graph.add_initializer() = raw_floats("middle again", 2000, 1);
    source_ = folder_.write("model.onnx", message.SerializeAsString());
  }

  static LoadedModel loaded(const std::filesystem::path& path) {
    Result<LoadedModel> result = load(path);
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
  }

  static SaveReport saved(const Model& model, const std::filesystem::path& path,
                          const SaveOptions& options = {}) {
    Result<SaveReport> result = save(model, path, options);
    if (!result) throw std::runtime_error(result.error().text());
    return *result;
  }

  /// Multiplies the weight 'large' of a model that was loaded.
  static void scale_large(const LoadedModel& model, double factor) {
    Value& value = *model.model->graph().find("large");
    model.model->graph().set_initializer(value, scaled(*value.initializer(), factor));
  }

  TemporaryFolder folder_;
  std::filesystem::path source_;
};

inline const SaveOptions external = {.weights = WeightPlacement::external};

}  // namespace ortopt::test_support
