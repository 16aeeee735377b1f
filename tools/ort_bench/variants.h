#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options.h"
#include "ortopt/measure/subject.h"
#include "ortopt/report/operators.h"
#include "ortopt/report/performance.h"

namespace ortopt::tool {

/// A model of the matrix.
struct BenchModel {
  std::string name;            ///< "bert-base-cased", or of the file without its ending.
  std::string stem;            ///< What the names of its files begin with.
  std::filesystem::path file;  ///< Empty when nothing but PyTorch is to run it.
  std::size_t inputs = 0;
  std::size_t layers = 0;  ///< That were asked for; 0: its own.
  std::string torch;       ///< Versions that it was exported with, where that was done now.
  std::string transformers;
  std::vector<std::string> remarks;
};

/// One way to run a model.
struct Variant {
  std::string engine;     ///< "onnxruntime", "torch", "torchscript", "torch2"
  std::string optimizer;  ///< "no_opt", "by_ort", "by_script", "by_incumbent"; empty for PyTorch.
  std::string precision;  ///< "fp32", "fp16"
  std::filesystem::path file;    ///< What ONNX Runtime runs.
  OperatorCounts operators;      ///< Of the file.
  std::optional<Error> trouble;  ///< Why there is none.
};

/// The models, exported where they are given by name. Fails when one cannot be had.
[[nodiscard]] Result<std::vector<BenchModel>> find_models(const Options& options);

/// All ways to run a model, in the order of the flags: engines, precisions, optimizers. Makes the
/// files that they need.
[[nodiscard]] std::vector<Variant> make_variants(const Options& options, const BenchModel& model);

/// What runs it, in a setting.
[[nodiscard]] std::unique_ptr<Subject> subject_of(const Options& options, const BenchModel& model,
                                                  const Variant& variant,
                                                  const PerformanceCase& setting);

}  // namespace ortopt::tool
