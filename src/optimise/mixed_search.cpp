#include "optimise/mixed_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "optimise/attempt.h"
#include "optimise/mixed_groups.h"
#include "ortopt/base/temporary_folder.h"
#include "ortopt/compare/calibration.h"
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

class MixedSearch {
 public:
  MixedSearch(const OptimiseRequest& request, const std::filesystem::path& folder, Logger& logger)
      : request_(request),
        full_(folder / "full.onnx"),
        gauged_(folder / "gauged.onnx"),
        candidate_(folder / "candidate.onnx"),
        logger_(logger) {}

  Result<MixedChoice> run(const std::filesystem::path& source,
                          const std::filesystem::path& runtime) {
    if (Result<void> done = write_full(source); !done) return pass_on(done.error());
    if (Result<void> done = calibrate(runtime); !done) return pass_on(done.error());
    keep_what_is_out_of_range();
    const Result<bool> suffices = try_mix({}, "float16 where the range allows it");
    if (!suffices) return pass_on(suffices.error());
    if (!*suffices) {
      if (Result<void> done = rank(); !done) return pass_on(done.error());
      for (const auto step :
           {&MixedSearch::bisect, &MixedSearch::give_groups_back, &MixedSearch::give_nodes_back})
        if (Result<void> done = (this->*step)(); !done) return pass_on(done.error());
      choice_.kept = needs_with(kept_);
    }
    return std::move(choice_);
  }

 private:
  using Nodes = std::vector<std::size_t>;

