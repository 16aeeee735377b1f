#include "compare/bisector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "compare/cases.h"
#include "ortopt/compare/difference.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

/// What rounding and another order of sums make of values, as a share of their size, at most.
double rounding_of(DataType coarsest) {
  if (coarsest == DataType::bfloat16) return 8e-3;
  if (coarsest == DataType::float16) return 1e-3;
  return 1e-6;
}

/// At most `count` of them, spread evenly.
std::vector<std::size_t> spread(const std::vector<std::size_t>& from, std::size_t count) {
  if (from.size() <= count) return from;
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i <= count; ++i) out.push_back(from[i * from.size() / (count + 1)]);
  return out;
}

}  // namespace

Bisector::Bisector(Probe& baseline, Probe& other, const CutGraph& graph, const Layers& layers,
                   const ProbedSample& sample, DataType coarsest)
    : baseline_(baseline),
      other_(other),
      graph_(graph),
      layers_(layers),
      sample_(sample),
      rounding_(rounding_of(coarsest)),
      taken_for_equal_(graph.cuts().size(), false) {}

Result<Bisection> Bisector::run(const std::string& output) {
  bisection_.sample = sample_.name;
  bisection_.output = output;
  const std::optional<std::size_t> start = graph_.find(output);
  if (!start) {
    bisection_.text = "no node of both models computes output '" + output + "'";
    return bisection_;
  }
  output_ = current_ = *start;
  if (Result<void> done = measure({&output_, 1}); !done) return pass_on(done.error());
  const double difference = differences_.at(output_);
  // Well above rounding, well below what came of the error in the end.
  threshold_ = std::sqrt(rounding_ * std::min(difference, 1.0));
  bisection_.threshold = threshold_;
  if (difference <= rounding_) {
    bisection_.text = fmt::format(
        "output '{}' agrees as soon as values inside are looked at: the difference comes from what "
        "the runtime itself fuses; compare with --opt_level 0",
        output);
    return bisection_;
  }
  for (const auto step : {&Bisector::find_cause, &Bisector::measure_layers})
    if (Result<void> done = (this->*step)(); !done) return pass_on(done.error());
  return finding();
}

Result<void> Bisector::search() {
  while (true) {
    Result<bool> more = narrow();
    if (!more) return pass_on(more.error());
    if (*more) continue;
    const Result<bool> confirmed = confirm_origin();
    if (!confirmed) return pass_on(confirmed.error());
    if (*confirmed) return {};
  }
}

Result<bool> Bisector::narrow() {
  std::vector<std::size_t> suspects = graph_.ancestors(current_);
  std::erase_if(suspects, [&](std::size_t cut) {
    return taken_for_equal_[cut] || differences_.contains(cut);
  });
  if (suspects.empty()) return false;
  const std::vector<std::size_t> looked_at = spread(suspects, window);
  if (Result<void> done = measure(looked_at); !done) return pass_on(done.error());
  for (const std::size_t cut : looked_at)
    if (!differs(cut)) take_equal(cut);
  move_to_first_different(looked_at);
  return true;
}

/// What computed something equal is taken for equal, until the end, when it is looked at.
void Bisector::take_equal(std::size_t cut) {
  for (const std::size_t before : graph_.ancestors(cut)) taken_for_equal_[before] = true;
}

void Bisector::move_to_first_different(std::span<const std::size_t> cuts) {
  for (const std::size_t cut : cuts)
    if (differs(cut)) {
      current_ = std::min(current_, cut);
      return;
    }
}

Result<bool> Bisector::confirm_origin() {
  std::vector<std::size_t> open = graph_.cuts()[current_].before;
  std::erase_if(open, [&](std::size_t cut) { return differences_.contains(cut); });
  for (std::size_t i = 0; i < open.size(); i += window) {
    const std::size_t count = std::min(window, open.size() - i);
    if (Result<void> done = measure(std::span(open).subspan(i, count)); !done)
      return pass_on(done.error());
  }
  const std::vector<std::size_t>& before = graph_.cuts()[current_].before;
  const auto origin = std::ranges::find_if(before, [&](std::size_t cut) { return differs(cut); });
  if (origin == before.end()) return true;
  current_ = *origin;
  for (const std::size_t cut : graph_.ancestors(current_)) taken_for_equal_[cut] = false;
  return false;
}

Result<void> Bisector::find_cause() {
  // Masks may say the same with other numbers, scales be applied elsewhere: more than a few such
  // places are no accident.
  constexpr std::size_t most_immaterial = 8;
  while (true) {
    if (Result<void> done = search(); !done) return done;
    if (current_ == output_) {
      bisection_.is_only_place = true;
      return {};
    }
    const Result<double> after = difference_when_put_right(current_);
    // A node whose result cannot be fed is no reason to fail.
    if (!after) return {};
    bisection_.is_only_place = *after <= threshold_;
    const bool is_better = *after < 0.999 * differences_.at(output_) || *after <= threshold_;
    if (is_better || immaterial_.size() == most_immaterial) return {};
    immaterial_.insert(current_);
    current_ = output_;
  }
}

