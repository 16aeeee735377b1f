#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "engine/graph_sizes.h"
#include "engine/input_dims.h"
#include "engine/input_meaning.h"
#include "engine/input_values.h"

namespace ortopt {

struct InputPlan::Details {
  std::vector<Port> inputs;
  std::vector<InputMeaning> meanings;
  PlannedDims dims;
  GraphSizes graph;

  [[nodiscard]] bool has(InputKind kind) const {
    return std::ranges::any_of(meanings,
                               [&](const InputMeaning& meaning) { return meaning.kind == kind; });
  }
  [[nodiscard]] bool shows_padding() const {
    return has(InputKind::mask) || has(InputKind::length) ||
           std::ranges::any_of(
               meanings, [](const InputMeaning& meaning) { return meaning.padding.has_value(); });
  }

  void prescribe(InputSizes& sizes) const {
    for (const auto& [role, size] : dims.fixed) sizes.*role = size;
  }

  /// `sizes` with what fixed dimensions prescribe, and the total that follows.
  [[nodiscard]] InputSizes settled(InputSizes sizes) const {
    if (!has(InputKind::past)) sizes.past = 0;
    prescribe(sizes);
    sizes.total = sizes.past + sizes.sequence;
    prescribe(sizes);
    return sizes;
  }
};

namespace {

std::vector<Port> with_ranks(std::vector<Port> inputs, const Graph* graph) {
  for (Port& port : inputs) {
    if (!port.dims.empty() || graph == nullptr) continue;
    const auto value = std::ranges::find(graph->inputs(), port.name, &Value::name);
    if (value == graph->inputs().end() || (*value)->declared_shape()) continue;
    // Of unknown rank: most inputs are [batch, sequence].
    port.dims = {-1, -1};
    port.symbols = {"", ""};
  }
  return inputs;
}

InputEvidence evidence_for(const Port& port, const Graph* graph) {
  if (graph != nullptr)
    for (const Value* input : graph->inputs())
      if (input->name() == port.name) return gather_evidence(*input);
  return {};
}

/// Sets the length of the sequence and all lengths that go with it.
void set_lengths(InputSizes& sizes, int64_t sequence) {
  sizes.sequence = sequence;
  sizes.total = sizes.past + sequence;
  sizes.encoder = sequence;
}

void add_unless_there(std::vector<InputCase>& cases, const InputCase& candidate) {
  if (std::ranges::find(cases, candidate) == cases.end()) cases.push_back(candidate);
}

}  // namespace

InputPlan::InputPlan(std::vector<Port> inputs, const Graph* graph,
                     const std::map<std::string, InputKind>& known)
    : details_(std::make_unique<Details>()) {
  details_->inputs = with_ranks(std::move(inputs), graph);
  std::vector<InputFacts> facts;
  for (const Port& port : details_->inputs) {
    InputEvidence evidence = evidence_for(port, graph);
    InputMeaning meaning = meaning_of(port, evidence);
    if (const auto told = known.find(port.name); told != known.end()) meaning.kind = told->second;
    details_->meanings.push_back(meaning);
    facts.push_back({port, meaning, std::move(evidence)});
  }
  details_->dims = plan_dims(facts);
  if (graph != nullptr) details_->graph = find_graph_sizes(*graph, facts);
}

InputPlan::~InputPlan() = default;
InputPlan::InputPlan(InputPlan&&) noexcept = default;

const std::vector<Port>& InputPlan::inputs() const { return details_->inputs; }
const std::vector<InputMeaning>& InputPlan::meanings() const { return details_->meanings; }

bool InputPlan::has(InputKind kind) const { return details_->has(kind); }

bool InputPlan::varies(int64_t InputSizes::*size) const { return details_->dims.varies(size); }

InputCase InputPlan::case_of(const InputSizes& sizes) const {
  return {.sizes = details_->settled(sizes)};
}

std::vector<InputCase> InputPlan::cases() const {
  // Odd lengths that no width or number of heads equals by chance; a single row; a single step.
  std::vector<InputSizes> sizes = {{.batch = 2, .sequence = 7, .past = 5, .encoder = 6},
                                   {.batch = 3, .sequence = 11, .past = 4, .encoder = 9},
                                   {.batch = 1, .sequence = 8, .past = 0, .encoder = 5}};
  if (details_->has(InputKind::past))
    sizes.push_back({.batch = 2, .sequence = 1, .past = 6, .encoder = 7});
  std::vector<InputCase> out;
  constexpr std::array sides = {Padding::right, Padding::left, Padding::none, Padding::right};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    InputCase made{details_->settled(sizes[i]), Padding::none, true};
    if (details_->shows_padding()) made.padding = sides[i];
    add_unless_there(out, made);
  }
  if (details_->has(InputKind::flag)) {
    out.push_back(out.front());
    out.back().flags = false;
  }
  return out;
}

