#include "compare/samples.h"

#include <fmt/format.h>

#include <utility>

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
      run_cases(baseline, InputPlan(baseline.inputs(), graph), seed);
  if (!runs) return pass_on(runs.error());
  if (say_nothing(*runs)) return fail(Code::failure, "the baseline gives nothing but not-a-number");
  for (CaseRun& run : *runs)
    samples.cases_.push_back({std::move(run.name), std::move(run.inputs), std::move(run.feeds)});
  return samples;
}

std::size_t Samples::count() const { return source_ ? source_->count() : cases_.size(); }

std::string Samples::name(std::size_t index) const {
  if (!source_) return cases_[index].name;
  if (source_->count() == 1) return source_->description();
  return fmt::format("sample {} of {}", index + 1, source_->description());
}

Result<Samples::Sample> Samples::get(std::size_t index) const {
  if (!source_) return cases_[index];
  Result<std::vector<NamedTensor>> feeds = source_->sample(index);
  if (!feeds) return pass_on(feeds.error());
  return Sample{name(index), {}, *std::move(feeds)};
}

}  // namespace ortopt
