// How long one run of the library takes on small models, where reading and writing weights costs
// nothing: the graph work.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "ortopt/optimise/optimise.h"

namespace ortopt {
namespace {

void optimise_model(benchmark::State& state, const std::string& name) {
  Logger logger(LogLevel::off);
  OptimiseRequest request;
  request.input = std::filesystem::path(ORTOPT_MODELS) / name;
  request.output = std::filesystem::temp_directory_path() / ("ortopt_bench_" + name);
  request.verify = VerifyMode::off;
  for (auto _ : state) {
    if (!optimise(request, logger)) state.SkipWithError("the model cannot be optimized");
  }
  std::filesystem::remove(request.output);
}

BENCHMARK_CAPTURE(optimise_model, bert_torchscript, "bert-t21-legacy-eager-op13.onnx")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(optimise_model, bert_dynamo, "bert-t213-dynamo-sdpa-op18.onnx")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(optimise_model, gpt2_torchscript, "gpt2-t21-legacy-eager-op13.onnx")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(optimise_model, bert_tensorflow, "tfbert_op13_oldnames.onnx")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ortopt