std::vector<InputCase> InputPlan::alternatives(const InputCase& first) const {
  std::vector<InputCase> out;
  const auto add = [&](const auto& change) {
    InputCase candidate = first;
    change(candidate.sizes);
    details_->prescribe(candidate.sizes);
    if (candidate != first) add_unless_there(out, candidate);
  };
  // A model of fewer positions than were asked for.
  for (int64_t shorter = first.sizes.sequence / 2; shorter >= 8; shorter /= 2)
    add([&](InputSizes& to) { set_lengths(to, shorter); });
  add([](InputSizes& to) { to.encoder = to.sequence; });
  add([](InputSizes& to) { to.total = to.sequence; });
  add([](InputSizes& to) { to.total = to.past; });
  add([](InputSizes& to) {
    to.sequence = 1;
    to.total = to.past + 1;
  });
  if (details_->dims.varies(&InputSizes::extent))
    for (const int64_t extent : details_->graph.extents)
      add([&](InputSizes& to) { to.extent = extent; });
  add([](InputSizes& to) { to.batch = 1; });
  std::vector<std::pair<int64_t, int64_t>> sizes = details_->graph.reshaped_to;
  // Sizes that people export with.
  for (const int64_t sequence : {8, 16, 32, 128, 512})
    for (const int64_t batch : {2, 1}) sizes.emplace_back(batch, sequence);
  for (const auto& [batch, sequence] : sizes)
    add([&, b = batch, s = sequence](InputSizes& to) {
      to.batch = b;
      set_lengths(to, s);
    });
  return out;
}

Result<std::vector<NamedTensor>> InputPlan::feeds(const InputCase& inputs, uint64_t seed) const {
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < details_->inputs.size(); ++i) {
    const Port& port = details_->inputs[i];
    if (!is_floating(port.type) && !is_integer(port.type) && port.type != DataType::boolean)
      return fail(Code::usage,
                  fmt::format("no values can be made up for input '{}', which is {}", port.name,
                              port.type == DataType::undefined ? "no tensor"
                                                               : "of type " + name_of(port.type)));
    std::vector<int64_t> dims;
    for (const PlannedDim& dim : details_->dims.inputs[i]) dims.push_back(dim.in(inputs.sizes));
    Random random(seed, port.name);
    std::vector<double> values = input_values(details_->meanings[i], inputs, dims, random);
    const bool has_sums = inputs.length_form == LengthForm::with_sums &&
                          details_->meanings[i].kind == InputKind::length;
    if (has_sums) {
      values = with_sums(std::move(values), inputs.sizes.sequence);
      dims = {static_cast<int64_t>(values.size())};
    }
    out.push_back({port.name, Tensor::of(port.type, std::move(dims), values)});
  }
  return out;
}

std::string InputPlan::describe(const InputCase& inputs) const {
  constexpr std::array<std::pair<SizeRole, const char*>, 6> names = {{
      {&InputSizes::batch, "batch"},
      {&InputSizes::sequence, "sequence"},
      {&InputSizes::past, "past"},
      {&InputSizes::total, "total"},
      {&InputSizes::encoder, "second sequence"},
      {&InputSizes::extent, "extent"},
  }};
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const auto& [role, name] : names) {
    const bool is_sum = role == &InputSizes::total &&
                        inputs.sizes.total == inputs.sizes.past + inputs.sizes.sequence;
    if (details_->dims.varies(role) && !is_sum) add(fmt::format("{} {}", name, inputs.sizes.*role));
  }
  if (text.empty()) text = "fixed sizes";
  if (inputs.padding == Padding::right) add("padding right");
  if (inputs.padding == Padding::left) add("padding left");
  if (!inputs.flags) add("switches off");
  return text;
}

}  // namespace ortopt
