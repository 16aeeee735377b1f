#include "compare/samples.h"

#include <fmt/format.h>

#include <utility>

#include "ortopt/engine/input_files.h"

namespace ortopt {

Result<Samples> Samples::choose(const std::optional<InputRequest>& request, uint64_t seed,
                                Session& baseline, const Graph* graph) {
  Samples samples;
  if (request) {
    Result<InputSource> source = InputSource::open(*request, baseline.inputs(), graph);
    if (!source) return pass_on(source.error());
    if (Result<void> fitted = source->fit(baseline); !fitted) return pass_on(fitted.error());
    samples.notes_ = source->remarks();
    samples.source_ = *std::move(source);
    return samples;
  }
  Result<std::vector<CaseRun>> runs =
      run_cases(baseline, InputPlan(baseline.inputs(), graph), {.seed = seed});
  if (!runs) return pass_on(runs.error());
  if (say_nothing(*runs)) return fail(Code::failure, "the baseline gives nothing but not-a-number");
  for (CaseRun& run : *runs)
    samples.cases_.push_back(
        {std::move(run.name), std::move(run.inputs), std::move(run.feeds), std::nullopt});
  return samples;
}

Result<Samples> Samples::stored_in(const std::filesystem::path& place,
                                   const std::vector<Port>& inputs) {
  Result<std::vector<std::filesystem::path>> files = find_samples(place);
  if (!files) return pass_on(files.error());
  Samples samples;
  samples.files_ = *std::move(files);
  samples.inputs_ = inputs;
  return samples;
}

std::size_t Samples::count() const {
  if (source_) return source_->count();
  return files_.empty() ? cases_.size() : files_.size();
}

std::string Samples::name(std::size_t index) const {
  if (!files_.empty()) return files_[index].string();
  if (!source_) return cases_[index].name;
  if (source_->count() == 1) return source_->description();
  return fmt::format("sample {} of {}", index + 1, source_->description());
}

Result<Samples::Sample> Samples::get(std::size_t index) const {
  if (!files_.empty()) return read_stored(index);
  if (!source_) return cases_[index];
  Result<std::vector<NamedTensor>> feeds = source_->sample(index);
  if (!feeds) return pass_on(feeds.error());
  return Sample{name(index), {}, *std::move(feeds), std::nullopt};
}

Result<Samples::Sample> Samples::read_stored(std::size_t index) const {
  Result<TestData> data = read_test_data(files_[index]);
  if (!data) return pass_on(data.error());
  if (data->outputs.empty())
    return fail(Code::usage, "'" + name(index) + "' holds no outputs to compare to");
  for (std::size_t i = 0; i < data->outputs.size(); ++i)
    if (data->outputs[i].name.empty()) data->outputs[i].name = fmt::format("output_{}", i);
  Result<std::vector<NamedTensor>> feeds = matched_to_inputs(inputs_, std::move(data->inputs));
  if (!feeds) return within(feeds.error(), "while '" + name(index) + "' was read");
  return Sample{name(index), {}, *std::move(feeds), std::move(data->outputs)};
}

}  // namespace ortopt
