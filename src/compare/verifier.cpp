#include "compare/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compare/candidate.h"
#include "compare/randomness.h"
#include "compare/unsteadiness.h"
#include "ortopt/ir/load.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

using Outcome = Verification::Outcome;

Signature with_int32_inputs(Signature signature) {
  for (Port& input : signature.inputs)
    if (input.type == DataType::int64) input.type = DataType::int32;
  return signature;
}

Signature with_types(Signature signature, const std::map<std::string, DataType>& types) {
  for (std::vector<Port>* ports : {&signature.inputs, &signature.outputs})
    for (Port& port : *ports)
      if (const auto changed = types.find(port.name); changed != types.end())
        port.type = changed->second;
  return signature;
}

/// The same numbers in other types.
Result<void> convert_feeds(std::vector<NamedTensor>& feeds,
                           const std::map<std::string, DataType>& types) {
  for (NamedTensor& feed : feeds) {
    const auto changed = types.find(feed.name);
    if (changed == types.end()) continue;
    const Tensor half = converted(feed.tensor, changed->second);
    const Result<Tensor::Bytes> bytes = half.bytes();
    if (!bytes) return pass_on(bytes.error());
    feed.tensor = Tensor(half.dtype(), half.dims(), *bytes);
  }
  return {};
}

Result<void> make_int32(std::vector<NamedTensor>& feeds) {
  for (NamedTensor& feed : feeds) {
    if (feed.tensor.dtype() != DataType::int64) continue;
    const Result<std::vector<double>> numbers = feed.tensor.numbers();
    if (!numbers) return pass_on(numbers.error());
    feed.tensor = Tensor::of(DataType::int32, feed.tensor.dims(), *numbers);
  }
  return {};
}

}  // namespace

Verifier::Verifier(Engine& engine, const VerifyOptions& options, std::function<void(Stage)> enter)
    : engine_(engine), options_(options), enter_(std::move(enter)) {
  if (options.approximates) rounding_.coarsest = DataType::float16;
  verdict_.runtime = runtime_label(engine.version(), engine.library());
}

Verification Verifier::run(const std::filesystem::path& original,
                           const std::filesystem::path& result) {
  enter_(Stage::original);
  if (Result<void> done = run_original(original); !done)
    return conclude(Outcome::not_run, done.error().text());
  enter_(Stage::result);
  Verification verdict = run_result(result);
  if (verdict.outcome != Outcome::different || !may_be_rounding()) return verdict;
  enter_(Stage::original);
  return reconsider(original);
}

Verification Verifier::conclude(Outcome outcome, std::string reason) {
  verdict_.outcome = outcome;
  verdict_.reason = std::move(reason);
  return verdict_;
}

Result<std::unique_ptr<Session>> Verifier::open(const std::filesystem::path& path, uint64_t bytes,
                                                RuntimeOptimization optimization) {
  return engine_.open(path, options_for_bytes(bytes, optimization));
}

Result<void> Verifier::run_original(const std::filesystem::path& path) {
  // What the runtime takes and we cannot read is judged by its signature alone.
  const Result<LoadedModel> loaded = load(path, {.allow_outside_data = true});
  const Graph* graph = loaded ? &loaded->model->graph() : nullptr;
  if (graph != nullptr) rounding_.add(*graph);
  original_bytes_ = loaded ? loaded->source.weight_bytes : 0;
  Result<std::unique_ptr<Session>> session = open(path, original_bytes_, RuntimeOptimization::none);
  if (!session)
    return fail(Code::failure, "the runtime refuses the original: " + session.error().text());
  signature_ = std::make_unique<Signature>(**session);
  Result<std::vector<CaseRun>> runs = run_cases(**session, InputPlan((*session)->inputs(), graph),
                                                {options_.seed, options_.padding});
  if (!runs) return pass_on(runs.error());
  expected_ = *std::move(runs);
  if (say_nothing(expected_))
    return fail(Code::failure, "the original gives nothing but not-a-number");
  if (const auto why = graph ? find_randomness(*graph, expected_, **session) : std::nullopt)
    return fail(Code::failure, *why);
  for (const CaseRun& expected : expected_) verdict_.cases.push_back(expected.name);
  return {};
}