  /// What the result is without a change of precision.
  Result<void> write_full(const std::filesystem::path& source) {
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

  Result<void> calibrate(const std::filesystem::path& runtime) {
    tell("measuring the range of values");
    const Result<LoadedModel> loaded = load(full_);
    if (!loaded) return pass_on(loaded.error());
    Graph& graph = loaded->model->graph();
    const std::size_t own = graph.outputs().size();
    Facts ignored;
    Context context(graph, request_.passes, ignored, logger_);
    gauges_ = add_gauges(graph, request_.precision, context);
    CalibrationRequest wanted{
        .runtime = runtime, .input_files = request_.precision_inputs, .original = request_.input};
    for (std::size_t k = own; k < graph.outputs().size(); ++k)
      wanted.gauges.push_back(graph.outputs()[k]->name());
    if (request_.passes.use_mask_index) wanted.padding = PaddingPromise::at_the_end;
    if (request_.passes.no_attention_mask) wanted.padding = PaddingPromise::none;
    if (Result<void> saved = save_beside(*loaded, gauged_); !saved) return saved;
    Result<Calibration> calibration = Calibration::run(gauged_, std::move(wanted));
    if (!calibration)
      return within(calibration.error(), "while the ranges of values were measured");
    calibration_.emplace(*std::move(calibration));
    choice_.facts.inputs = calibration_->inputs();
    choice_.facts.runs = 1;
    return {};
  }

  void keep_what_is_out_of_range() {
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

  [[nodiscard]] double largest(const Gauge& gauge) const {
    return calibration_->largest(gauge.largest);
  }

  /// Runs the model with these nodes, and those that are out of range, in float32. Whether that is
  /// within the tolerance.
  Result<bool> try_mix(const Nodes& nodes, std::string what) {
    tell(fmt::format("measuring mix {}", choice_.facts.mixes.size() + 1));
    if (Result<void> done = write_candidate(nodes); !done) return pass_on(done.error());
    const Verification verdict = calibration_->measure(candidate_, rounding_, request_.tolerance);
    if (verdict.outcome == Verification::Outcome::not_run)
      return fail(verdict.cause, verdict.reason);
    ++choice_.facts.runs;
    choice_.facts.mixes.push_back({.what = std::move(what),
                                   .kept = choice_.kept.size() + nodes.size(),
                                   .difference = difference_of(verdict),
                                   .suffices = verdict.is_equal(),
                                   .reason = verdict.reason});
    return verdict.is_equal();
  }

  Result<void> write_candidate(const Nodes& nodes) const {
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

  [[nodiscard]] std::map<std::string, MeasuredNeed> needs_with(const Nodes& nodes) const {
    std::map<std::string, MeasuredNeed> needs = choice_.kept;
    for (const std::size_t index : nodes) {
      const GaugedNode& node = gauges_.nodes[index];
      needs[node.node] = {"in float16 it makes the outputs differ", std::nullopt,
                          difference_at(node, differences_).own};
    }
    return needs;
  }

  /// Looks where the difference comes in, and orders groups of operators by it.
  Result<void> rank() {
    tell("measuring where the difference comes in");
    if (Result<void> done = write_candidate({}); !done) return done;
    const auto differences =
        calibration_->differences_inside(full_, candidate_, values_to_look_at());
    choice_.facts.runs += 2;
    // A candidate that cannot be looked into is bisected all the same.
    if (differences) differences_ = *differences;
    groups_ = group_by_difference(gauges_, open_, layers_, differences_);
    return {};
  }

  /// As many values as may be held at once, spread evenly.
  [[nodiscard]] std::vector<std::string> values_to_look_at() const {
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

  [[nodiscard]] bool may_run() const { return choice_.facts.runs < most_runs; }

  /// The fewest groups, from the first, that suffice. All of them suffice without being tried.
  Result<void> bisect() {
    std::size_t too_few = 0;
    std::size_t enough = groups_.size();
    while (enough - too_few > 1 && may_run()) {
      // The first ones are the likeliest.
      const auto root = std::lround(std::sqrt(static_cast<double>(too_few * enough)));
      const std::size_t middle =
          std::clamp(static_cast<std::size_t>(root), too_few + 1, enough - 1);
      const Result<bool> suffices =
          try_mix(nodes_of(first_groups(middle)), describe(first_groups(middle)));
      if (!suffices) return pass_on(suffices.error());
      (*suffices ? enough : too_few) = middle;
    }
    kept_groups_ = first_groups(enough);
    kept_ = nodes_of(kept_groups_);
    return {};
  }

  /// Gives back what is not needed once the rest is kept: all at once, or half by half.
  Result<void> give_groups_back() {
    if (kept_groups_.size() < 2) return {};
    // The last one is needed: without it, it did not suffice.
    std::vector<std::size_t> in_doubt(kept_groups_.begin(), kept_groups_.end() - 1);
    const auto give = [&](const std::vector<std::size_t>& groups) -> Result<bool> {
      std::vector<std::size_t> rest = kept_groups_;
      std::erase_if(rest, [&](std::size_t group) { return std::ranges::count(groups, group) > 0; });
      const Result<bool> suffices = try_mix(nodes_of(rest), describe(rest));
      if (suffices && *suffices) kept_groups_ = rest;
      return suffices;
    };
    const Result<void> done = give_back(in_doubt, give);
    kept_ = nodes_of(kept_groups_);
    return done;
  }

  /// The same for single nodes of the groups that are needed.
  Result<void> give_nodes_back() {
    if (kept_.size() < 2) return {};
    const auto give = [&](const Nodes& nodes) -> Result<bool> {
      Nodes rest = kept_;
      std::erase_if(rest, [&](std::size_t node) { return std::ranges::count(nodes, node) > 0; });
      // All of them are needed by someone.
      if (rest.empty()) return false;
      const Result<bool> suffices =
          try_mix(rest, fmt::format("{} operators of these in float32", rest.size()));
      if (suffices && *suffices) kept_ = rest;
      return suffices;
    };
    return give_back(kept_, give);
  }

  template <class Give>
  Result<void> give_back(const std::vector<std::size_t>& items, const Give& give) {
    if (items.empty() || !may_run()) return {};
    const Result<bool> given = give(items);
    if (!given) return pass_on(given.error());
    if (*given || items.size() == 1) return {};
    const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
    if (Result<void> done = give_back(std::vector(items.begin(), middle), give); !done) return done;
    return give_back(std::vector(middle, items.end()), give);
  }

  [[nodiscard]] static std::vector<std::size_t> first_groups(std::size_t count) {
    std::vector<std::size_t> groups(count);
    std::iota(groups.begin(), groups.end(), std::size_t{0});
    return groups;
  }

  [[nodiscard]] Nodes nodes_of(const std::vector<std::size_t>& groups) const {
    Nodes nodes;
    for (const std::size_t group : groups)
      nodes.insert(nodes.end(), groups_[group].nodes.begin(), groups_[group].nodes.end());
    return nodes;
  }

  [[nodiscard]] std::string describe(const std::vector<std::size_t>& groups) const {
    const std::string first = groups_[groups.front()].name;
    if (groups.size() == 1) return first + " in float32";
    return fmt::format("{} and {} more groups in float32", first, groups.size() - 1);
  }

  void tell(const std::string& doing) const {
    if (request_.progress) request_.progress(doing);
  }

  const OptimiseRequest& request_;
  std::filesystem::path full_;
  std::filesystem::path gauged_;
  std::filesystem::path candidate_;
  Logger& logger_;
  Rounding rounding_;
  Layers layers_;
  Gauges gauges_;
  std::optional<Calibration> calibration_;
  Nodes open_;                                 ///< Nodes within the range.
  std::map<std::string, double> differences_;  ///< Of values.
  std::vector<MixedGroup> groups_;
  std::vector<std::size_t> kept_groups_;
  Nodes kept_;
  MixedChoice choice_;
};

}  // namespace

Result<MixedChoice> choose_mixed_precision(const std::filesystem::path& source,
                                           const OptimiseRequest& request, Logger& logger) {
  const Result<std::filesystem::path> runtime = find_runtime(request.runtime);
  if (!runtime) return within(runtime.error(), "mixed precision is chosen by running the model");
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(folder.error());
  return MixedSearch(request, (*folder)->path(), logger).run(source, *runtime);
}

}  // namespace ortopt
