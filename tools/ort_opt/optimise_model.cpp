#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "commands.h"
#include "ortopt/ir/result_file.h"
#include "ortopt/ir/text.h"
#include "tools/common/output.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"

namespace ortopt::tool {
namespace {

bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code unknown;
  return std::filesystem::weakly_canonical(one, unknown) ==
         std::filesystem::weakly_canonical(other, unknown);
}

/// Before any work: the place that the report will go to. Nothing when it goes to stdout, or when
/// there is none.
Result<std::optional<ResultFile>> open_report(const Options& options) {
  if (options.report.empty() || options.report == "-") return std::nullopt;
  if (is_same_file(options.report, options.request.input) ||
      is_same_file(options.report, options.request.output))
    return fail(Code::usage, "report '" + options.report.string() + "' would overwrite a model");
  Result<ResultFile> file = ResultFile::open(options.report);
  if (!file) return within(file.error(), "while opening the report");
  return std::move(*file);
}

Result<void> write_report(const Options& options, std::optional<ResultFile>& file,
                          const Report& report) {
  if (options.report == "-") print(to_json(report));
  return file ? file->write(to_json(report)) : Result<void>();
}

/// What goes to stdout besides a JSON report or a dump, which have it for themselves.
void print_for_people(const Options& options, const Report& report) {
  if (options.explain == Options::Explain::json) return print(to_explanation_json(report));
  if (options.dump || options.report == "-") return;
  print(to_table(report));
  if (options.explain == Options::Explain::table) print("\n" + to_explanation(report));
}

}  // namespace

Result<int> optimise_model(const Options& options) {
  Result<std::optional<ResultFile>> report_file = open_report(options);
  if (!report_file) return pass_on(report_file.error());
  Logger logger(options.log_level);
  for (const std::string& warning : options.warnings) logger.warning(warning);

  Progress progress;
  OptimiseRequest request = options.request;
  request.progress = [&](std::string_view doing) { progress.tell(doing); };
  if (options.dump) request.inspect = [](const Model& model) { print(to_text(model)); };
  const Result<Report> report = optimise(request, logger);
  progress.end();
  if (!report) return pass_on(report.error());

  for (const std::string& warning : report->facts.warnings) logger.warning(warning);
  print_for_people(options, *report);
  if (const Result<void> written = write_report(options, *report_file, *report); !written)
    return pass_on(written.error());
  if (!report->problem) return 0;
  return complain("ort-opt", *report->problem);
}

}  // namespace ortopt::tool
