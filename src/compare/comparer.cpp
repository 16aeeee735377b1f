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
  comparison_.runtime =
      fmt::format("ONNX Runtime {} ({})", engine.version(), engine.library().string());
}

Comparison Comparer::run() {
  Result<void> done;
  for (const auto step :
       {&Comparer::open_baseline, &Comparer::open_other, &Comparer::open_stored_outputs,
        &Comparer::match, &Comparer::compare_samples}) {
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
  const Result<std::vector<NamedTensor>> expected = expected_outputs(sample);
  if (!expected) return pass_on(expected.error());
  if (Result<void> kept = keep(sample, *expected); !kept) return kept;
  enter_(ModelRole::other);
  const Result<std::vector<NamedTensor>> found = other_->run(*feeds);
  if (!found)
    return fail(Code::different, fmt::format("the other model does not run with {}: {}",
                                             sample.name, found.error().text()));
  if (!compare_outputs(sample, *expected, *found)) comparison_.failed.push_back(sample.name);
  return {};
}

Result<std::vector<NamedTensor>> Comparer::expected_outputs(const Samples::Sample& sample) {
  if (sample.outputs) {
    if (sample.outputs->size() == comparison_.baseline.outputs.size()) return *sample.outputs;
    return fail(Code::usage,
                fmt::format("'{}' holds {} outputs; the first sample holds {}", sample.name,
                            sample.outputs->size(), comparison_.baseline.outputs.size()));
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
  const auto output = std::ranges::find(comparison_.outputs, false, &Difference::equal);
  if (output == comparison_.outputs.end()) return {};
  if (has_stored_baseline()) {
    comparison_.notes.emplace_back("the baseline is stored outputs: there is nothing to bisect");
    return {};
  }
  const std::string& failed = output->first ? output->first->sample : comparison_.failed.front();
  for (std::size_t i = 0; i < samples_->count(); ++i) {
    if (comparison_.samples[i] != failed) continue;
    const Result<Samples::Sample> sample = samples_->get(i);
    if (!sample) return pass_on(sample.error());
    Result<Bisection> bisection = bisect(*output, *sample);
    if (!bisection) return pass_on(bisection.error());
    comparison_.bisection = *std::move(bisection);
    return {};
  }
  return {};
}

Result<Bisection> Comparer::bisect(const Difference& output, const Samples::Sample& sample) {
  // One model at a time from here on.
  baseline_.reset();
  other_.reset();
  Result<std::vector<NamedTensor>> feeds =
      translate_feeds(sample.feeds, comparison_.baseline, comparison_.other, comparison_.match);
  if (!feeds) return pass_on(feeds.error());
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
  const ProbedSample probed{sample.name, sample.inputs, sample.feeds, *std::move(feeds)};
  return Bisector(baseline_probe, other_probe, cuts, layers, probed, rounding_.coarsest)
      .run(output.name);
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
