#include "measuring.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "ortopt/base/version.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/measure/subjects.h"
#include "tools/common/progress_line.h"

namespace ortopt::tool {
namespace {

/// File names, numbered where they are the same.
std::vector<std::string> labels_of(const std::vector<std::filesystem::path>& models) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < models.size(); ++i) {
    std::string label = models[i].filename().string();
    for (std::size_t j = 0; j < models.size(); ++j)
      if (j != i && models[j].filename() == models[i].filename())
        label = fmt::format("{} ({})", models[i].filename().string(), i + 1);
    labels.push_back(std::move(label));
  }
  return labels;
}

/// Measures all models in one setting.
class Setting {
 public:
  Setting(const Options& options, std::size_t threads, const InputRequest& inputs)
      : options_(options), threads_(threads), inputs_(inputs) {}

  [[nodiscard]] std::vector<PerformanceCase> measured(
      FunctionRef<void(const ortopt::Progress&)> progress) const {
    SessionOptions session = options_.session;
    session.intra_op_threads = static_cast<int>(threads_);
    const std::vector<std::string> labels = labels_of(options_.models);
    std::vector<std::unique_ptr<Subject>> subjects;
    std::vector<LabelledSubject> labelled;
    for (std::size_t i = 0; i < options_.models.size(); ++i) {
      subjects.push_back(make_subject(ModelSetting{.model = options_.models[i],
                                                   .runtime = options_.runtime,
                                                   .options = session,
                                                   .inputs = inputs_}));
      labelled.push_back({labels[i], subjects.back().get()});
    }
    std::vector<Measurement> measurements = measure(labelled, options_.schedule, progress);
    std::vector<PerformanceCase> cases;
    for (std::size_t i = 0; i < measurements.size(); ++i) {
      PerformanceCase one{.model = options_.models[i],
                          .options = session,
                          .threads = threads_,
                          .inputs = inputs_,
                          .test_times = options_.test_times,
                          .measurement = {},
                          .comparison = {}};
      if (i > 0) one.comparison = compare_speed(measurements[0], measurements[i]);
      cases.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < measurements.size(); ++i) {
      if (measurements[0].trouble || measurements[i].trouble) cases[i].comparison.reset();
      cases[i].measurement = std::move(measurements[i]);
    }
    return cases;
  }

 private:
  const Options& options_;
  std::size_t threads_;
  const InputRequest& inputs_;
};

std::string runtime_text(const Options& options, const std::vector<PerformanceCase>& cases) {
  for (const PerformanceCase& one : cases)
    if (!one.measurement.rounds.empty())
      return runtime_label(one.measurement.rounds[0].opening.version, options.runtime);
  return options.runtime.string();
}

}  // namespace

PerformanceReport measure_all(const Options& options) {
  PerformanceReport report;
  report.tool_version = version();
  report.date = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr)));
  report.flags = options.given;
  report.machine = this_machine();
  ProgressLine line;
  const std::size_t settings = options.threads.size() * options.inputs.size();
  std::size_t done = 0;
  const double started = steady_seconds();
  for (const std::size_t threads : options.threads)
    for (const InputRequest& inputs : options.inputs) {
      const auto draw = [&](const ortopt::Progress& progress) {
        const double each = done > 0 ? (steady_seconds() - started) / static_cast<double>(done)
                                     : options.schedule.seconds;
        const double left = progress.seconds_left + each * static_cast<double>(settings - done - 1);
        line.tell(fmt::format("[{}/{}] batch {}, length {}, {} threads: {:.0f} %, {} left",
                              done + 1, settings, inputs.batch, inputs.sequence, threads,
                              100 * progress.done, format_time_left(left)));
      };
      for (PerformanceCase& one : Setting(options, threads, inputs).measured(draw))
        report.cases.push_back(std::move(one));
      ++done;
    }
  report.runtime = runtime_text(options, report.cases);
  return report;
}

Result<TuningResult> tune_model(const Options& options) {
  const Machine machine = this_machine();
  SessionOptions start = options.session;
  start.intra_op_threads = static_cast<int>(options.threads.front());
  const MakeSubject make = [&](const SessionOptions& session) {
    return make_subject(ModelSetting{.model = options.models.front(),
                                     .runtime = options.runtime,
                                     .options = session,
                                     .inputs = options.inputs.front()});
  };
  ProgressLine line;
  std::vector<TuningDimension> dimensions =
      usual_dimensions(machine.physical_cores, machine.logical_cores);
  dimensions.insert(dimensions.end(), options.tuned.begin(), options.tuned.end());
  return tune(start, dimensions, make, options.schedule,
              [&](const std::string& doing, const ortopt::Progress& progress) {
                line.tell(fmt::format("{}: {:.0f} %, {} left", doing, 100 * progress.done,
                                      format_time_left(progress.seconds_left)));
              });
}

}  // namespace ortopt::tool
