#include "ortopt/measure/tuning.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace ortopt {
namespace {

TuningDimension threads_dimension(std::size_t physical, std::size_t logical) {
  TuningDimension dimension{.name = "intra_op_threads"};
  std::set<std::size_t> counts = {physical, logical};
  for (std::size_t count = 1; count <= logical; count *= 2) counts.insert(count);
  for (const std::size_t count : counts)
    dimension.choices.push_back({std::to_string(count), [count](SessionOptions& options) {
                                   options.intra_op_threads = static_cast<int>(count);
                                 }});
  return dimension;
}

/// Operators side by side pay in models of several branches only.
TuningDimension order_dimension(std::size_t physical) {
  TuningDimension dimension{.name = "inter_op_threads"};
  dimension.choices.push_back({"sequential", [](SessionOptions& options) {
                                 options.order = ExecutionOrder::sequential;
                                 options.inter_op_threads = 0;
                               }});
  std::set<std::size_t> counts = {2, std::max<std::size_t>(2, physical)};
  for (const std::size_t count : counts)
    dimension.choices.push_back({std::to_string(count), [count](SessionOptions& options) {
                                   options.order = ExecutionOrder::parallel;
                                   options.inter_op_threads = static_cast<int>(count);
                                 }});
  return dimension;
}

template <class Member>
TuningDimension switch_dimension(std::string name, Member SessionOptions::*member) {
  TuningDimension dimension{.name = std::move(name)};
  for (const bool value : {true, false})
    dimension.choices.push_back({value ? "on" : "off", [member, value](SessionOptions& options) {
                                   options.*member = value;
                                 }});
  return dimension;
}

class Tuner {
 public:
  Tuner(const MakeSubject& make, const Schedule& schedule, TuningProgress progress)
      : make_(make), schedule_(schedule), progress_(progress) {}

  Result<TuningResult> run(const SessionOptions& start,
                           const std::vector<TuningDimension>& dimensions) {
    result_.best = start;
    std::size_t adopted = 0;
    for (const TuningDimension& dimension : dimensions) {
      Result<bool> changed = try_all(dimension);
      if (!changed) return pass_on(changed.error());
      if (*changed) ++adopted;
    }
    if (adopted > 1)
      for (const TuningDimension& dimension : dimensions)
        if (Result<bool> changed = try_all(dimension); !changed) return pass_on(changed.error());
    return conclude(start);
  }

 private:
  std::vector<Measurement> measure_all(const std::vector<SessionOptions>& settings,
                                       const std::string& doing) {
    std::vector<std::unique_ptr<Subject>> subjects;
    std::vector<LabelledSubject> labelled;
    for (const SessionOptions& options : settings) {
      subjects.push_back(make_(options));
      labelled.push_back({doing, subjects.back().get()});
    }
    Schedule schedule = schedule_;
    schedule.seconds *= static_cast<double>(settings.size()) / 2;
    return measure(labelled, schedule,
                   [&](const Progress& progress) { progress_(doing, progress); });
  }

  /// Whether one of the choices was adopted.
  Result<bool> try_all(const TuningDimension& dimension) {
    std::vector<SessionOptions> settings = {result_.best};
    std::vector<std::string> texts;
    for (const TuningChoice& choice : dimension.choices) {
      SessionOptions options = result_.best;
      choice.apply(options);
      if (std::ranges::find(settings, options) != settings.end()) continue;
      settings.push_back(std::move(options));
      texts.push_back(choice.text);
    }
    if (texts.empty()) return false;
    const std::vector<Measurement> measurements = measure_all(settings, dimension.name);
    if (measurements.front().trouble) return pass_on(*measurements.front().trouble);
    std::size_t winner = 0;
    double least = 1;
    const std::size_t first_trial = result_.trials.size();
    for (std::size_t i = 1; i < settings.size(); ++i) {
      TuningTrial trial{.dimension = dimension.name, .choice = texts[i - 1]};
      trial.comparison = compare_speed(measurements.front(), measurements[i]);
      trial.trouble = measurements[i].trouble;
      if (!trial.trouble && trial.comparison.verdict == Verdict::faster &&
          trial.comparison.ratio < least) {
        winner = i;
        least = trial.comparison.ratio;
      }
      result_.trials.push_back(std::move(trial));
    }
    if (winner == 0) return false;
    result_.trials[first_trial + winner - 1].adopted = true;
    result_.best = settings[winner];
    return true;
  }

