#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "options.h"
#include "ortopt/measure/speed_comparison.h"
#include "ortopt/measure/subjects.h"
#include "ortopt/optimise/optimise.h"
#include "ortopt/report/html_page.h"
#include "tables.h"
#include "tools/common/progress_line.h"
#include "tools/common/run_tool.h"

namespace {

using namespace ortopt;  // NOLINT(google-build-using-namespace): this file is a program
using ortopt::tool::BenchCase;
using ortopt::tool::Options;

Result<void> write(const std::filesystem::path& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return fail(Code::failure, "'" + path.string() + "' cannot be written");
  return {};
}

/// One way to run a model.
struct Variant {
  std::string optimizer;
  std::filesystem::path file;
};

Result<std::vector<Variant>> variants_of(const Options& options,
                                         const std::filesystem::path& model) {
  std::vector<Variant> variants;
  for (const std::string& optimizer : options.optimizers) {
    Variant variant{optimizer, model};
    if (optimizer == "by_script") {
      variant.file = options.onnx_folder / (model.stem().string() + ".opt.onnx");
      OptimiseRequest request;
      request.input = model;
      request.output = variant.file;
      request.runtime.explicit_path = options.runtime;
      Logger logger(LogLevel::warning);
      Result<Report> report = optimise(request, logger);
      if (!report) return pass_on(report.error());
      if (report->output.empty() && report->problem) return pass_on(*report->problem);
    }
    variants.push_back(std::move(variant));
  }
  return variants;
}

/// All variants of a model in one setting, in turns.
std::vector<BenchCase> measure_variants(const Options& options, const std::string& name,
                                        const std::vector<Variant>& variants,
                                        const PerformanceCase& setting,
                                        FunctionRef<void(const Progress&)> progress) {
  std::vector<std::unique_ptr<Subject>> subjects;
  std::vector<LabelledSubject> labelled;
  for (const Variant& variant : variants) {
    subjects.push_back(make_subject(ModelSetting{.model = variant.file,
                                                 .runtime = options.runtime,
                                                 .options = setting.options,
                                                 .inputs = setting.inputs}));
    labelled.push_back({name + " " + variant.optimizer, subjects.back().get()});
  }
  std::vector<Measurement> measurements = measure(labelled, options.schedule, progress);
  std::vector<BenchCase> cases;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    BenchCase one{name, variants[i].optimizer, setting};
    one.measured.model = variants[i].file;
    if (i > 0 && !measurements[0].trouble && !measurements[i].trouble)
      one.measured.comparison = compare_speed(measurements[0], measurements[i]);
    one.measured.measurement = measurements[i];
    cases.push_back(std::move(one));
  }
  return cases;
}

Result<std::vector<BenchCase>> measure_all(const Options& options) {
  std::vector<BenchCase> all;
  tool::ProgressLine line;
  const std::size_t settings = options.models.size() * options.threads.size() *
                               options.batch_sizes.size() * options.sequence_lengths.size();
  std::size_t done = 0;
  for (const std::filesystem::path& model : options.models) {
    Result<std::vector<Variant>> variants = variants_of(options, model);
    if (!variants) return within(variants.error(), "while optimising '" + model.string() + "'");
    for (const std::size_t threads : options.threads)
      for (const int64_t batch : options.batch_sizes)
        for (const int64_t sequence : options.sequence_lengths) {
          PerformanceCase setting;
          setting.options = options.session;
          setting.options.intra_op_threads = static_cast<int>(threads);
          setting.threads = threads;
          setting.inputs.batch = batch;
          setting.inputs.sequence = sequence;
          setting.test_times = options.test_times;
          const auto draw = [&](const Progress& progress) {
            line.tell(fmt::format("[{}/{}] {}, {}: {:.0f} %, {} left", done + 1, settings,
                                  model.stem().string(), setting_text(setting), 100 * progress.done,
                                  tool::format_time_left(progress.seconds_left)));
          };
          for (BenchCase& one :
               measure_variants(options, model.stem().string(), *variants, setting, draw))
            all.push_back(std::move(one));
          ++done;
        }
  }
  return all;
}

std::string page_of(const std::vector<BenchCase>& cases) {
  HtmlPage page("ort-bench");
  page.section("Mean latency in ms, by batch size and length")
      .table(summary_table(cases))
      .section("All measurements")
      .table(latency_table(cases));
  page.section("Machine").facts(described(this_machine()));
  return page.render();
}

Result<int> run(const std::vector<std::string>& arguments) {
  const Result<Options> options = tool::parse_options(arguments);
  if (!options) return pass_on(options.error());
  if (!options->text.empty()) {
    std::fputs(options->text.c_str(), stdout);
    return 0;
  }
  const Result<std::vector<BenchCase>> cases = measure_all(*options);
  if (!cases) return pass_on(cases.error());
  std::fputs(to_text(latency_table(*cases)).c_str(), stdout);
  const std::string markdown =
      to_markdown(summary_table(*cases)) + "\n" + to_markdown(latency_table(*cases));
  for (const auto& [path, text] :
       {std::pair(options->detail_csv, to_csv(detail_table(*cases))),
        std::pair(options->result_csv, to_csv(summary_table(*cases))),
        std::pair(options->markdown, markdown), std::pair(options->html, page_of(*cases))})
    if (const Result<void> written = write(path, text); !written) return pass_on(written.error());
  for (const BenchCase& one : *cases)
    if (const auto& trouble = one.measured.measurement.trouble)
      return within(*trouble, "while measuring '" + one.measured.model.string() + "'");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("ort-bench", count, arguments, run);
}
