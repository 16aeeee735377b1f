#include <string>
#include <vector>

#include "options.h"
#include "ortopt/base/version.h"
#include "ortopt/report/comparison_report.h"
#include "tools/common/output.h"
#include "tools/common/run_tool.h"

namespace {

using ortopt::Code;
using ortopt::Comparison;
using ortopt::ComparisonReport;
using ortopt::Result;
using ortopt::tool::Options;
using ortopt::tool::print;
using ortopt::tool::write_output;

Result<void> tell(const Options& options, const ComparisonReport& report) {
  if (options.report == "-")
    print(to_json(report));
  else
    print(to_table(report));
  if (!options.page.empty())
    if (Result<void> written = write_output(options.page, to_page(report)); !written)
      return written;
  if (options.report.empty() || options.report == "-") return {};
  return write_output(options.report, to_json(report));
}

Result<int> run(const std::vector<std::string>& arguments) {
  const Result<Options> options = ortopt::tool::parse_options(arguments);
  if (!options) return ortopt::pass_on(options.error());
  if (!options->text.empty()) {
    print(options->text);
    return 0;
  }
  ortopt::Logger logger(options->log_level);
  for (const std::string& warning : options->warnings) logger.warning(warning);
  ComparisonReport report{std::string(ortopt::version()), options->request.baseline.string(),
                          options->request.other.string(), compare_models(options->request)};
  const Comparison& comparison = report.comparison;
  if (comparison.outcome == Comparison::Outcome::not_run)
    return ortopt::fail(comparison.cause, comparison.reason);
  if (const Result<void> told = tell(*options, report); !told) return ortopt::pass_on(told.error());
  if (comparison.is_equal()) return 0;
  return ortopt::tool::complain("compare_results", {Code::different, comparison.reason, {}});
}

}  // namespace

int main(int count, char** arguments) {
  return ortopt::tool::run_tool("compare_results", count, arguments, run);
}
