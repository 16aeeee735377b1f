#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options.h"
#include "ortopt/measure/runner.h"
#include "ortopt/measure/speed_comparison.h"
#include "subject.h"
#include "tools/common/output.h"
#include "tools/common/run_tool.h"

namespace {

using namespace ortopt;
using namespace ortopt::tool;

/// Makes nothing without a path.
Result<void> write(const std::filesystem::path& path, const std::function<std::string()>& make) {
  return path.empty() ? Result<void>() : write_output(path, make());
}

bool is_stdout_taken(const ProfileToolOptions& options) {
  return options.json == "-" || options.csv == "-" || options.html == "-" || options.trace == "-";
}

/// A report in every form that was asked for.
template <class AnyReport>
Result<int> present(const AnyReport& report, const ProfileToolOptions& options,
                    const std::function<std::string()>& page) {
  if (!is_stdout_taken(options)) print(to_table(report));
  for (const auto& [path, make] :
       {std::pair(options.json, std::function([&] { return to_json(report); })),
        std::pair(options.csv, std::function([&] { return to_csv(report); })),
        std::pair(options.html, page)})
    if (const Result<void> written = write(path, make); !written) return pass_on(written.error());
  return 0;
}

/// Both models in turns, as perf_test does it; nothing when profiles were read.
std::optional<SpeedComparison> compare_latencies(const ProfileToolOptions& options,
                                                 Logger& logger) {
  std::vector<std::unique_ptr<Subject>> models;
  for (const std::filesystem::path& subject : options.subjects) {
    if (is_profile(subject)) return std::nullopt;
    Result<ModelSetting> setting = model_setting(subject, options);
    if (!setting) return std::nullopt;
    models.push_back(make_subject(std::move(*setting)));
  }
  const std::array labelled = {LabelledSubject{"A", models[0].get()},
                               LabelledSubject{"B", models[1].get()}};
  const std::vector<Measurement> measured =
      measure(labelled, {.runs = options.samples, .seconds = 10}, [](const Progress&) {});
  for (const Measurement& one : measured)
    if (one.trouble) {
      logger.warning("latencies are not compared: " + one.trouble->text());
      return std::nullopt;
    }
  return compare_speed(measured[0], measured[1]);
}

Result<int> show_difference(const ProfileToolOptions& options, Logger& logger) {
  Result<Examined> before = examine(options.subjects[0], options, logger);
  if (!before) return pass_on(before.error());
  Result<Examined> after = examine(options.subjects[1], options, logger);
  if (!after) return pass_on(after.error());
  const Timelines runs_before = before->timelines();
  const Timelines runs_after = after->timelines();
  ProfileDifference difference = compare_profiles(before->report.profile, after->report.profile);
  const ProfileDifferenceReport report{.before = std::move(before->report),
                                       .after = std::move(after->report),
                                       .difference = std::move(difference),
                                       .latencies = compare_latencies(options, logger)};
  return present(report, options, [&] {
    return to_html(report, runs_before.at(report.before.profile.typical_run),
                   runs_after.at(report.after.profile.typical_run));
  });
}

Result<int> show_profile(const ProfileToolOptions& options, Logger& logger) {
  const Result<Examined> subject = examine(options.subjects[0], options, logger);
  if (!subject) return pass_on(subject.error());
  const Timelines runs = subject->timelines();
  const Result<void> traced =
      write(options.trace, [&] { return to_chrome_trace(runs, subject->report.subject); });
  if (!traced) return pass_on(traced.error());
  return present(subject->report, options, [&] {
    return to_html(subject->report, runs.at(subject->report.profile.typical_run));
  });
}

Result<int> run(const std::vector<std::string>& arguments) {
  const Result<ProfileToolOptions> options = parse_profile_options(arguments);
  if (!options) return pass_on(options.error());
  if (!options->text.empty()) {
    print(options->text);
    return 0;
  }
  Logger logger(log_level(options->log));
  for (const std::string& warning : options->warnings) logger.warning(warning);
  return options->is_difference() ? show_difference(*options, logger)
                                  : show_profile(*options, logger);
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("ort-profile", count, arguments, run);
}
