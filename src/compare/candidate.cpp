#include "compare/candidate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "compare/probe.h"
#include "ortopt/ir/load.h"

namespace ortopt {
namespace {

using Outcome = Verification::Outcome;

/// The names that a model has a value of its main graph for.
Result<std::set<std::string>> names_in(const std::filesystem::path& model) {
  const Result<LoadedModel> loaded = load(model, {.allow_outside_data = true});
  if (!loaded) return pass_on(loaded.error());
  std::set<std::string> names;
  for (const Node& node : loaded->model->graph().nodes())
    for (const Value* output : node.outputs())
      if (output != nullptr) names.insert(output->name());
  return names;
}

double difference_of(const Tensor& expected, const Tensor& found, const InputCase& inputs) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (expected.dims() != found.dims()) return infinity;
  DifferenceMeter meter("", {});
  meter.add_across_types("", expected, found, undefined_elements(inputs, expected.dims()));
  const Difference difference = meter.result();
  const bool is_other = difference.first_non_finite.has_value();
  return is_other || std::isnan(difference.relative_norm) ? infinity : difference.relative_norm;
}

Result<void> run_case(Session& session, const CaseRun& expected,
                      std::vector<DifferenceMeter>& meters) {
  const Result<std::vector<NamedTensor>> found = session.run(expected.feeds);
  if (!found)
    return fail(Code::different,
                fmt::format("it does not run with {}: {}", expected.name, found.error().text()));
  if (found->size() != expected.outputs.size())
    return fail(Code::different, "it has another number of outputs");
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Tensor& before = expected.outputs[i].tensor;
    const auto undefined = undefined_elements(expected.inputs, before.dims());
    meters[i].add(expected.name, before, (*found)[i].tensor, undefined);
  }
  return {};
}

Verification different(std::string reason) {
  Verification verdict;
  verdict.outcome = Outcome::different;
  verdict.reason = std::move(reason);
  return verdict;
}

}  // namespace

SessionOptions options_for_bytes(uint64_t weight_bytes, RuntimeOptimization optimization) {
  constexpr uint64_t small_bytes = 50'000'000;
  return {.optimization = optimization,
          .intra_op_threads = weight_bytes < small_bytes ? 1 : 0,
          .spinning = false};
}

Verification measure_candidate(Engine& engine, const std::filesystem::path& candidate,
                               const std::vector<CaseRun>& expected, const Rounding& rounding,
                               const ToleranceRequest& request) {
  uint64_t bytes = 0;
  if (const Result<LoadedModel> loaded = load(candidate, {.allow_outside_data = true}))
    bytes = loaded->source.weight_bytes;
  const Result<std::unique_ptr<Session>> session =
      engine.open(candidate, options_for_bytes(bytes, RuntimeOptimization::none));
  if (!session) return different("the runtime refuses it: " + session.error().text());
  Verification verdict;
  std::vector<DifferenceMeter> meters;
  for (const NamedTensor& output : expected.front().outputs) {
    const Tolerance tolerance = tolerance_for(output.tensor.dtype(), rounding, request);
    meters.emplace_back(output.name, tolerance);
    verdict.tolerance = std::max(verdict.tolerance, tolerance.absolute);
  }
  for (const CaseRun& each : expected)
    if (const Result<void> done = run_case(**session, each, meters); !done)
      return different(done.error().text());
  verdict.outcome = Outcome::equal;
  for (const DifferenceMeter& meter : meters) {
    verdict.outputs.push_back(meter.result());
    const Difference& output = verdict.outputs.back();
    if (output.equal || verdict.outcome == Outcome::different) continue;
    verdict.outcome = Outcome::different;
    verdict.reason = fmt::format("output '{}': {}", output.name, output.remark);
  }
  return verdict;
}

Result<std::map<std::string, double>> compare_inside(Engine& engine, const ProbedModels& models,
                                                     const std::vector<std::string>& values,
                                                     const CaseRun& inputs) {
  std::vector<std::string> common = values;
  for (const auto& path : {models.model, models.candidate}) {
    const Result<std::set<std::string>> names = names_in(path);
    if (!names) return pass_on(names.error());
    std::erase_if(common, [&](const std::string& name) { return !names->contains(name); });
  }
  // The runtime's own fusions would go around the values that are looked at.
  const SessionOptions options = options_for_bytes(0, RuntimeOptimization::none);
  const Result<std::vector<Tensor>> expected =
      Probe(engine, models.model, options, models.folder).run(inputs.feeds, common);
  if (!expected) return pass_on(expected.error());
  const Result<std::vector<Tensor>> found =
      Probe(engine, models.candidate, options, models.folder).run(inputs.feeds, common);
  if (!found) return pass_on(found.error());
  std::map<std::string, double> differences;
  for (std::size_t i = 0; i < common.size(); ++i)
    differences[common[i]] = difference_of((*expected)[i], (*found)[i], inputs.inputs);
  return differences;
}

}  // namespace ortopt