Verification Verifier::run_result(const std::filesystem::path& path) {
  uint64_t bytes = 0;
  if (Result<LoadedModel> loaded = load(path, {.allow_outside_data = true})) {
    rounding_.add(loaded->model->graph());
    bytes = loaded->source.weight_bytes;
  }
  Result<std::unique_ptr<Session>> session = open(path, bytes, RuntimeOptimization::all);
  if (!session)
    return conclude(Outcome::different,
                    "the runtime refuses the result: " + session.error().text());
  if (options_.int32_inputs) *signature_ = with_int32_inputs(std::move(*signature_));
  *signature_ = with_types(std::move(*signature_), options_.changed_types);
  if (const auto broken = broken_contract(*signature_, Signature(**session)))
    return conclude(Outcome::different, *broken);
  if (Result<void> done = run_on_cases(**session); !done)
    return conclude(Outcome::different, done.error().text());
  std::vector<Tolerance> tolerances;
  for (const Port& output : signature_->outputs)
    tolerances.push_back(tolerance_for(output.type, rounding_, options_.tolerance));
  compare(tolerances);
  return judge();
}

std::string Verifier::unsteadiness_text() const {
  if (verdict_.unsteadiness == 0) return "";
  return fmt::format(" (by rounding alone, the original itself moves by {:.1e} of its norm)",
                     verdict_.unsteadiness);
}

Verification Verifier::judge() {
  for (const Difference& output : verdict_.outputs)
    if (!output.equal)
      return conclude(Outcome::different, fmt::format("output '{}': {}{}", output.name,
                                                      output.remark, unsteadiness_text()));
  return conclude(Outcome::equal, "");
}

bool Verifier::may_be_rounding() const {
  const bool is_usual = rounding_.coarsest == DataType::float32 && !options_.tolerance.absolute &&
                        !options_.tolerance.relative;
  return is_usual && !verdict_.outputs.empty() &&
         std::ranges::all_of(verdict_.outputs, [](const Difference& output) {
           return output.equal || (output.type == DataType::float32 && output.exceeding > 0 &&
                                   !output.first_non_finite);
         });
}

Verification Verifier::reconsider(const std::filesystem::path& original) {
  Verification before = verdict_;
  Result<std::unique_ptr<Session>> session =
      open(original, original_bytes_, RuntimeOptimization::all);
  if (!session) return before;
  const Result<std::vector<double>> unsteadiness = measure_unsteadiness(**session, expected_);
  if (!unsteadiness) return before;
  std::vector<Tolerance> tolerances;
  for (std::size_t i = 0; i < unsteadiness->size(); ++i) {
    const auto tolerance = tolerance_for_unsteady(signature_->outputs[i].type, (*unsteadiness)[i]);
    verdict_.unsteadiness = std::max(verdict_.unsteadiness, (*unsteadiness)[i]);
    tolerances.push_back(tolerance.value_or(verdict_.outputs[i].tolerance));
  }
  compare(tolerances);
  return judge();
}

Result<void> Verifier::run_on_cases(Session& session) {
  for (const CaseRun& expected : expected_) {
    std::vector<NamedTensor> feeds = expected.feeds;
    if (options_.int32_inputs)
      if (Result<void> done = make_int32(feeds); !done) return done;
    if (Result<void> done = convert_feeds(feeds, options_.changed_types); !done) return done;
    Result<std::vector<NamedTensor>> found = session.run(feeds);
    if (!found)
      return fail(Code::different, fmt::format("the result does not run with {}: {}", expected.name,
                                               found.error().text()));
    found_.push_back(*std::move(found));
  }
  return {};
}

void Verifier::compare(const std::vector<Tolerance>& tolerances) {
  verdict_.outputs.clear();
  verdict_.tolerance = 0;
  for (std::size_t i = 0; i < tolerances.size(); ++i) {
    const Port& output = signature_->outputs[i];
    DifferenceMeter meter(output.name, tolerances[i]);
    verdict_.tolerance = std::max(verdict_.tolerance, tolerances[i].absolute);
    for (std::size_t k = 0; k < expected_.size(); ++k) {
      const Tensor& before = expected_[k].outputs[i].tensor;
      const Tensor& after = found_[k][i].tensor;
      const auto undefined = undefined_elements(expected_[k].inputs, before.dims());
      if (options_.changed_types.contains(output.name))
        meter.add_across_types(expected_[k].name, before, after, undefined);
      else
        meter.add(expected_[k].name, before, after, undefined);
    }
    verdict_.outputs.push_back(meter.result());
  }
}

}  // namespace ortopt
