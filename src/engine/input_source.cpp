#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/random.h"
#include "ortopt/engine/input_files.h"
#include "ortopt/engine/input_request.h"
#include "ortopt/ir/load.h"

namespace ortopt {
namespace {

struct StyleName {
  std::string_view name;
  InputStyle style;
};

constexpr std::array<StyleName, 4> style_names = {{{"default", InputStyle::automatic},
                                                   {"bert", InputStyle::bert},
                                                   {"gpt2", InputStyle::gpt2},
                                                   {"longformer", InputStyle::longformer}}};

/// What the style says that the model has.
Result<void> check_style(InputStyle style, const InputPlan& plan) {
  if (style == InputStyle::automatic) return {};
  const InputKind wanted =
      style == InputStyle::longformer ? InputKind::global_mask : InputKind::ids;
  if (plan.has(wanted)) return {};
  std::string found;
  for (std::size_t i = 0; i < plan.inputs().size(); ++i)
    found += fmt::format("{}{} ({})", i == 0 ? "" : ", ", plan.inputs()[i].name,
                         name_of(plan.meanings()[i].kind));
  const auto name = std::ranges::find(style_names, style, &StyleName::style);
  return fail(Code::usage,
              fmt::format("inputs for '{}' need a model with an input of kind {}; it takes {}",
                          name->name, name_of(wanted), found));
}

Result<void> check_sizes(const InputRequest& request) {
  const std::array<std::pair<const char*, int64_t>, 2> positive = {
      {{"batch size", request.batch}, {"sequence length", request.sequence}}};
  for (const auto& [name, size] : positive)
    if (size < 1)
      return fail(Code::usage, fmt::format("the {} is {}; 1 or more is needed", name, size));
  if (request.past < 0)
    return fail(Code::usage,
                fmt::format("the past length is {}; 0 or more is needed", request.past));
  if (request.average_length &&
      (*request.average_length < 1 || *request.average_length > request.sequence))
    return fail(Code::usage,
                fmt::format("the average length is {}; 1 to {}, the sequence length, is needed",
                            *request.average_length, request.sequence));
  if (request.samples < 1) return fail(Code::usage, "at least one sample is needed");
  return {};
}

Result<void> check_names(const InputRequest& request, const InputPlan& plan) {
  for (const auto& [name, kind] : request.meanings)
    if (std::ranges::find(plan.inputs(), name, &Port::name) == plan.inputs().end())
      return fail(Code::usage,
                  fmt::format("the model has no input '{}' to take for {}", name, name_of(kind)));
  return {};
}

/// Words in each row, with the given mean where there is room on both sides of it.
std::vector<int64_t> row_lengths(const InputRequest& request, int64_t rows, int64_t sequence,
                                 std::size_t sample) {
  const int64_t mean = std::min(request.average_length.value_or(sequence), sequence);
  std::vector<int64_t> out(static_cast<std::size_t>(rows), mean);
  if (!request.random_lengths) return out;
  Random random(request.seed + sample, "lengths of rows");
  const int64_t least = std::max<int64_t>(2 * mean - sequence, 1);
  for (int64_t& length : out) length = random.between(least, std::min(2 * mean - 1, sequence));
  return out;
}

/// The sizes that tensors have, read from the words; without words, from the first input.
InputSizes sizes_of(const InputPlan& plan, const std::vector<NamedTensor>& tensors) {
  std::size_t index = 0;
  for (std::size_t i = plan.meanings().size(); i-- > 0;)
    if (plan.meanings()[i].kind == InputKind::ids) index = i;
  InputSizes sizes{.batch = 1, .sequence = 1, .past = 0, .total = 1};
  if (index >= tensors.size()) return sizes;
  const std::vector<int64_t>& dims = tensors[index].tensor.dims();
  if (!dims.empty()) sizes.batch = dims[0];
  if (dims.size() > 1) sizes.sequence = dims[1];
  sizes.total = sizes.sequence;
  return sizes;
}

}  // namespace

std::optional<InputStyle> parse_input_style(std::string_view name) {
  const auto found = std::ranges::find(style_names, name, &StyleName::name);
  if (found == style_names.end()) return std::nullopt;
  return found->style;
}

InputSource::InputSource(const InputRequest& request, InputPlan plan)
    : request_(request), plan_(std::make_shared<const InputPlan>(std::move(plan))) {}

Result<InputSource> InputSource::open(const InputRequest& request, std::vector<Port> inputs,
                                      const Graph* graph) {
  InputSource source(request, InputPlan(std::move(inputs), graph, request.meanings));
  for (Result<void> done : {check_sizes(request), check_names(request, *source.plan_),
                            check_style(request.style, *source.plan_)})
    if (!done) return pass_on(done.error());
  if (!request.files.empty()) {
    if (Result<void> done = source.take_files(); !done) return pass_on(done.error());
    return source;
  }
  source.adopt(source.plan_->case_of({.batch = request.batch,
                                      .sequence = request.sequence,
                                      .past = request.past,
                                      .total = request.past + request.sequence,
                                      .encoder = request.sequence}));
  return source;
}

std::size_t InputSource::count() const { return files_.empty() ? request_.samples : files_.size(); }

Result<void> InputSource::take_files() {
  for (const std::filesystem::path& place : request_.files) {
    Result<std::vector<std::filesystem::path>> found = find_samples(place);
    if (!found) return pass_on(found.error());
    files_.insert(files_.end(), found->begin(), found->end());
    description_ += (description_.empty() ? "" : ", ") + place.string();
  }
  const Result<std::vector<NamedTensor>> first = sample(0);
  if (!first) return pass_on(first.error());
  sizes_ = sizes_of(*plan_, *first);
  return {};
}

Result<std::vector<NamedTensor>> InputSource::sample(std::size_t index) const {
  if (!files_.empty()) {
    const std::string doing = "while taking inputs from '" + files_[index].string() + "'";
    Result<std::vector<NamedTensor>> tensors = read_sample(files_[index]);
    if (!tensors) return pass_on(tensors.error());
    Result<std::vector<NamedTensor>> matched =
        matched_to_inputs(plan_->inputs(), std::move(*tensors));
    if (!matched) return within(matched.error(), doing);
    return matched;
  }
  return plan_->feeds(case_of(index), request_.seed + index);
}

InputCase InputSource::case_of(std::size_t index) const {
  InputCase made = case_;
  made.global_places = request_.global_places;
  made.length_form = request_.length_form;
  if (!request_.average_length && !request_.random_lengths) return made;
  made.padding = Padding::right;
  made.lengths = row_lengths(request_, made.sizes.batch, made.sizes.sequence, index);
  return made;
}

Result<void> InputSource::fit(Session& session) {
  const auto try_first = [&]() -> Result<void> {
    Result<std::vector<NamedTensor>> feeds = sample(0);
    if (!feeds) return pass_on(feeds.error());
    Result<std::vector<NamedTensor>> outputs = session.run(*feeds);
    if (!outputs) return pass_on(outputs.error());
    return {};
  };
  const Result<void> first = try_first();
  if (first || !files_.empty()) return first;
  const InputCase asked_for = case_;
  for (const InputCase& other : plan_->alternatives(asked_for)) {
    adopt(other);
    if (!try_first()) continue;
    remarks_ = {fmt::format("the model does not run with {}; it is run with {}",
                            plan_->describe(asked_for), plan_->describe(other))};
    return {};
  }
  adopt(asked_for);
  return first;
}

void InputSource::adopt(const InputCase& inputs) {
  case_ = inputs;
  sizes_ = inputs.sizes;
  description_ = plan_->describe(inputs);
  remark_on_sizes();
}

void InputSource::remark_on_sizes() {
  remarks_.clear();
  const std::array<std::tuple<const char*, int64_t, int64_t>, 3> pairs = {{
      {"batch", request_.batch, sizes_.batch},
      {"sequence", request_.sequence, sizes_.sequence},
      {"past", plan_->has(InputKind::past) ? request_.past : sizes_.past, sizes_.past},
  }};
  for (const auto& [name, asked_for, found] : pairs)
    if (asked_for != found)
      remarks_.push_back(
          fmt::format("the model fixes {} at {}; {} was asked for", name, found, asked_for));
}

Result<InputSource> inputs_for(const InputRequest& request, const Session& session,
                               const std::filesystem::path& model) {
  // What the runtime takes and we cannot read is judged by its signature alone.
  const Result<LoadedModel> loaded = load(model, {.allow_outside_data = true});
  return InputSource::open(request, session.inputs(), loaded ? &loaded->model->graph() : nullptr);
}

}  // namespace ortopt