Result<double> Bisector::difference_when_put_right(std::size_t cut) {
  const CutGraph::Cut& place = graph_.cuts()[cut];
  const CutGraph::Cut& output = graph_.cuts()[output_];
  ++bisection_.runs;
  const Result<std::vector<Tensor>> right =
      baseline_.run(sample_.baseline_feeds, {place.baseline->name(), output.baseline->name()});
  if (!right) return pass_on(right.error());
  const Result<std::vector<Tensor>> before = other_.run(sample_.other_feeds, {place.other->name()});
  if (!before) return pass_on(before.error());
  const Tensor content = converted(right->front(), before->front().dtype());
  const Result<std::vector<Tensor>> after =
      other_.run(sample_.other_feeds, {output.other->name()}, {{place.other->name(), content}});
  if (!after) return pass_on(after.error());
  return difference_of(right->back(), after->front());
}

/// The last value of each layer, for the picture.
Result<void> Bisector::measure_layers() {
  std::map<int, std::size_t> last;
  std::vector<std::size_t> all = graph_.ancestors(output_);
  for (const std::size_t cut : all)
    if (const auto layer = layers_.of(graph_.cuts()[cut].baseline->producer()->label()))
      last[*layer] = cut;
  std::vector<std::size_t> open;
  for (const auto& [layer, cut] : last)
    if (!differences_.contains(cut)) open.push_back(cut);
  for (std::size_t i = 0; i < open.size(); i += window) {
    const std::size_t count = std::min(window, open.size() - i);
    if (Result<void> done = measure(std::span(open).subspan(i, count)); !done) return done;
  }
  return {};
}

Result<void> Bisector::measure(std::span<const std::size_t> cuts) {
  std::vector<std::string> baseline_names;
  std::vector<std::string> other_names;
  for (const std::size_t cut : cuts) {
    baseline_names.push_back(graph_.cuts()[cut].baseline->name());
    other_names.push_back(graph_.cuts()[cut].other->name());
  }
  const Result<std::vector<Tensor>> expected =
      baseline_.run(sample_.baseline_feeds, baseline_names);
  if (!expected) return within(expected.error(), "while values of the baseline were looked at");
  const Result<std::vector<Tensor>> found = other_.run(sample_.other_feeds, other_names);
  if (!found) return within(found.error(), "while values of the other model were looked at");
  for (std::size_t i = 0; i < cuts.size(); ++i)
    differences_[cuts[i]] = difference_of((*expected)[i], (*found)[i]);
  ++bisection_.runs;
  return {};
}

double Bisector::difference_of(const Tensor& expected, const Tensor& found) const {
  DifferenceMeter meter("", {});
  meter.add_across_types("", expected, found, undefined_elements(sample_.inputs, expected.dims()));
  const Difference difference = meter.result();
  const bool is_comparable = expected.dims() == found.dims();
  return is_comparable ? difference.relative_norm : std::numeric_limits<double>::infinity();
}

MeasuredValue Bisector::measured(std::size_t cut) const {
  const Value& value = *graph_.cuts()[cut].baseline;
  const std::optional<int> layer = layers_.of(value.producer()->label());
  return {value.name(), layer ? layer_name(*layer) : "", differences_.at(cut)};
}

Bisection Bisector::finding() {
  const CutGraph::Cut& cut = graph_.cuts()[current_];
  const Node& node = *cut.other->producer();
  bisection_.found = true;
  bisection_.at = measured(current_);
  bisection_.other_name = cut.other->name();
  bisection_.node = node.label();
  bisection_.op = node.qualified_op();
  for (const Node* replaced : graph_.nodes_of(current_))
    bisection_.stands_for.push_back(replaced->label());
  double worst = rounding_ / 10;
  for (const std::size_t before : cut.before) {
    bisection_.before.push_back(measured(before));
    worst = std::max(worst, differences_.at(before));
  }
  bisection_.is_gradual = bisection_.at.difference < 10 * worst;
  for (const std::size_t cut_of : immaterial_) bisection_.immaterial.push_back(measured(cut_of));
  for (const auto& [index, difference] : differences_)
    bisection_.measured.push_back(measured(index));
  const std::string where =
      bisection_.at.layer.empty() ? "" : fmt::format(" ({})", bisection_.at.layer);
  const std::string by = fmt::format("{} '{}'", bisection_.op, bisection_.node);
  if (bisection_.is_gradual)
    bisection_.text =
        fmt::format("the difference grows bit by bit; it passes {:.1e} at '{}'{}, computed by {}",
                    threshold_, bisection_.at.name, where, by);
  else
    bisection_.text = fmt::format(
        "the models part at '{}'{}, computed by {}: {}", bisection_.at.name, where, by,
        bisection_.is_only_place ? "what it is computed from agrees, and so does all after it "
                                   "once it is put right"
                                 : "what it is computed from agrees; it is not the only place");
  return std::move(bisection_);
}

}  // namespace ortopt
