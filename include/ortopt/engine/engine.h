#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/ir/tensor.h"

namespace ortopt {

/// How hard the runtime's own optimiser works on a model (ORT's GraphOptimizationLevel).
enum class RuntimeOptimization { none = 0, basic = 1, extended = 2, layout = 3, all = 99 };

/// What runs the operators: "cpu", "cuda", "tensorrt", … or the runtime's own name for it
/// ("CUDAExecutionProvider"), with the options that the runtime documents for it.
struct Provider {
  std::string name = "cpu";
  std::map<std::string, std::string> options;

  friend bool operator==(const Provider&, const Provider&) = default;
};

/// Whether operators that do not depend on each other run one after the other or side by side.
enum class ExecutionOrder { sequential, parallel };

/// How a model is opened. Without changes, what the runtime does when it is asked for nothing.
struct SessionOptions {
  RuntimeOptimization optimization = RuntimeOptimization::all;
  int intra_op_threads = 0;  ///< Within an operator. 0: the runtime's default.
  int inter_op_threads = 0;  ///< Between operators, with `parallel`. 0: the runtime's default.
  ExecutionOrder order = ExecutionOrder::sequential;
  /// Whether threads that wait for work burn the processor for a while: quicker alone, slower in
  /// company.
  bool spinning = true;
  bool arena = true;           ///< Whether freed memory is kept for the next use.
  bool memory_pattern = true;  ///< Whether the memory of a run is laid out after the first one.
  /// In order of preference; what none of them takes goes to the CPU.
  std::vector<Provider> providers;
  /// The runtime's session configuration: {"session.set_denormal_as_zero", "1"}. Goes before the
  /// fields above.
  std::map<std::string, std::string> config;
  /// Profiles go to `<prefix>_<date>.json` (Session::end_profiling); empty: no profile.
  std::filesystem::path profile_prefix;
  /// Where the runtime writes its optimised model; empty: nowhere.
  std::filesystem::path optimized_model_path;
  /// Whether that model's weights go to a file of their own, `<name>.data` beside it: needed past 2
  /// GB.
  bool optimized_weights_apart = false;

  friend bool operator==(const SessionOptions&, const SessionOptions&) = default;
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

/// A run whose inputs and outputs are prepared: what is timed. It may outlive its session.
class BoundRun {
 public:
  virtual ~BoundRun() = default;
  /// Computes all outputs; returns when they are there. The first run allocates them (on the
  /// provider's device), later ones write into the same memory. Fails with `failure`, in the
  /// runtime's words.
  [[nodiscard]] virtual Result<void> run() = 0;
  /// Copies of the outputs of the last run. On a device other than the CPU this is one more run.
  /// Fails before the first one.
  [[nodiscard]] virtual Result<std::vector<NamedTensor>> outputs() = 0;
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
  /// Prepares a run with these inputs: they are on their device before the first run() begins, and
  /// stay. Their memory is shared, not copied, on the CPU.
  [[nodiscard]] virtual Result<std::unique_ptr<BoundRun>> bind(
      const std::vector<NamedTensor>& feeds) = 0;
  /// Closes the profile that SessionOptions::profile_prefix began and says where it is. Fails with
  /// `usage` without one, and when called again.
  [[nodiscard]] virtual Result<std::filesystem::path> end_profiling() = 0;
};

/// ONNX Runtime behind its C API, loaded with dlopen; any version from 1.16 on. The process that
/// loads it may die with it: see engine/child.h. Sessions may outlive their engine.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  [[nodiscard]] virtual std::filesystem::path library() const = 0;
  /// The providers that the library was built with, best first: "cuda", "cpu". Whether their
  /// devices are there shows when a session is opened.
  [[nodiscard]] virtual std::vector<std::string> providers() const = 0;
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

/// What messages and reports call a runtime: "ONNX Runtime 1.20.1 (lib/libonnxruntime.so)".
[[nodiscard]] std::string runtime_label(std::string_view version,
                                        const std::filesystem::path& library);

/// The version of a runtime, asked in a child process: a library that crashes is `no_runtime`.
[[nodiscard]] Result<std::string> runtime_version(const std::filesystem::path& library);

}  // namespace ortopt
