#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// How hard the runtime's own optimiser works on a model (ORT's GraphOptimizationLevel).
enum class RuntimeOptimization { none = 0, basic = 1, extended = 2, layout = 3, all = 99 };

struct SessionOptions {
  RuntimeOptimization optimization = RuntimeOptimization::all;
  int intra_op_threads = 0;  ///< 0: the runtime's default.
  std::string provider = "cpu";
  /// Where the runtime writes its optimised model; empty: nowhere.
  std::filesystem::path optimized_model_path;
  /// Whether that model's weights go to a file of their own, `<name>.data` beside it: needed past 2
  /// GB.
  bool optimized_weights_apart = false;
};

/// One input or output of a session's model.
struct Port {
  std::string name;
  DataType type = DataType::undefined;
  std::vector<int64_t> dims;         ///< -1 where dynamic.
  std::vector<std::string> symbols;  ///< The name of each dynamic dimension, "" without one.
};

/// A tensor by name, held in memory.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// A model loaded in a runtime.
class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual const std::vector<Port>& inputs() const = 0;
  [[nodiscard]] virtual const std::vector<Port>& outputs() const = 0;
  /// Runs all outputs. Fails with `failure`, in the runtime's words.
  [[nodiscard]] virtual Result<std::vector<NamedTensor>> run(
      const std::vector<NamedTensor>& feeds) = 0;
};

/// ONNX Runtime behind its C API, loaded with dlopen; any version from 1.16 on. The process that
/// loads it may die with it: see engine/child.h. Sessions may outlive their engine.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  [[nodiscard]] virtual std::filesystem::path library() const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Session>> open(const std::filesystem::path& model,
                                                              const SessionOptions& options) = 0;
};

/// Where a runtime is looked for, in this order: `explicit_path` (--ort-lib), the variable
/// ORTOPT_RUNTIME, beside the binary and in ../lib from there, system library paths, the wheel of a
/// Python environment. The first two may name the library or its folder, and when they are given
/// nothing else is taken.
struct RuntimeSearch {
  std::filesystem::path explicit_path;
};

/// The runtime's library, without loading it into this process; fails with no_runtime and a list of
/// the places looked at.
[[nodiscard]] Result<std::filesystem::path> find_runtime(const RuntimeSearch& search = {});

/// The runtime in the first of these folders that holds one; fails like find_runtime.
[[nodiscard]] Result<std::filesystem::path> find_runtime_in(
    const std::vector<std::filesystem::path>& folders);

/// Loads a runtime into this process. Fails with no_runtime when the file is no runtime that we can
/// use.
[[nodiscard]] Result<std::unique_ptr<Engine>> load_engine(const std::filesystem::path& library);

/// The version of a runtime, asked in a child process: a library that crashes is `no_runtime`.
[[nodiscard]] Result<std::string> runtime_version(const std::filesystem::path& library);

}  // namespace ortopt