  Result<TuningResult> conclude(const SessionOptions& start) {
    std::vector<Measurement> last = measure_all({start, result_.best}, "the best once more");
    for (const Measurement& measurement : last)
      if (measurement.trouble) return pass_on(*measurement.trouble);
    result_.against_start = compare_speed(last[0], last[1]);
    result_.start_measurement = std::move(last[0]);
    result_.best_measurement = std::move(last[1]);
    return std::move(result_);
  }

  const MakeSubject& make_;
  const Schedule& schedule_;
  TuningProgress progress_;
  TuningResult result_;
};

}  // namespace

std::vector<TuningDimension> usual_dimensions(std::size_t physical_cores,
                                              std::size_t logical_cores) {
  TuningDimension levels{.name = "optimization"};
  for (const auto& [text, level] : {std::pair("basic", RuntimeOptimization::basic),
                                    std::pair("extended", RuntimeOptimization::extended),
                                    std::pair("all", RuntimeOptimization::all)})
    levels.choices.push_back(
        {text, [level](SessionOptions& options) { options.optimization = level; }});
  return {threads_dimension(physical_cores, logical_cores),
          order_dimension(physical_cores),
          std::move(levels),
          switch_dimension("spinning", &SessionOptions::spinning),
          switch_dimension("arena", &SessionOptions::arena),
          switch_dimension("memory_pattern", &SessionOptions::memory_pattern)};
}

TuningDimension provider_dimension(const std::string& provider, const std::string& option,
                                   const std::vector<std::string>& values) {
  TuningDimension dimension{.name = provider + ":" + option};
  for (const std::string& value : values)
    dimension.choices.push_back({value, [provider, option, value](SessionOptions& options) {
                                   const auto at = std::ranges::find(options.providers, provider,
                                                                     &Provider::name);
                                   if (at != options.providers.end()) at->options[option] = value;
                                 }});
  return dimension;
}

std::vector<TuningDimension> provider_dimensions(const std::vector<Provider>& providers) {
  const std::map<std::string, std::map<std::string, std::vector<std::string>>> known = {
      {"cuda",
       {{"cudnn_conv_algo_search", {"EXHAUSTIVE", "HEURISTIC", "DEFAULT"}},
        {"do_copy_in_default_stream", {"1", "0"}},
        {"prefer_nhwc", {"0", "1"}},
        {"tunable_op_enable", {"0", "1"}}}},
      {"tensorrt",
       {{"trt_cuda_graph_enable", {"0", "1"}}, {"trt_builder_optimization_level", {"3", "5"}}}},
      {"openvino", {{"num_streams", {"1", "2"}}}},
      {"xnnpack", {{"intra_op_num_threads", {"1", "2", "4"}}}}};
  std::vector<TuningDimension> dimensions;
  for (const Provider& provider : providers) {
    const auto options = known.find(provider.name);
    if (options == known.end()) continue;
    for (const auto& [option, values] : options->second)
      if (!provider.options.contains(option))
        dimensions.push_back(provider_dimension(provider.name, option, values));
  }
  return dimensions;
}

Result<TuningResult> tune(const SessionOptions& start,
                          const std::vector<TuningDimension>& dimensions, const MakeSubject& make,
                          const Schedule& schedule, TuningProgress progress) {
  return Tuner(make, schedule, progress).run(start, dimensions);
}

}  // namespace ortopt
