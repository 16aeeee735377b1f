#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "ortopt/ir/node.h"
#include "ortopt/ir/tensor.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

/// One addend of the sum: rows of a table.
struct Embedding {
  Value* table = nullptr;      ///< [rows, width], or null when `rows` holds it.
  std::optional<Tensor> rows;  ///< A constant that is not a value of the graph as it is.
  Value* ids = nullptr;        ///< Null for rows in order.
  bool counts_up = false;      ///< Row s at position s.
};

/// A norm and the embeddings that it is taken of.
struct EmbeddingNorm {
  Node* norm = nullptr;
  Value* gamma = nullptr;
  Value* beta = nullptr;  ///< May be missing.
  Value* sum = nullptr;   ///< What the norm is taken of; null where it adds by itself and keeps it.
  Embedding word;
  Embedding position;
  std::optional<Embedding> segment;
};

/// Whether a norm adds its first two inputs by itself.
[[nodiscard]] bool adds_before(const Node& norm);

/// Finds the two or three embeddings whose sum `norm` is taken of; else a sentence that says why
/// there are none.
[[nodiscard]] tl::expected<EmbeddingNorm, std::string> find_embedding_norm(Node& norm,
                                                                           const Analysis& facts);

}  // namespace ortopt
