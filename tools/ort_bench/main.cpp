#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "options.h"
#include "ortopt/base/logger.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/report/html_page.h"
#include "tables.h"
#include "tools/common/output.h"
#include "tools/common/progress_line.h"
#include "tools/common/run_tool.h"
#include "variants.h"

namespace {

using namespace ortopt;  // NOLINT(google-build-using-namespace): this file is a program
using ortopt::tool::BenchCase;
using ortopt::tool::BenchFile;
using ortopt::tool::BenchModel;
using ortopt::tool::Options;
using ortopt::tool::Variant;

/// All variants of a model in one setting, in turns.
std::vector<BenchCase> measure_variants(const Options& options, const BenchModel& model,
                                        const std::vector<Variant>& variants,
                                        const PerformanceCase& setting,
                                        FunctionRef<void(const Progress&)> progress) {
  std::vector<BenchCase> cases;
  std::vector<std::unique_ptr<Subject>> subjects;
  std::vector<LabelledSubject> labelled;
  std::vector<std::size_t> measured;
  for (const Variant& variant : variants) {
    BenchCase one{model, variant, setting};
    one.measured.model = variant.file;
    one.measured.measurement.trouble = variant.trouble;
    one.measured.measurement.label =
        fmt::format("{} {} {}", model.stem, variant.engine, variant.optimizer);
    if (!variant.trouble) {
      subjects.push_back(subject_of(options, model, variant, setting));
      labelled.push_back({one.measured.measurement.label, subjects.back().get()});
      measured.push_back(cases.size());
    }
    cases.push_back(std::move(one));
  }
  std::vector<Measurement> measurements = measure(labelled, options.schedule, progress);
  for (std::size_t i = 0; i < measured.size(); ++i)
    cases[measured[i]].measured.measurement = std::move(measurements[i]);
  const Measurement& first = cases.front().measured.measurement;
  for (BenchCase& one : cases)
    if (&one != &cases.front() && !first.trouble && !one.measured.measurement.trouble)
      one.measured.comparison = compare_speed(first, one.measured.measurement);
  return cases;
}

/// Goes through the matrix.
class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  Result<void> run() {
    Result<std::vector<BenchModel>> models = tool::find_models(options_);
    if (!models) return pass_on(models.error());
    settings_ = models->size() * options_.threads.size() * options_.batch_sizes.size() *
                options_.sequence_lengths.size();
    for (const BenchModel& model : *models) run_model(model);
    return {};
  }

  [[nodiscard]] const std::vector<BenchCase>& cases() const { return cases_; }
  [[nodiscard]] const std::vector<BenchFile>& files() const { return files_; }

 private:
  void run_model(const BenchModel& model) {
    line_.tell(model.name + ": making files");
    const std::vector<Variant> variants = make_variants(options_, model);
    for (const Variant& variant : variants)
      if (!variant.file.empty()) files_.push_back({model, variant});
    for (const std::size_t threads : options_.threads)
      for (const int64_t batch : options_.batch_sizes)
        for (const int64_t sequence : options_.sequence_lengths) {
          if (batch == 0 || variants.empty()) continue;
          PerformanceCase setting;
          setting.options = options_.session;
          setting.options.intra_op_threads = static_cast<int>(threads);
          setting.threads = threads;
          setting.inputs.batch = batch;
          setting.inputs.sequence = sequence;
          setting.test_times = options_.schedule.runs;
          run_setting(model, variants, setting);
        }
  }

  void run_setting(const BenchModel& model, const std::vector<Variant>& variants,
                   const PerformanceCase& setting) {
    const auto draw = [&](const Progress& progress) {
      line_.tell(fmt::format("[{}/{}] {}, {}: {:.0f} %, {} left", done_ + 1, settings_, model.stem,
                             setting_text(setting), 100 * progress.done,
                             tool::format_time_left(progress.seconds_left)));
    };
    for (BenchCase& one : measure_variants(options_, model, variants, setting, draw))
      cases_.push_back(std::move(one));
    ++done_;
  }

  const Options& options_;
  tool::ProgressLine line_;
  std::size_t settings_ = 0;
  std::size_t done_ = 0;
  std::vector<BenchCase> cases_;
  std::vector<BenchFile> files_;
};

/// What makes one trust the numbers less.
std::vector<std::string> doubts_of(const std::vector<BenchCase>& cases) {
  PerformanceReport report;
  report.machine = this_machine();
  for (const BenchCase& one : cases) report.cases.push_back(one.measured);
  std::vector<std::string> found = doubts(report);
  for (const BenchCase& one : cases)
    for (const std::string& remark : one.model.remarks)
      if (std::ranges::find(found, remark) == found.end()) found.push_back(remark);
  return found;
}

std::string page_of(const std::vector<BenchCase>& cases) {
  HtmlPage page("ort-bench");
  page.section("Median latency in ms, by batch size and length");
  for (Plot& plot : latency_plots(cases)) page.plot(std::move(plot));
  page.table(latency_matrix(cases)).section("All measurements").table(latency_table(cases));
  const std::vector<std::string> doubts = doubts_of(cases);
  if (!doubts.empty()) page.section("Doubts");
  for (const std::string& doubt : doubts) page.paragraph(doubt);
  page.section("Machine").facts(described(this_machine()));
  return page.render();
}

Result<void> tell(const Options& options, const Bench& bench) {
  const std::vector<BenchCase>& cases = bench.cases();
  if (!cases.empty()) {
    std::string text = to_text(latency_table(cases));
    const std::vector<std::string> doubts = doubts_of(cases);
    if (!doubts.empty()) text += "\nDoubts\n";
    for (const std::string& doubt : doubts) text += "  " + doubt + "\n";
    tool::print(text);
  }
  const std::string markdown =
      to_markdown(latency_matrix(cases)) + "\n" + to_markdown(latency_table(cases));
  const tool::BenchFiles& files = options.files;
  for (const auto& [path, text] :
       {std::pair(files.detail_csv, to_csv(detail_table(cases))),
        std::pair(files.result_csv, to_csv(summary_table(cases))),
        std::pair(files.fusion_csv, to_csv(fusion_table(bench.files()))),
        std::pair(files.markdown, markdown), std::pair(files.html, page_of(cases))})
    if (Result<void> written = tool::write_output(path, text); !written) return written;
  return {};
}

Result<int> run(const std::vector<std::string>& arguments) {
  const Result<Options> options = tool::parse_options(arguments);
  if (!options) return pass_on(options.error());
  if (!options->text.empty()) {
    tool::print(options->text);
    return 0;
  }
  Logger logger(LogLevel::warning);
  for (const std::string& warning : options->warnings) logger.warning(warning);
  const tool::BenchFiles& files = options->files;
  const std::array<std::filesystem::path, 5> outputs = {
      files.detail_csv, files.result_csv, files.fusion_csv, files.markdown, files.html};
  if (Result<void> done = tool::check_writable(outputs); !done) return pass_on(done.error());
  Bench bench(*options);
  if (const Result<void> done = bench.run(); !done) return pass_on(done.error());
  if (const Result<void> told = tell(*options, bench); !told) return pass_on(told.error());
  for (const BenchFile& file : bench.files())
    if (file.variant.trouble) return pass_on(*file.variant.trouble);
  for (const BenchCase& one : bench.cases())
    if (const auto& trouble = one.measured.measurement.trouble)
      return within(*trouble, "while measuring '" + one.measured.measurement.label + "'");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("ort-bench", count, arguments, run);
}
