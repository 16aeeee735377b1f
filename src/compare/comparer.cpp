#include "compare/comparer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compare/bisector.h"
#include "compare/feeds.h"
#include "ortopt/engine/input_files.h"
#include "ortopt/ir/load.h"

namespace ortopt {

Comparer::Comparer(Engine& engine, const ComparisonRequest& request, std::filesystem::path folder,
                   std::function<void(ModelRole)> enter)
    : engine_(engine), request_(request), folder_(std::move(folder)), enter_(std::move(enter)) {
  comparison_.runtime = runtime_label(engine.version(), engine.library());
}

Comparison Comparer::run() {
  Result<void> done;
  for (const auto step :
       {&Comparer::open_baseline, &Comparer::run_baseline_ahead, &Comparer::open_other,
        &Comparer::open_stored_outputs, &Comparer::match, &Comparer::compare_samples}) {
    done = (this->*step)();
    if (!done) break;
  }
  for (const DifferenceMeter& meter : meters_) comparison_.outputs.push_back(meter.result());
  if (done && request_.bisect == Bisect::when_different) done = bisect();
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

bool Comparer::has_stored_baseline() const {
  return std::filesystem::is_directory(request_.baseline);
}

Result<void> Comparer::open_baseline() {
  if (has_stored_baseline()) return {};
  enter_(ModelRole::baseline);
  Result<LoadedModel> loaded = load(request_.baseline, {.allow_outside_data = true});
  if (!loaded) return pass_on(loaded.error());
  rounding_.add(loaded->model->graph());
  baseline_bytes_ = loaded->source.weight_bytes;
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

Result<void> Comparer::run_baseline_ahead() {
  // Step by step, each model needs what it gave before.
  if (has_stored_baseline() || request_.steps > 0) return {};
  constexpr uint64_t always_fitting = 64'000'000;
  const uint64_t most = std::max(baseline_bytes_, always_fitting);
  std::deque<std::vector<NamedTensor>> ahead;
  bool is_fitting = true;
  for (std::size_t i = 0; i < samples_->count() && is_fitting; ++i) {
    const Result<Samples::Sample> sample = samples_->get(i);
    if (!sample) return pass_on(sample.error());
    Result<std::vector<NamedTensor>> outputs = expected_outputs(*sample);
    if (!outputs) return pass_on(outputs.error());
    uint64_t bytes = 0;
    for (const NamedTensor& output : *outputs) bytes += output.tensor.byte_size();
    is_fitting = bytes * samples_->count() <= most;
    ahead.push_back(*std::move(outputs));
  }
  ahead_ = std::move(ahead);
  if (is_fitting) baseline_.reset();
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
  return {};
}

Result<void> Comparer::open_stored_outputs() {
  if (!has_stored_baseline()) return {};
  if (request_.inputs)
    return fail(Code::usage, "the baseline is stored outputs, which have inputs of their own");
  Result<Samples> samples = Samples::stored_in(request_.baseline, comparison_.other.inputs);
  if (!samples) return pass_on(samples.error());
  samples_ = *std::move(samples);
  const Result<Samples::Sample> first = samples_->get(0);
  if (!first) return pass_on(first.error());
  comparison_.baseline.inputs = comparison_.other.inputs;
  for (const NamedTensor& output : *first->outputs) {
    Port port{output.name, output.tensor.dtype(), {}, {}};
    // Sizes are those of the samples.
    port.dims.assign(output.tensor.dims().size(), -1);
    port.symbols.resize(port.dims.size());
    comparison_.baseline.outputs.push_back(std::move(port));
  }
  return {};
}

Result<void> Comparer::match() {
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
  if (request_.steps > 0) {
    if (samples_->source() == nullptr)
      return fail(Code::usage, "generation needs inputs of a batch size and a sequence length");
    Result<std::vector<StatePair>> state =
        find_state(comparison_.baseline, samples_->source()->plan());
    if (!state) return pass_on(state.error());
    state_ = *std::move(state);
  }
  for (std::size_t i = 0; i < samples_->count(); ++i) {
    const Result<Samples::Sample> sample = samples_->get(i);
    if (!sample) return pass_on(sample.error());
    if (Result<void> done = compare_sample(*sample); !done) return done;
    if (Result<void> done = generate(*sample); !done) return done;
  }
  return {};
}

Result<void> Comparer::compare_sample(const Samples::Sample& sample) {
  Result<std::vector<NamedTensor>> feeds = translate_feeds(
      sample.feeds, comparison_.baseline, comparison_.other, comparison_.match, length_form());
  if (!feeds) return pass_on(feeds.error());
  return compare_run(sample, *feeds);
}

Result<void> Comparer::compare_run(const Samples::Sample& sample,
                                   const std::vector<NamedTensor>& feeds) {
  Result<std::vector<NamedTensor>> expected = expected_outputs(sample);
  if (!expected) return pass_on(expected.error());
  baseline_outputs_ = *std::move(expected);
  if (Result<void> kept = keep(sample, baseline_outputs_); !kept) return kept;
  enter_(ModelRole::other);
  Result<std::vector<NamedTensor>> found = other_->run(feeds);
  if (!found)
    return fail(Code::different, fmt::format("the other model does not run with {}: {}",
                                             sample.name, found.error().text()));
  other_outputs_ = *std::move(found);
  comparison_.samples.push_back(sample.name);
  const std::optional<std::size_t> unequal =
      compare_outputs(sample, baseline_outputs_, other_outputs_);
  if (!unequal) return {};
  comparison_.failed.push_back(sample.name);
  if (!failed_) failed_ = Failed{sample, feeds, comparison_.baseline.outputs[*unequal].name};
  return {};
}

Result<void> Comparer::generate(const Samples::Sample& sample) {
  for (int64_t step = 1; step <= request_.steps; ++step) {
    const Result<Samples::Sample> next = next_step(sample, step);
    if (!next) return pass_on(next.error());
    const Result<std::vector<NamedTensor>> feeds = own_feeds(*next);
    if (!feeds) return pass_on(feeds.error());
    if (Result<void> done = compare_run(*next, *feeds); !done) return done;
  }
  return {};
}

Result<Samples::Sample> Comparer::next_step(const Samples::Sample& sample, int64_t step) {
  Result<std::vector<NamedTensor>> feeds =
      next_feeds(*samples_->source(), request_.seed, state_, baseline_outputs_, step);
  if (!feeds) return pass_on(feeds.error());
  return Samples::Sample{
      fmt::format("{}, step {}", sample.name, step), {}, *std::move(feeds), std::nullopt};
}

Result<std::vector<NamedTensor>> Comparer::own_feeds(const Samples::Sample& step) {
  Result<std::vector<NamedTensor>> feeds = translate_feeds(
      step.feeds, comparison_.baseline, comparison_.other, comparison_.match, length_form());
  if (!feeds) return feeds;
  for (const StatePair& pair : state_) {
    const auto input = std::ranges::find(comparison_.match.inputs, pair.input, &PortPair::baseline);
    const auto output =
        std::ranges::find(comparison_.match.outputs, pair.output, &PortPair::baseline);
    if (input == comparison_.match.inputs.end() || output == comparison_.match.outputs.end())
      return fail(Code::different, "the other model lacks past state '" +
                                       comparison_.baseline.inputs[pair.input].name + "'");
    (*feeds)[input->other].tensor = other_outputs_[output->other].tensor;
  }
  return feeds;
}

Result<std::vector<NamedTensor>> Comparer::expected_outputs(const Samples::Sample& sample) {
  if (sample.outputs) {
    if (sample.outputs->size() == comparison_.baseline.outputs.size()) return *sample.outputs;
    return fail(Code::usage,
                fmt::format("'{}' holds {} outputs; the first sample holds {}", sample.name,
                            sample.outputs->size(), comparison_.baseline.outputs.size()));
  }
  if (!ahead_.empty()) {
    std::vector<NamedTensor> outputs = std::move(ahead_.front());
    ahead_.pop_front();
    return outputs;
  }
  enter_(ModelRole::baseline);
  Result<std::vector<NamedTensor>> outputs = baseline_->run(sample.feeds);
  if (!outputs) return within(outputs.error(), "while the baseline was run with " + sample.name);
  return outputs;
}

Result<void> Comparer::keep(const Samples::Sample& sample,
                            const std::vector<NamedTensor>& outputs) const {
  if (request_.output_folder.empty()) return {};
  const std::string name = fmt::format("test_data_set_{}", comparison_.samples.size());
  return write_test_data(request_.output_folder / name, {sample.feeds, outputs});
}

Result<void> Comparer::bisect() {
  if (!failed_) return {};
  if (has_stored_baseline()) {
    comparison_.notes.emplace_back("the baseline is stored outputs: there is nothing to bisect");
    return {};
  }
  // One model at a time from here on.
  baseline_.reset();
  other_.reset();
  const Result<LoadedModel> baseline = load(request_.baseline, {.allow_outside_data = true});
  const Result<LoadedModel> other = load(request_.other, {.allow_outside_data = true});
  if (!baseline || !other) return pass_on((baseline ? other : baseline).error());
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const PortPair& pair : comparison_.match.outputs)
    outputs.emplace_back(comparison_.baseline.outputs[pair.baseline].name,
                         comparison_.other.outputs[pair.other].name);
  const Graph& graph = baseline->model->graph();
  const CutGraph cuts(graph, other->model->graph(), outputs);
  const Layers layers = Layers::from_graph(graph);
  SessionOptions options = request_.session;
  options.optimization = request_.baseline_optimization;
  Probe baseline_probe(engine_, request_.baseline, options, folder_);
  Probe other_probe(engine_, request_.other, request_.session, folder_);
  const Samples::Sample& sample = failed_->sample;
  const ProbedSample probed{sample.name, sample.inputs, sample.feeds, failed_->other_feeds};
  Result<Bisection> bisection =
      Bisector(baseline_probe, other_probe, cuts, layers, probed, rounding_.coarsest)
          .run(failed_->output);
  if (!bisection) return pass_on(bisection.error());
  comparison_.bisection = *std::move(bisection);
  return {};
}

std::optional<std::size_t> Comparer::compare_outputs(const Samples::Sample& sample,
                                                     const std::vector<NamedTensor>& expected,
                                                     const std::vector<NamedTensor>& found) {
  std::optional<std::size_t> unequal;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const PortPair& pair = comparison_.match.outputs[i];
    const Tensor& one = expected[pair.baseline].tensor;
    const Tensor& two = found[pair.other].tensor;
    const auto excluded = undefined_elements(sample.inputs, one.dims());
    // Other types are a difference of the signature, or were mapped on purpose.
    const bool are_floats = is_floating(one.dtype()) && is_floating(two.dtype());
    const bool is_equal = are_floats ? meters_[i].add_across_types(sample.name, one, two, excluded)
                                     : meters_[i].add(sample.name, one, two, excluded);
    if (!is_equal && !unequal) unequal = pair.baseline;
  }
  return unequal;
}

}  // namespace ortopt
