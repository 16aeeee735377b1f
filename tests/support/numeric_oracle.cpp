#include "tests/support/numeric_oracle.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ortopt/compare/difference.h"
#include "ortopt/engine/engine.h"
#include "ortopt/ir/save.h"
#include "ortopt/ir/text.h"

namespace ortopt::test_support {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

/// The one runtime of this process, or null, and then why.
struct Runtime {
  std::unique_ptr<Engine> engine;
  std::string objection;
};

Result<std::filesystem::path> find_library() {
  const std::filesystem::path fetched = ORTOPT_TEST_RUNTIME;
  const bool is_named = std::getenv("ORTOPT_RUNTIME") != nullptr;
  if (is_named || !std::filesystem::exists(fetched)) return find_runtime();
  return find_runtime({.explicit_path = fetched});
}

const Runtime& runtime() {
  static const Runtime found = [] {
    Runtime runtime;
    const Result<std::filesystem::path> library = find_library();
    if (!library) {
      runtime.objection = library.error().text();
      return runtime;
    }
    Result<std::unique_ptr<Engine>> engine = load_engine(*library);
    if (engine)
      runtime.engine = *std::move(engine);
    else
      runtime.objection = engine.error().text();
    return runtime;
  }();
  return found;
}

void notice(const std::string& what) {
  std::cerr << "[  NOTICE  ] results not compared: " << what << "\n";
}

/// A model file that goes when this does.
class TemporaryFile {
 public:
  TemporaryFile() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("ortopt_oracle_" + std::to_string(getpid()) + "_" + std::to_string(++count) + ".onnx");
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Result<std::unique_ptr<Session>> open(const Model& model, RuntimeOptimization optimization) {
  const TemporaryFile file;
  if (Result<SaveReport> saved = save(model, file.path()); !saved)
    return pass_on(std::move(saved).error());
  SessionOptions options;
  options.optimization = optimization;
  options.intra_op_threads = 1;
  return runtime().engine->open(file.path(), options);
}

/// Sizes for symbols: 2, 3, 4, … in the order in which they are met; "a + b" is the sum of its
/// parts.
class Sizes {
 public:
  int64_t of(const DeclaredDim& dim) {
    if (dim.size) return *dim.size;
    if (dim.symbol.empty()) return next_++;
    int64_t sum = 0;
    std::size_t start = 0;
    while (start <= dim.symbol.size()) {
      const std::size_t end = std::min(dim.symbol.find(" + ", start), dim.symbol.size());
      sum += of_term(dim.symbol.substr(start, end - start));
      start = end + 3;
    }
    return sum;
  }

 private:
  int64_t of_term(const std::string& term) {
    if (!term.empty() && term.find_first_not_of("0123456789") == std::string::npos)
      return std::stoll(term);
    const auto [entry, fresh] = sizes_.emplace(term, next_);
    if (fresh) ++next_;
    return entry->second;
  }

