#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ortopt {

/// The bytes of a model file: pieces of message, each followed by the content of a tensor.
struct WirePlan {
  struct Piece {
    std::string literal;
    std::optional<std::size_t> content;  ///< Index of the tensor whose bytes follow.
  };
  std::vector<Piece> pieces;
  uint64_t size = 0;  ///< Of everything, content included.
};

/// The plan for a serialised ModelProto in which placeholders (src/ir/tensor_proto.h) stand for raw
/// data of the given sizes: all lengths of enclosing messages grow accordingly. Fields of rewritten
/// tensors are in the order of their numbers, as protobuf writes them. `message` must be well
/// formed.
[[nodiscard]] WirePlan plan_model(std::string_view message,
                                  std::span<const uint64_t> content_sizes);

}  // namespace ortopt
