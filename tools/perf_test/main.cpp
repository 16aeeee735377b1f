#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <set>

#include "measuring.h"
#include "options.h"
#include "ortopt/report/performance.h"
#include "ortopt/report/tuning.h"
#include "tools/common/run_tool.h"

namespace {

using namespace ortopt;  // NOLINT(google-build-using-namespace): this file is a program
using ortopt::tool::Expectation;
using ortopt::tool::Options;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<void> write(const std::filesystem::path& path, const std::string& text) {
  if (path.empty()) return {};
  if (path == "-") {
    print(text);
    return {};
  }
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return fail(Code::failure, "'" + path.string() + "' cannot be written");
  return {};
}

/// A file that could not be written after an hour of measuring is better known before it.
Result<void> check_writable(const Options& options) {
  for (const std::filesystem::path& path : {options.json, options.csv, options.html}) {
    if (path.empty() || path == "-") continue;
    if (!std::ofstream(path, std::ios::app))
      return fail(Code::failure, "'" + path.string() + "' cannot be written");
  }
  return {};
}

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
  if (const Result<void> written = write(path, to_incumbent_file(report)); !written)
    logger.warning(written.error().text() + "; --results names another folder");
  else if (options.json != "-" && options.csv != "-")
    print("\nTest summary is saved to " + path.string() + "\n");
}

Result<void> tell(const Options& options, const PerformanceReport& report, Logger& logger) {
  if (options.json != "-" && options.csv != "-") print(report.runtime + "\n\n" + to_table(report));
  if (Result<void> done = write(options.json, to_json(report)); !done) return done;
  if (Result<void> done = write(options.csv, to_csv(report)); !done) return done;
  if (!options.html.empty())
    if (Result<void> done = write(options.html, to_html(report)); !done) return done;
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
  if (Result<void> done = write(options.json, to_json(*result)); !done)
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
  if (Result<void> done = check_writable(*options); !done) return pass_on(done.error());
  if (options->tune) return tune(*options);
  const PerformanceReport report = tool::measure_all(*options);
  if (const Result<void> told = tell(*options, report, logger); !told) return pass_on(told.error());
  return judge(*options, report);
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("perf_test", count, arguments, run);
}
