#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "ortopt/ir/graph.h"
#include "ortopt/ir/node.h"
#include "ortopt/ir/value.h"
#include "ortopt/shape/layers.h"

namespace ortopt {
namespace {

constexpr std::array<std::string_view, 11> attention_operators = {"Attention",
                                                                  "MultiHeadAttention",
                                                                  "GroupQueryAttention",
                                                                  "PackedAttention",
                                                                  "LongformerAttention",
                                                                  "PackedMultiHeadAttention",
                                                                  "SparseAttention",
                                                                  "QAttention",
                                                                  "DecoderMaskedMultiHeadAttention",
                                                                  "DecoderMaskedSelfAttention",
                                                                  "PagedAttention"};
constexpr std::array<std::string_view, 4> softmax_operators = {"Softmax", "BiasSoftmax", "QSoftmax",
                                                               "QLinearSoftmax"};
constexpr std::array<std::string_view, 8> product_operators = {
    "MatMul",    "FusedMatMul", "TransposeMatMul",       "Gemm",
    "FusedGemm", "MatMulNBits", "DynamicQuantizeMatMul", "MatMulIntegerToFloat"};
/// What probabilities may pass through on their way to the values.
constexpr std::array<std::string_view, 9> transparent_operators = {
    "Cast", "Dropout", "Where", "Mul", "Reshape", "Transpose", "Identity", "IsNaN", "Expand"};

template <std::size_t size>
bool is_one_of(const Node& node, const std::array<std::string_view, size>& operators) {
  return std::find(operators.begin(), operators.end(), node.op()) != operators.end();
}

bool is_constant(const Value& value) { return value.initializer() != nullptr; }

bool multiplies_computed_values(const Node& node) {
  if (!is_one_of(node, product_operators) && !node.is("Einsum")) return false;
  const auto inputs = node.inputs();
  return std::none_of(inputs.begin(), inputs.end(),
                      [](const Value* input) { return input != nullptr && is_constant(*input); });
}

/// The products of `value` with something computed, after at most a few steps that only pass it on.
void find_products(const Value& value, int steps, std::unordered_set<const Node*>& products) {
  for (const Use& use : value.uses()) {
    const Node& reader = *use.node;
    if (multiplies_computed_values(reader)) products.insert(&reader);
    if (steps > 0 && is_one_of(reader, transparent_operators) && reader.output() != nullptr)
      find_products(*reader.output(), steps - 1, products);
  }
}

/// The nodes that attend: where probabilities meet values, or the one that does it all.
std::unordered_set<const Node*> find_attentions(const Graph& graph) {
  std::unordered_set<const Node*> attentions;
  for (const Node& node : graph.nodes()) {
    if (is_one_of(node, attention_operators)) attentions.insert(&node);
    if (is_one_of(node, softmax_operators) && node.output() != nullptr)
      find_products(*node.output(), 4, attentions);
  }
  return attentions;
}

/// Nodes that take real time, whose count tells how far into a layer a node stands.
bool is_heavy(const Node& node) {
  return is_one_of(node, product_operators) ||
         node.op().find("Normalization") != std::string::npos || node.op() == "Conv" ||
         node.op() == "ReduceMean";
}

/// What is known of a node from a walk over the graph.
struct Place {
  int passed = 0;   ///< Attentions on the way here, at most; itself included.
  int depth = 0;    ///< Heavy nodes since the last of them.
  int anchor = -1;  ///< Which attention this is.
  /// The attentions met first on the ways on from here: the lowest and the highest number, with
  /// `end` for a way that meets none.
  int first_next = std::numeric_limits<int>::max();
  int last_next = -1;
};

class LayerFinder {
 public:
  explicit LayerFinder(const Graph& graph) : graph_(&graph), attentions_(find_attentions(graph)) {
    walk_down();
    walk_up();
  }

  [[nodiscard]] int layer_count() const {
    return layer_of_anchor_.empty() ? 0 : layer_of_anchor_.back() + 1;
  }

  /// The layer of every node, by its label.
  [[nodiscard]] std::unordered_map<std::string, int> find_layers() const {
    std::unordered_map<const Node*, int> layers;
    for (const Node& node : graph_->nodes()) layers.emplace(&node, layer_of(node, layers));
    give_sizes_to_their_readers(layers);
    const int deepest = deepest_inner(layers);
    std::unordered_map<std::string, int> by_name;
    for (const auto& [node, layer] : layers) {
      const Place& place = places_.at(node);
      const bool is_tail =
          place.passed == end_ && place.anchor < 0 && place.depth > deepest && layer_count() > 1;
      by_name.emplace(node->label(), is_tail ? Layers::after : layer);
    }
    return by_name;
  }

 private:
  /// From inputs to outputs: how many attentions came before each node.
  void walk_down() {
    for (const Node& node : graph_->nodes()) {
      Place place;
      for (const Value* input : node.inputs()) take_from(place, input);
      if (is_heavy(node)) ++place.depth;
      if (attentions_.contains(&node)) begin_layer(node, place);
      places_.emplace(&node, place);
    }
    end_ = 0;
    for (const auto& [node, place] : places_) end_ = std::max(end_, place.passed);
  }

  void take_from(Place& place, const Value* input) const {
    if (input == nullptr || input->producer() == nullptr) return;
    const auto found = places_.find(input->producer());
    if (found == places_.end()) return;  // From an outer graph.
    const Place& source = found->second;
    if (source.passed > place.passed) {
      place.passed = source.passed;
      place.depth = source.depth;
    } else if (source.passed == place.passed) {
      place.depth = std::max(place.depth, source.depth);
    }
  }

