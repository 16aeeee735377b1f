#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <set>

#include "measuring.h"
#include "options.h"
#include "ortopt/report/performance.h"
#include "ortopt/report/tuning.h"
#include "tools/common/output.h"
#include "tools/common/run_tool.h"

namespace {

using namespace ortopt;  // NOLINT(google-build-using-namespace): this file is a program
using ortopt::tool::Expectation;
using ortopt::tool::Options;
using ortopt::tool::print;
using ortopt::tool::write_output;

std::string joined(const std::set<int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, "-"));
}

/// "perf_results_CPU_B1-4_S128_20260131-120000.txt", as the incumbent names it.
std::filesystem::path results_file(const Options& options, const PerformanceReport& report) {
  std::set<int64_t> batches;
  std::set<int64_t> sequences;
  for (const PerformanceCase& measured : report.cases) {
    batches.insert(measured.inputs.batch);
    sequences.insert(measured.inputs.sequence);
  }
  return options.results_folder /
         fmt::format("perf_results_{}_B{}_S{}_{:%Y%m%d-%H%M%S}.txt", device_name(options.session),
                     joined(batches), joined(sequences), fmt::localtime(std::time(nullptr)));
}

void write_results_file(const Options& options, const PerformanceReport& report, Logger& logger) {
  if (options.results_folder.empty()) return;
  const std::filesystem::path path = results_file(options, report);
  if (const Result<void> written = write_output(path, to_incumbent_file(report)); !written)
    logger.warning(written.error().text() + "; --results names another folder");
  else if (options.json != "-" && options.csv != "-")
    print("\nTest summary is saved to " + path.string() + "\n");
}

Result<void> tell(const Options& options, const PerformanceReport& report, Logger& logger) {
  if (options.json != "-" && options.csv != "-") print(report.runtime + "\n\n" + to_table(report));
  if (Result<void> done = write_output(options.json, to_json(report)); !done) return done;
  if (Result<void> done = write_output(options.csv, to_csv(report)); !done) return done;
  if (!options.html.empty())
    if (Result<void> done = write_output(options.html, to_html(report)); !done) return done;
  write_results_file(options, report, logger);
  return {};
}

bool is_met(Expectation expectation, Verdict verdict) {
  if (expectation == Expectation::faster) return verdict == Verdict::faster;
  return expectation == Expectation::none || verdict != Verdict::slower;
}

/// Failures first, then expectations.
Result<int> judge(const Options& options, const PerformanceReport& report) {
  for (const PerformanceCase& measured : report.cases)
    if (const auto& trouble = measured.measurement.trouble)
      return within(*trouble, "while measuring '" + measured.measurement.label + "'");
  for (const PerformanceCase& measured : report.cases)
    if (measured.comparison && !is_met(options.expectation, measured.comparison->verdict))
      return fail(Code::expectation,
                  fmt::format("'{}' was expected to be {}; found: {}", measured.measurement.label,
                              options.expectation == Expectation::faster ? "faster" : "not slower",
                              verdict_text(*measured.comparison)));
  return 0;
}

Result<int> tune(const Options& options) {
  const Result<TuningResult> result = tool::tune_model(options);
  if (!result) return pass_on(result.error());
  if (options.json != "-") print(to_table(*result));
  if (Result<void> done = write_output(options.json, to_json(*result)); !done)
    return pass_on(done.error());
  return 0;
}

Result<int> run(const std::vector<std::string>& arguments) {
  const Result<Options> options = tool::parse_options(arguments);
  if (!options) return pass_on(options.error());
  if (!options->text.empty()) {
    print(options->text);
    return 0;
  }
  Logger logger(options->log_level);
  for (const std::string& warning : options->warnings) logger.warning(warning);
  const std::array outputs = {options->json, options->csv, options->html};
  if (Result<void> done = tool::check_writable(outputs); !done) return pass_on(done.error());
  if (options->tune) return tune(*options);
  const PerformanceReport report = tool::measure_all(*options);
  if (const Result<void> told = tell(*options, report, logger); !told) return pass_on(told.error());
  return judge(*options, report);
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("perf_test", count, arguments, run);
}
