#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ortopt {

/// How a field's value is written, as in the protobuf encoding.
enum class WireType : uint8_t {
  varint = 0,
  fixed64 = 1,
  bytes = 2,
  group_start = 3,
  group_end = 4,
  fixed32 = 5,
};

/// The messages of an ONNX file in which tensors can lie. (Sparse tensors and training information
/// are kept as they are.)
enum class MessageKind : uint8_t { model, graph, node, attribute, function, tensor };

/// Field numbers of TensorProto that matter here.
namespace tensor_field {
inline constexpr uint32_t data_type = 2;
inline constexpr uint32_t float_data = 4;
inline constexpr uint32_t int32_data = 5;
inline constexpr uint32_t int64_data = 7;
inline constexpr uint32_t raw_data = 9;
inline constexpr uint32_t double_data = 10;
inline constexpr uint32_t uint64_data = 11;
inline constexpr uint32_t external_data = 13;
inline constexpr uint32_t data_location = 14;
}  // namespace tensor_field

/// The kind of message in field `number` of a message of kind `parent`, when tensors can lie in it.
[[nodiscard]] std::optional<MessageKind> child_kind(MessageKind parent, uint32_t number);

/// Messages inside messages: as deep as protobuf, and with it every reader of ONNX, goes.
inline constexpr int wire_depth_limit = 100;

/// What protobuf can hold in one message.
inline constexpr uint64_t message_size_limit = 0x7fffffff;

/// Content of at least this many bytes stays in the file; smaller content is part of the message.
inline constexpr uint64_t streamed_bytes = 1024;

void append_varint(std::string& to, uint64_t number);
void append_tag(std::string& to, uint32_t number, WireType type);

}  // namespace ortopt