  std::map<std::string, int64_t> sizes_;
  int64_t next_ = 2;
};

std::vector<NamedTensor> make_inputs(const Graph& graph) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> real(-1, 1);
  std::uniform_int_distribution<int> bit(0, 1);
  Sizes sizes;
  std::vector<NamedTensor> feeds;
  for (const Value* input : graph.inputs()) {
    std::vector<int64_t> dims;
    std::size_t count = 1;
    for (const DeclaredDim& dim : input->declared_shape().value_or(DeclaredShape{{}, {}})) {
      dims.push_back(sizes.of(dim));
      count *= static_cast<std::size_t>(dims.back());
    }
    const DataType type = input->declared_type();
    std::vector<double> numbers(count);
    for (double& number : numbers) number = is_floating(type) ? real(random) : bit(random);
    feeds.push_back({input->name(), Tensor::of(type, std::move(dims), numbers)});
  }
  return feeds;
}

AssertionResult verdict(const std::string& name, const Difference& difference) {
  if (difference.equal) return AssertionSuccess();
  return AssertionFailure() << "output '" << name << "': " << difference.remark;
}

AssertionResult same_tensor(const std::string& name, const Tensor& expected, const Tensor& found) {
  // What is computed in double is compared as double: a rewrite of constants must not round them.
  const Tolerance tolerance = expected.dtype() == DataType::float64
                                  ? Tolerance{.absolute = 1e-9, .relative = 1e-9}
                                  : tolerance_for(expected.dtype(), {.coarsest = expected.dtype()});
  DifferenceMeter meter(name, tolerance);
  meter.add("", expected, found);
  return verdict(name, meter.result());
}

AssertionResult same_numbers(DataType coarsest, const std::string& name, const Tensor& expected,
                             const Tensor& found) {
  DifferenceMeter meter(name, tolerance_for(expected.dtype(), {.coarsest = coarsest}));
  if (is_floating(expected.dtype()) && is_floating(found.dtype()))
    meter.add_across_types("", expected, found);
  else
    meter.add("", expected, found);
  return verdict(name, meter.result());
}

/// How two outputs are compared.
using SameTensor =
    std::function<AssertionResult(const std::string& name, const Tensor&, const Tensor&)>;

/// The same numbers in the types that the result wants.
std::vector<NamedTensor> in_types_of(const Session& session, std::vector<NamedTensor> feeds) {
  for (NamedTensor& feed : feeds)
    for (const Port& port : session.inputs())
      if (port.name == feed.name && is_floating(port.type))
        feed.tensor = Tensor::of(port.type, feed.tensor.dims(), *feed.tensor.numbers());
  return feeds;
}

AssertionResult compare_runs(const Model& original, const Model& result,
                             RuntimeOptimization optimization, const SameTensor& same_tensor);

}  // namespace

std::filesystem::path runtime_library() {
  const Result<std::filesystem::path> library = find_library();
  return library ? *library : std::filesystem::path();
}

bool has_runtime() { return runtime().engine != nullptr; }

AssertionResult same_results(const Model& original, const Model& result) {
  return compare_runs(original, result, RuntimeOptimization::none, same_tensor);
}

AssertionResult same_results_in(DataType type, const Model& original, const Model& result) {
  return compare_runs(original, result, RuntimeOptimization::all,
                      [type](const std::string& name, const Tensor& expected, const Tensor& found) {
                        return same_numbers(type, name, expected, found);
                      });
}

namespace {

AssertionResult compare_runs(const Model& original, const Model& result,
                             RuntimeOptimization optimization, const SameTensor& same_tensor) {
  if (!has_runtime()) {
    notice(runtime().objection);
    return AssertionSuccess();
  }
  auto original_session = open(original, RuntimeOptimization::none);
  if (!original_session) {
    notice("the runtime refuses the original: " + original_session.error().text());
    return AssertionSuccess();
  }
  auto result_session = open(result, optimization);
  if (!result_session)
    return AssertionFailure() << "the runtime refuses the result: " << result_session.error().text()
                              << "\n"
                              << to_text(result);
  const std::vector<NamedTensor> feeds = make_inputs(original.graph());
  const auto expected = (*original_session)->run(feeds);
  if (!expected) {
    notice("the runtime fails on the original: " + expected.error().text());
    return AssertionSuccess();
  }
  const auto found = (*result_session)->run(in_types_of(**result_session, feeds));
  if (!found)
    return AssertionFailure() << "the runtime fails on the result: " << found.error().text() << "\n"
                              << to_text(result);
  if (expected->size() != found->size()) return AssertionFailure() << "outputs are missing";
  for (std::size_t k = 0; k < expected->size(); ++k) {
    const NamedTensor& output = (*expected)[k];
    if (const auto same = same_tensor(output.name, output.tensor, (*found)[k].tensor); !same)
      return same;
  }
  return AssertionSuccess();
}

}  // namespace
}  // namespace ortopt::test_support
