#include "optimise/mixed_trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "optimise/attempt.h"
#include "optimise/verification_plan.h"
#include "ortopt/precision/gauges.h"
#include "ortopt/precision/rehearsal.h"

namespace ortopt {
namespace {

constexpr std::size_t most_runs = 12;

/// Other inputs make other numbers: what comes within this factor of the largest one counts as
/// beyond it.
constexpr double reserve = 1.5;

/// The largest relative difference of an output; infinite where a number became none.
double difference_of(const Verification& verdict) {
  double largest = 0;
  for (const Difference& output : verdict.outputs) {
    const bool is_other = output.first_non_finite.has_value() || std::isnan(output.relative_norm);
    largest = std::max(largest,
                       is_other ? std::numeric_limits<double>::infinity() : output.relative_norm);
  }
  // It did not run.
  return verdict.outputs.empty() ? std::numeric_limits<double>::infinity() : largest;
}

Result<void> save_beside(const LoadedModel& loaded, const std::filesystem::path& path) {
  const Result<SaveReport> saved =
      save(*loaded.model, path, {.source_had_external_data = loaded.source.has_external_data});
  if (!saved) return pass_on(saved.error());
  return {};
}

}  // namespace

MixedTrials::MixedTrials(const OptimiseRequest& request, const std::filesystem::path& folder,
                         Logger& logger)
    : request_(request),
      full_(folder / "full.onnx"),
      gauged_(folder / "gauged.onnx"),
      candidate_(folder / "candidate.onnx"),
      logger_(logger) {}

Result<void> MixedTrials::prepare(const std::filesystem::path& source,
                                  const std::filesystem::path& runtime) {
  if (Result<void> done = write_full(source); !done) return done;
  if (Result<void> done = calibrate(runtime); !done) return done;
  keep_what_is_out_of_range();
  return {};
}

/// What the result is without a change of precision.
Result<void> MixedTrials::write_full(const std::filesystem::path& source) {
  OptimiseRequest wanted = request_;
  wanted.precision = {};
  wanted.int32_inputs = false;
  const Result<Attempt> attempt = make_attempt(source, wanted, {}, logger_);
  if (!attempt) return pass_on(attempt.error());
  rounding_.add(attempt->loaded.model->graph());
  rounding_.coarsest = DataType::float16;
  layers_ = Layers::from_graph(attempt->loaded.model->graph());
  return save_beside(attempt->loaded, full_);
}

Result<void> MixedTrials::calibrate(const std::filesystem::path& runtime) {
  tell("measuring the range of values");
  const Result<LoadedModel> loaded = load(full_);
  if (!loaded) return pass_on(loaded.error());
  Graph& graph = loaded->model->graph();
  const std::size_t own = graph.outputs().size();
  Facts ignored;
  Context context(graph, request_.passes, ignored, logger_);
  gauges_ = add_gauges(graph, request_.precision, context);
  CalibrationRequest wanted{.runtime = runtime,
                            .input_files = request_.precision_inputs,
                            .original = request_.input,
                            .padding = padding_promise(request_.passes)};
  for (std::size_t k = own; k < graph.outputs().size(); ++k)
    wanted.gauges.push_back(graph.outputs()[k]->name());
  if (Result<void> saved = save_beside(*loaded, gauged_); !saved) return saved;
  Result<Calibration> calibration = Calibration::run(gauged_, std::move(wanted));
  if (!calibration) return within(calibration.error(), "while the ranges of values were measured");
  calibration_.emplace(*std::move(calibration));
  choice_.facts.inputs = calibration_->inputs();
  choice_.facts.runs = 1;
  return {};
}

void MixedTrials::keep_what_is_out_of_range() {
  for (const GaugedCast& cast : gauges_.casts)
    if (calibration_->largest(cast.extreme) >= least_fill) choice_.fills.insert(cast.name);
  const double most = request_.precision.half_range().max_finite;
  for (std::size_t k = 0; k < gauges_.nodes.size(); ++k) {
    const GaugedNode& node = gauges_.nodes[k];
    const Gauge* worst = nullptr;
    for (const Gauge& gauge : node.gauges)
      if (worst == nullptr || largest(gauge) > largest(*worst)) worst = &gauge;
    if (worst == nullptr || largest(*worst) <= most / reserve) {
      open_.push_back(k);
      continue;
    }
    choice_.kept[node.node] = {
        fmt::format("{} {} float16's range", worst->what,
                    largest(*worst) > most ? "is beyond" : "comes near to the end of"),
        largest(*worst), std::nullopt};
  }
}

double MixedTrials::largest(const Gauge& gauge) const {
  return calibration_->largest(gauge.largest);
}

Result<bool> MixedTrials::try_mix(const Nodes& nodes, std::string what) {
  tell(fmt::format("measuring mix {}", choice_.facts.mixes.size() + 1));
  if (Result<void> done = write_candidate(nodes); !done) return pass_on(done.error());
  const Verification verdict = calibration_->measure(candidate_, rounding_, request_.tolerance);
  if (verdict.outcome == Verification::Outcome::not_run) return fail(verdict.cause, verdict.reason);
  ++choice_.facts.runs;
  choice_.facts.mixes.push_back({.what = std::move(what),
                                 .kept = choice_.kept.size() + nodes.size(),
                                 .difference = difference_of(verdict),
                                 .suffices = verdict.is_equal(),
                                 .reason = verdict.reason});
  return verdict.is_equal();
}

Result<void> MixedTrials::write_candidate(const Nodes& nodes) const {
  const Result<LoadedModel> loaded = load(full_);
  if (!loaded) return pass_on(loaded.error());
  PrecisionOptions options = request_.precision;
  options.measured = needs_with(nodes);
  options.fills = choice_.fills;
  Graph& graph = loaded->model->graph();
  Facts ignored;
  Context context(graph, request_.passes, ignored, logger_);
  rehearse(graph, options, context);
  return save_beside(*loaded, candidate_);
}

std::map<std::string, MeasuredNeed> MixedTrials::needs_with(const Nodes& nodes) const {
  std::map<std::string, MeasuredNeed> needs = choice_.kept;
  for (const std::size_t index : nodes) {
    const GaugedNode& node = gauges_.nodes[index];
    needs[node.node] = {"in float16 it makes the outputs differ", std::nullopt,
                        difference_at(node, differences_).own};
  }
  return needs;
}

MixedChoice MixedTrials::choice_with(const Nodes& nodes) const {
  MixedChoice choice = choice_;
  choice.kept = needs_with(nodes);
  return choice;
}

Result<std::vector<MixedGroup>> MixedTrials::rank() {
  tell("measuring where the difference comes in");
  if (Result<void> done = write_candidate({}); !done) return pass_on(done.error());
  const auto differences = calibration_->differences_inside(full_, candidate_, values_to_look_at());
  choice_.facts.runs += 2;
  // A candidate that cannot be looked into is bisected all the same.
  if (differences) differences_ = *differences;
  return group_by_difference(gauges_, open_, layers_, differences_);
}

/// As many values as may be held at once, spread evenly.
std::vector<std::string> MixedTrials::values_to_look_at() const {
  constexpr double most_bytes = 512e6;
  double bytes = 0;
  for (const GaugedValue& value : gauges_.values)
    bytes += 2 * sizeof(float) * calibration_->largest(value.count);
  const double share = std::min(1.0, most_bytes / std::max(bytes, 1.0));
  std::vector<std::string> names;
  double due = 0;
  for (const GaugedValue& value : gauges_.values)
    if ((due += share) >= 1) {
      due -= 1;
      names.push_back(value.name);
    }
  return names;
}

bool MixedTrials::may_run() const { return choice_.facts.runs < most_runs; }

void MixedTrials::tell(const std::string& doing) const {
  if (request_.progress) request_.progress(doing);
}

}  // namespace ortopt
