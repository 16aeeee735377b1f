#include "optimise/attempt.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "ortopt/passes/input_int32.h"
#include "ortopt/precision/half_precision.h"
#include "ortopt/precision/stages.h"

namespace ortopt {
namespace {

std::size_t total(const OperatorCounts& counts) {
  std::size_t sum = 0;
  for (const auto& [op, count] : counts) sum += count;
  return sum;
}

RunOptions run_options(const OptimiseRequest& request, const std::vector<std::string>& left_out) {
  RunOptions options{request.passes, request.selection, false, {}};
  if (request.without_passes) options.selection = {};
  options.selection.skip.insert(options.selection.skip.end(), left_out.begin(), left_out.end());
  // --only is about fusions; this was asked for by a flag of its own.
  if (!options.selection.only.empty()) {
    if (request.int32_inputs) options.selection.only.emplace_back(InputInt32().id());
    if (request.precision.half_type() != DataType::undefined)
      options.selection.only.emplace_back(HalfPrecision::name);
  }
  if (request.progress)
    options.progress = [&request](std::string_view stage, std::string_view pass) {
      request.progress(std::string(stage) + ": " + std::string(pass));
    };
  return options;
}

}  // namespace

Pipeline make_pipeline_for(const OptimiseRequest& request) {
  Pipeline pipeline;
  if (!request.without_passes) pipeline = request.pipeline();
  add_precision_stages(request.precision, pipeline);
  if (request.int32_inputs) {
    Stage stage{.name = "signature"};
    stage.passes.push_back(std::make_unique<InputInt32>());
    pipeline.push_back(std::move(stage));
  }
  return pipeline;
}

Result<Attempt> make_attempt(const std::filesystem::path& source, const OptimiseRequest& request,
                             const std::vector<std::string>& left_out, Logger& logger) {
  if (request.progress) request.progress("loading");
  Result<LoadedModel> loaded = load(source, request.load);
  if (!loaded) return pass_on(std::move(loaded.error()));
  Attempt attempt;
  attempt.loaded = std::move(*loaded);
  Model& model = *attempt.loaded.model;
  attempt.operators_before = count_operators(model);
  attempt.nodes_before = total(attempt.operators_before);
  const Result<void> done = run_pipeline(make_pipeline_for(request), model,
                                         run_options(request, left_out), attempt.facts, logger);
  if (!done) return pass_on(done.error());
  return attempt;
}

std::vector<std::string> find_active_passes(const Pipeline& pipeline, const Facts& facts) {
  std::vector<std::string> active;
  for (const Stage& stage : pipeline)
    for (const auto& pass : stage.passes) {
      const bool changed = std::any_of(
          facts.runs.begin(), facts.runs.end(),
          [&](const PassRun& run) { return run.pass == pass->id() && run.changes > 0; });
      const std::string id(pass->id());
      // A pass may stand in several stages; leaving it out leaves it out of all.
      if (changed && std::find(active.begin(), active.end(), id) == active.end())
        active.push_back(id);
    }
  return active;
}

}  // namespace ortopt
