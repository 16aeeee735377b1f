#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>

#include "commands.h"
#include "ortopt/ir/text.h"
#include "tools/common/progress.h"

namespace ortopt::tool {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<void> write_report(const Options& options, const Report& report) {
  if (options.report.empty()) return {};
  const std::string json = to_json(report);
  if (options.report == "-") {
    print(json);
    return {};
  }
  std::ofstream file(options.report, std::ios::binary);
  file << json << std::flush;
  if (!file)
    return fail(Code::failure, "report '" + options.report.string() + "' cannot be written");
  return {};
}

bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code unknown;
  return std::filesystem::weakly_canonical(one, unknown) ==
         std::filesystem::weakly_canonical(other, unknown);
}

/// Before any work: whether the report has a place of its own to go to.
Result<void> check_report_path(const Options& options) {
  if (options.report.empty() || options.report == "-") return {};
  const std::string name = "report '" + options.report.string() + "'";
  if (is_same_file(options.report, options.request.input) ||
      is_same_file(options.report, options.request.output))
    return fail(Code::usage, name + " would overwrite a model");
  const std::filesystem::path folder = std::filesystem::absolute(options.report).parent_path();
  std::error_code missing;
  if (std::filesystem::is_directory(folder, missing)) return {};
  return fail(Code::failure, name + " cannot be written: its folder is missing");
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
  if (const Result<void> checked = check_report_path(options); !checked)
    return pass_on(checked.error());
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
  if (const Result<void> written = write_report(options, *report); !written)
    return pass_on(written.error());
  if (!report->problem) return 0;
  std::fprintf(stderr, "ort-opt: %s\n", report->problem->text().c_str());
  return static_cast<int>(report->problem->code);
}

}  // namespace ortopt::tool
