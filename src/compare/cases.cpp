#include "compare/cases.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "compare/undefined_elements.h"

namespace ortopt {
namespace {

Result<void> run_case(Session& session, const InputPlan& plan, const InputCase& inputs,
                      uint64_t seed, std::vector<CaseRun>& runs) {
  if (std::ranges::find(runs, inputs, &CaseRun::inputs) != runs.end()) return {};
  Result<std::vector<NamedTensor>> feeds = plan.feeds(inputs, seed + runs.size());
  if (!feeds) return pass_on(feeds.error());
  Result<std::vector<NamedTensor>> outputs = session.run(*feeds);
  if (!outputs) return pass_on(outputs.error());
  runs.push_back({inputs, plan.describe(inputs), *std::move(feeds), *std::move(outputs)});
  return {};
}

bool has_nan(const CaseRun& run) {
  return std::ranges::any_of(run.outputs, [&](const NamedTensor& output) {
    return count_nans(output.tensor, run.inputs).any;
  });
}

/// Rows without a key may make a causal model's layers not-a-number beyond their own places.
void drop_undefined_cases(std::vector<CaseRun>& runs) {
  if (std::ranges::all_of(runs, has_nan)) return;
  std::erase_if(
      runs, [](const CaseRun& run) { return run.inputs.padding == Padding::left && has_nan(run); });
}

/// The case with the padding that is left under the promise.
InputCase as_promised(InputCase inputs, PaddingPromise promise) {
  if (promise == PaddingPromise::none) inputs.padding = Padding::none;
  if (promise == PaddingPromise::at_the_end && inputs.padding == Padding::left)
    inputs.padding = Padding::right;
  return inputs;
}

}  // namespace

Result<std::vector<CaseRun>> run_cases(Session& session, const InputPlan& plan,
                                       const CaseOptions& options) {
  std::vector<CaseRun> runs;
  std::optional<Error> first_error;
  bool ran_as_read = false;
  for (const InputCase& planned : plan.cases()) {
    const InputCase inputs = as_promised(planned, options.padding);
    const Result<void> done = run_case(session, plan, inputs, options.seed, runs);
    if (done) {
      ran_as_read = true;
      continue;
    }
    if (!first_error) first_error = done.error();
    // Once the dimensions are known to be read rightly, a case that fails is too long, or the like.
    if (ran_as_read) continue;
    for (const InputCase& other : plan.alternatives(inputs))
      if (run_case(session, plan, other, options.seed, runs)) break;
  }
  if (runs.empty())
    return fail(Code::failure,
                "no inputs were found that the original runs with: " + first_error->text());
  drop_undefined_cases(runs);
  return runs;
}

bool say_nothing(const std::vector<CaseRun>& runs) {
  return std::ranges::all_of(runs, [](const CaseRun& run) {
    return std::ranges::all_of(run.outputs, [&](const NamedTensor& output) {
      return count_nans(output.tensor, run.inputs).all;
    });
  });
}

DifferenceMeter::Excluded undefined_elements(const InputCase& inputs,
                                             const std::vector<int64_t>& dims) {
  if (inputs.padding != Padding::left) return {};
  return [undefined = std::make_shared<const UndefinedElements>(inputs, dims)](int64_t element) {
    return undefined->contains(element);
  };
}

}  // namespace ortopt
