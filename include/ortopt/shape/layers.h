#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ortopt {

class Graph;

/// Which layer of a transformer each node belongs to. Layers are numbered from 0; what comes before
/// the first and after the last is a part of its own.
class Layers {
 public:
  static constexpr int before = -1;  ///< Embeddings, masks.
  static constexpr int after = -2;   ///< Pooler, language-model head.

  /// No layers: everything is in one.
  Layers() = default;
  /// By structure, whatever the nodes are called: each attention begins a layer, cross attention
  /// excepted; a layer goes on until its result is what the next one attends with.
  [[nodiscard]] static Layers from_graph(const Graph& graph);
  /// By the numbers in names ("/encoder/layer.3/output/dense/MatMul"); `names` in the order of
  /// execution. A node without a number goes with the one before it.
  [[nodiscard]] static Layers from_names(const std::vector<std::string>& names);

  /// 0 when there is nothing to tell layers by.
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// By the name of a node, or of its first output when it has none. Nothing for what is not known.
  [[nodiscard]] std::optional<int> of(std::string_view node) const;

 private:
  int count_ = 0;
  std::unordered_map<std::string, int> by_name_;
};

/// "layer 3", "before the layers", "after the layers".
[[nodiscard]] std::string layer_name(int layer);

}  // namespace ortopt
