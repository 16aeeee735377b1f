#include "tests/support/conversion_check.h"

#include <memory>

#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"
#include "ortopt/pass/pass_manager.h"
#include "ortopt/precision/stages.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"

namespace ortopt::test_support {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

AssertionResult convert(Model& model, const PrecisionOptions& options, Facts& facts) {
  Pipeline pipeline;
  add_precision_stages(options, pipeline);
  Logger silent(LogLevel::off);
  RunOptions run;
  run.verify_each_pass = true;
  const Result<void> done = run_pipeline(pipeline, model, run, facts, silent);
  if (!done) return AssertionFailure() << done.error().text();
  return AssertionSuccess();
}

/// Whether a second conversion leaves the result of the first as it is.
AssertionResult stops_at(Model& result, const PrecisionOptions& options) {
  Facts facts;
  const std::string once = canonical_text(result.graph());
  if (const AssertionResult done = convert(result, options, facts); !done) return done;
  const std::string twice = canonical_text(result.graph());
  if (once == twice) return AssertionSuccess();
  return AssertionFailure() << "a second conversion changes the result:\n"
                            << line_diff(once, twice);
}

AssertionResult converts(std::string_view before, const std::string_view* after,
                         PrecisionOptions options, Facts* facts) {
  if (options.precision == Precision::float32) options.precision = Precision::float16;
  const auto original = model_of(before);
  const auto model = model_of(before);
  Facts own;
  if (const AssertionResult done = convert(*model, options, facts != nullptr ? *facts : own); !done)
    return done;
  if (after != nullptr)
    if (const AssertionResult same = same_graph(*after, model->graph()); !same) return same;
  if (const AssertionResult same = same_results_in(options.half_type(), *original, *model); !same)
    return AssertionFailure() << same.message() << "\n" << to_text(*model);
  return stops_at(*model, options);
}

}  // namespace

AssertionResult converts(std::string_view before, std::string_view after, PrecisionOptions options,
                         Facts* facts) {
  return converts(before, &after, std::move(options), facts);
}

AssertionResult converts_soundly(std::string_view before, PrecisionOptions options, Facts* facts) {
  return converts(before, nullptr, std::move(options), facts);
}

::testing::AssertionResult converts_in_every_way(std::string_view graph,
                                                 const std::vector<std::string>& operators) {
  for (const bool keep_io_types : {true, false}) {
    std::vector<std::vector<std::string>> choices = {{}};
    for (const std::string& op : operators) choices.push_back({op});
    choices.push_back(operators);
    for (const std::vector<std::string>& keep : choices)
      if (auto sound = converts_soundly(graph, {.keep_io_types = keep_io_types, .keep = keep});
          !sound)
        return sound << "\nkeep_io_types " << keep_io_types << ", kept "
                     << ::testing::PrintToString(keep);
  }
  return ::testing::AssertionSuccess();
}

}  // namespace ortopt::test_support
