#include "compare/comparer.h"

#include <fmt/format.h>

#include <utility>

#include "compare/feeds.h"
#include "ortopt/ir/load.h"

namespace ortopt {

Comparer::Comparer(Engine& engine, const ComparisonRequest& request,
                   std::function<void(ModelRole)> enter)
    : engine_(engine), request_(request), enter_(std::move(enter)) {
  comparison_.runtime =
      fmt::format("ONNX Runtime {} ({})", engine.version(), engine.library().string());
}

Comparison Comparer::run() {
  Result<void> done;
  for (const auto step :
       {&Comparer::open_baseline, &Comparer::open_other, &Comparer::compare_samples}) {
    done = (this->*step)();
    if (!done) break;
  }
  for (const DifferenceMeter& meter : meters_) comparison_.outputs.push_back(meter.result());
  conclude(done);
  return std::move(comparison_);
}

void Comparer::conclude(const Result<void>& done) {
  using Outcome = Comparison::Outcome;
  const auto say = [&](Outcome outcome, std::string reason) {
    comparison_.outcome = outcome;
    comparison_.reason = std::move(reason);
  };
  if (!done && done.error().code != Code::different) {
    comparison_.cause = done.error().code;
    return say(Outcome::not_run, done.error().text());
  }
  if (!comparison_.match.differences.empty())
    return say(Outcome::different, comparison_.match.differences.front());
  if (!done) return say(Outcome::different, done.error().text());
  for (const Difference& output : comparison_.outputs)
    if (!output.equal)
      return say(Outcome::different, fmt::format("output '{}': {}", output.name, output.remark));
  say(Outcome::equal, "");
}

Result<void> Comparer::open_baseline() {
  enter_(ModelRole::baseline);
  Result<LoadedModel> loaded = load(request_.baseline, {.allow_outside_data = true});
  if (!loaded) return pass_on(loaded.error());
  rounding_.add(loaded->model->graph());
  SessionOptions options = request_.session;
  options.optimization = request_.baseline_optimization;
  Result<std::unique_ptr<Session>> session = engine_.open(request_.baseline, options);
  if (!session) return within(session.error(), "while the runtime opened the baseline");
  baseline_ = *std::move(session);
  comparison_.baseline = Signature(*baseline_);
  Result<Samples> samples =
      Samples::choose(request_.inputs, request_.seed, *baseline_, &loaded->model->graph());
  if (!samples) return pass_on(samples.error());
  samples_ = *std::move(samples);
  comparison_.notes = samples_->notes();
  return {};
}

Result<void> Comparer::open_other() {
  enter_(ModelRole::other);
  const Result<LoadedModel> loaded = load(request_.other, {.allow_outside_data = true});
  if (!loaded) return pass_on(loaded.error());
  rounding_.add(loaded->model->graph());
  Result<std::unique_ptr<Session>> session = engine_.open(request_.other, request_.session);
  if (!session)
    return fail(Code::different, "the runtime refuses the other model: " + session.error().text());
  other_ = *std::move(session);
  comparison_.other = Signature(*other_);
  Result<SignatureMatch> match =
      match_signatures(comparison_.baseline, comparison_.other, request_.mapping);
  if (!match) return pass_on(match.error());
  comparison_.match = *std::move(match);
  for (const PortPair& pair : comparison_.match.outputs) {
    const Port& port = comparison_.baseline.outputs[pair.baseline];
    meters_.emplace_back(port.name, tolerance_for(port.type, rounding_, request_.tolerance));
  }
  return {};
}

Result<void> Comparer::compare_samples() {
  for (std::size_t i = 0; i < samples_->count(); ++i) {
    const Result<Samples::Sample> sample = samples_->get(i);
    if (!sample) return pass_on(sample.error());
    if (Result<void> done = compare_sample(*sample); !done) return done;
    comparison_.samples.push_back(sample->name);
  }
  return {};
}

Result<void> Comparer::compare_sample(const Samples::Sample& sample) {
  Result<std::vector<NamedTensor>> feeds =
      translate_feeds(sample.feeds, comparison_.baseline, comparison_.other, comparison_.match);
  if (!feeds) return pass_on(feeds.error());
  enter_(ModelRole::baseline);
  const Result<std::vector<NamedTensor>> expected = baseline_->run(sample.feeds);
  if (!expected) return within(expected.error(), "while the baseline was run with " + sample.name);
  enter_(ModelRole::other);
  const Result<std::vector<NamedTensor>> found = other_->run(*feeds);
  if (!found)
    return fail(Code::different, fmt::format("the other model does not run with {}: {}",
                                             sample.name, found.error().text()));
  if (!compare_outputs(sample, *expected, *found)) comparison_.failed.push_back(sample.name);
  return {};
}

bool Comparer::compare_outputs(const Samples::Sample& sample,
                               const std::vector<NamedTensor>& expected,
                               const std::vector<NamedTensor>& found) {
  bool is_equal = true;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const PortPair& pair = comparison_.match.outputs[i];
    const Tensor& one = expected[pair.baseline].tensor;
    const Tensor& two = found[pair.other].tensor;
    const auto excluded = undefined_elements(sample.inputs, one.dims());
    // Other types are a difference of the signature, or were mapped on purpose.
    if (is_floating(one.dtype()) && is_floating(two.dtype()))
      is_equal &= meters_[i].add_across_types(sample.name, one, two, excluded);
    else
      is_equal &= meters_[i].add(sample.name, one, two, excluded);
  }
  return is_equal;
}

}  // namespace ortopt