  /// Anchors are numbered by how many lie before them, not by the order of the file.
  void begin_layer(const Node& node, Place& place) {
    place.anchor = place.passed;
    const auto number = static_cast<std::size_t>(place.anchor);
    if (number >= layer_of_anchor_.size()) {
      const bool continues = number > 0 && is_cross_attention(node);
      const int previous = layer_of_anchor_.empty() ? -1 : layer_of_anchor_.back();
      layer_of_anchor_.push_back(continues ? previous : previous + 1);
    }
    ++place.passed;
    place.depth = 0;
  }

  [[nodiscard]] int passed_before(const Value* value) const {
    if (value == nullptr || value->producer() == nullptr) return 0;
    const auto found = places_.find(value->producer());
    return found == places_.end() ? 0 : found->second.passed;
  }

  /// Keys that no attention of this graph had a part in, while the queries do have one.
  [[nodiscard]] bool is_cross_attention(const Node& node) const {
    if (is_one_of(node, attention_operators)) {
      const Value* keys = node.input(1);
      return keys != nullptr && !is_constant(*keys) && passed_before(keys) == 0;
    }
    return std::min(passed_before(node.input(0)), passed_before(node.input(1))) == 0;
  }

  /// From outputs to inputs: which attention comes next.
  void walk_up() {
    std::vector<const Node*> order;
    for (const Node& node : graph_->nodes()) order.push_back(&node);
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      Place& place = places_.at(*at);
      bool is_read = false;
      for (const Value* output : (*at)->outputs()) {
        if (output == nullptr) continue;
        for (const Use& use : output->uses()) is_read |= take_from_reader(place, *use.node);
      }
      // A way that ends here is of no account while attentions are to come: a key kept for later.
      if (!is_read && place.passed == end_) place.last_next = end_;
    }
  }

  bool take_from_reader(Place& place, const Node& reader) const {
    const auto found = places_.find(&reader);
    if (found == places_.end()) return false;
    const Place& next = found->second;
    if (next.anchor >= 0) {
      place.first_next = std::min(place.first_next, next.anchor);
      place.last_next = std::max(place.last_next, next.anchor);
    } else {
      place.first_next = std::min(place.first_next, next.first_next);
      place.last_next = std::max(place.last_next, next.last_next);
    }
    return true;
  }

  [[nodiscard]] int layer_of_anchor(int anchor) const {
    return layer_of_anchor_[static_cast<std::size_t>(anchor)];
  }

  [[nodiscard]] int layer_of(const Node& node,
                             const std::unordered_map<const Node*, int>& earlier) const {
    const Place& place = places_.at(&node);
    if (place.anchor >= 0) return layer_of_anchor(place.anchor);
    // All ways on lead to one attention: its projections, its mask.
    if (place.first_next == place.last_next && place.last_next < end_)
      return layer_of_anchor(place.last_next);
    int layer = place.passed == 0 ? Layers::before : layer_of_anchor(place.passed - 1);
    if (place.last_next >= 0) return layer;
    // No attention reads it, nor anything after the last one: a key kept for later.
    for (const Value* input : node.inputs())
      if (input != nullptr && input->producer() != nullptr)
        if (const auto found = earlier.find(input->producer()); found != earlier.end())
          layer = std::max(layer, found->second);
    return layer;
  }

  /// How deep nodes stand in the layers before the last: what is deeper in the last one comes after
  /// it.
  [[nodiscard]] int deepest_inner(const std::unordered_map<const Node*, int>& layers) const {
    int deepest = 0;
    for (const auto& [node, layer] : layers) {
      const Place& place = places_.at(node);
      const bool is_inner = place.passed > 0 && place.passed < end_;
      if (is_inner && layer == layer_of_anchor(place.passed - 1))
        deepest = std::max(deepest, place.depth);
    }
    return deepest;
  }

  /// Whether a node computes with sizes only.
  [[nodiscard]] bool is_of_sizes(const Node& node,
                                 const std::unordered_set<const Node*>& earlier) const {
    if (node.is("Shape") || node.is("Size")) return true;
    bool has_sizes = false;
    for (const Value* input : node.inputs()) {
      if (input == nullptr || is_constant(*input)) continue;
      if (!earlier.contains(input->producer())) return false;
      has_sizes = true;
    }
    return has_sizes;
  }

  /// Sizes are computed from anything, often from the model's inputs, but stand for those who read
  /// them: they go with these when they are all of one layer.
  void give_sizes_to_their_readers(std::unordered_map<const Node*, int>& layers) const {
    std::unordered_set<const Node*> sizes;
    std::vector<const Node*> order;
    for (const Node& node : graph_->nodes())
      if (is_of_sizes(node, sizes)) {
        sizes.insert(&node);
        order.push_back(&node);
      }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      std::set<int> readers;
      for (const Value* output : (*at)->outputs())
        if (output != nullptr)
          for (const Use& use : output->uses())
            if (const auto found = layers.find(use.node); found != layers.end())
              readers.insert(found->second);
      if (readers.size() == 1) layers[*at] = *readers.begin();
    }
  }

  const Graph* graph_;
  std::unordered_set<const Node*> attentions_;
  std::unordered_map<const Node*, Place> places_;
  std::vector<int> layer_of_anchor_;
  int end_ = 0;
};

}  // namespace

Layers Layers::from_graph(const Graph& graph) {
  const LayerFinder finder(graph);
  Layers layers;
  layers.count_ = finder.layer_count();
  if (!layers.empty()) layers.by_name_ = finder.find_layers();
  return layers;
}

}  // namespace ortopt
