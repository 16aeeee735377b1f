#include "engine/input_dims.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/input_meaning.h"

namespace ortopt {
namespace {

/// Whether a symbol was made up for one dimension of one input, as tf2onnx ("unk__12") and
/// PyTorch ("input_ids_dim_1") do.
bool says_nothing(const std::string& symbol, const Port& port) {
  return symbol.empty() || symbol.starts_with("unk") || symbol == "?" ||
         (!port.name.empty() && symbol.find(port.name) != std::string::npos);
}

class Planner {
 public:
  explicit Planner(const std::vector<InputFacts>& inputs) : inputs_(inputs) {
    for (const InputFacts& input : inputs) has_past_ |= input.meaning.kind == InputKind::past;
  }

  PlannedDims run() {
    dims_.inputs.resize(inputs_.size());
    // Who is surest of its dimensions goes first and names the symbols.
    for (const InputKind kind : {InputKind::ids, InputKind::segment, InputKind::position,
                                 InputKind::past, InputKind::features, InputKind::mask,
                                 InputKind::global_mask, InputKind::length, InputKind::flag})
      for (std::size_t i = 0; i < inputs_.size(); ++i)
        if (inputs_[i].meaning.kind == kind) plan(i);
    return std::move(dims_);
  }

 private:
  void plan(std::size_t index) {
    const InputFacts& input = inputs_[index];
    dynamic_seen_ = 0;
    for (std::size_t axis = 0; axis < input.port.dims.size(); ++axis)
      dims_.inputs[index].push_back(plan_dim(input, axis));
  }

  PlannedDim plan_dim(const InputFacts& input, std::size_t axis) {
    const int64_t size = input.port.dims[axis];
    const SizeRole place = place_of(input, axis);
    if (size >= 0) {
      if (place != nullptr && place != &InputSizes::extent && is_prescribed(input, axis))
        dims_.fixed.emplace_back(place, size);
      return {size, place};
    }
    ++dynamic_seen_;
    if (const std::optional<int64_t> inside = size_in_graph(input, axis)) return {inside, place};
    const SizeRole role = role_of(input, axis, place == nullptr ? &InputSizes::extent : place);
    if (!dims_.varies(role)) dims_.dynamic.push_back(role);
    return {std::nullopt, role};
  }

  /// Whether a fixed dimension is the size of its part: a past of rank 4 has fixed heads.
  static bool is_prescribed(const InputFacts& input, std::size_t axis) {
    if (input.meaning.kind == InputKind::features) return axis < 2 && input.port.dims.size() < 4;
    return input.meaning.kind != InputKind::past && input.meaning.kind != InputKind::flag;
  }

  /// A dynamic dimension whose size the weights prescribe.
  static std::optional<int64_t> size_in_graph(const InputFacts& input, std::size_t axis) {
    if (input.meaning.kind == InputKind::flag) return 1;
    if (input.meaning.kind != InputKind::features) return std::nullopt;
    if (axis == 1 && input.evidence.is_convolved && input.port.dims.size() > 2)
      return input.evidence.channels;
    if (axis + 1 == input.port.dims.size() && axis > 1) return input.evidence.width;
    return std::nullopt;
  }

  /// The part that a dimension plays by its place alone.
  [[nodiscard]] SizeRole place_of(const InputFacts& input, std::size_t axis) const {
    const std::size_t rank = input.port.dims.size();
    const bool is_dynamic = input.port.dims[axis] < 0;
    switch (input.meaning.kind) {
      case InputKind::past:
        // [batch, heads, past, size] and its permutations, or [2, batch, …].
        if (!is_dynamic) return nullptr;
        return dynamic_seen_ == 0 && axis + 4 <= rank ? &InputSizes::batch : past_of(input);
      case InputKind::mask:
      case InputKind::global_mask:
        if (axis == 0 && rank > 1) return &InputSizes::batch;
        if (axis + 1 == rank) return covered_by(input);
        return axis + 2 == rank ? &InputSizes::sequence : nullptr;
      case InputKind::features:
        if (axis == 0) return &InputSizes::batch;
        if (input.evidence.is_convolved || rank > 3) return &InputSizes::extent;
        // The fixed width of a row is no length.
        if (rank == 2 && !is_dynamic) return nullptr;
        if (axis == 1) return has_ids() ? &InputSizes::encoder : &InputSizes::sequence;
        return nullptr;
      case InputKind::length:
        return &InputSizes::batch;
      default:
        break;
    }
    if (axis == 0 && rank > 1) return &InputSizes::batch;
    return axis + 1 == rank ? &InputSizes::sequence : nullptr;
  }

  static SizeRole past_of(const InputFacts& input) {
    return name_contains(input.port.name, "encoder") && !name_contains(input.port.name, "decoder")
               ? &InputSizes::encoder
               : &InputSizes::past;
  }

  [[nodiscard]] SizeRole covered_by(const InputFacts& input) const {
    if (name_contains(input.port.name, "encoder") && dims_.varies(&InputSizes::encoder))
      return &InputSizes::encoder;
    return has_past_ ? &InputSizes::total : &InputSizes::sequence;
  }

  [[nodiscard]] bool has_ids() const {
    return std::ranges::any_of(
        inputs_, [](const InputFacts& input) { return input.meaning.kind == InputKind::ids; });
  }

  SizeRole role_of(const InputFacts& input, std::size_t axis, SizeRole place) {
    const std::string& symbol = input.port.symbols[axis];
    if (says_nothing(symbol, input.port)) return place;
    if (const auto known = roles_.find(symbol); known != roles_.end()) return known->second;
    // Another name for the length of words is the length of another sequence.
    const bool taken =
        std::ranges::any_of(roles_, [&](const auto& entry) { return entry.second == place; });
    const SizeRole role = place == &InputSizes::sequence && taken ? &InputSizes::encoder : place;
    roles_.emplace(symbol, role);
    return role;
  }

  const std::vector<InputFacts>& inputs_;
  bool has_past_ = false;
  int dynamic_seen_ = 0;
  std::map<std::string, SizeRole> roles_;
  PlannedDims dims_;
};

}  // namespace

bool PlannedDims::varies(SizeRole role) const {
  return std::ranges::find(dynamic, role) != dynamic.end();
}

PlannedDims plan_dims(const std::vector<InputFacts>& inputs) { return Planner(inputs).run(); }

}  // namespace ortopt
