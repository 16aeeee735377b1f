#include "ir/wire_plan.h"

#include <onnx/onnx_pb.h>

#include <charconv>
#include <utility>

#include "ir/tensor_proto.h"
#include "ir/wire.h"
#include "ortopt/base/error.h"

namespace ortopt {
namespace {

void append(WirePlan& to, std::string_view bytes) {
  if (to.pieces.empty() || to.pieces.back().content) to.pieces.emplace_back();
  to.pieces.back().literal += bytes;
  to.size += bytes.size();
}

void append(WirePlan& to, WirePlan&& part) {
  for (WirePlan::Piece& piece : part.pieces) {
    const uint64_t before = to.size;
    append(to, piece.literal);
    to.size = before;
    to.pieces.back().content = piece.content;
  }
  to.size += part.size;
}

/// Fields of a message in memory, one after the other.
class Fields {
 public:
  explicit Fields(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  /// Moves past one field; afterwards `number`, `all` (tag included) and, for length-delimited
  /// ones, `payload` describe it.
  void next() {
    const std::string_view start = rest_;
    const uint64_t key = varint();
    number = static_cast<uint32_t>(key >> 3);
    type = static_cast<WireType>(key & 7);
    payload = {};
    skip_value();
    all = start.substr(0, start.size() - rest_.size());
  }

  uint32_t number = 0;
  WireType type = WireType::varint;
  std::string_view all;
  std::string_view payload;

 private:
  uint64_t varint() {
    uint64_t out = 0;
    for (unsigned shift = 0;; shift += 7) {
      ensure(!rest_.empty() && shift < 64, "a message of ours is well formed");
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return out;
    }
  }

  void take(uint64_t size) {
    ensure(size <= rest_.size(), "a message of ours is well formed");
    payload = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size));
  }

  void skip_value() {
    switch (type) {
      case WireType::varint:
        varint();
        break;
      case WireType::fixed64:
        take(8);
        break;
      case WireType::fixed32:
        take(4);
        break;
      case WireType::bytes:
        take(varint());
        break;
      case WireType::group_start:
        skip_group(number);
        break;
      case WireType::group_end:
        break;
    }
  }

  void skip_group(uint32_t group) {
    Fields inner(rest_);
    do {
      inner.next();
    } while (inner.type != WireType::group_end || inner.number != group);
    rest_ = inner.rest_;
    payload = {};
  }

  std::string_view rest_;
};

class Planner {
 public:
  explicit Planner(std::span<const uint64_t> content_sizes) : sizes_(content_sizes) {}

  [[nodiscard]] WirePlan message(MessageKind kind, std::string_view bytes) const {
    WirePlan out;
    for (Fields fields(bytes); !fields.at_end();) {
      fields.next();
      const std::optional<MessageKind> child =
          fields.type == WireType::bytes ? child_kind(kind, fields.number) : std::nullopt;
      // Most messages hold no placeholder; they stay as they are.
      if (!child || fields.payload.find(extent_key) == std::string_view::npos) {
        append(out, fields.all);
        continue;
      }
      WirePlan part =
          *child == MessageKind::tensor ? tensor(fields.payload) : message(*child, fields.payload);
      std::string head;
      append_tag(head, fields.number, WireType::bytes);
      append_varint(head, part.size);
      append(out, head);
      append(out, std::move(part));
    }
    return out;
  }

 private:
  [[nodiscard]] WirePlan tensor(std::string_view bytes) const {
    onnx::TensorProto message;
    ensure(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
               message.external_data_size() == 1 && message.external_data(0).key() == extent_key,
           "a placeholder is a tensor message");
    const std::string& text = message.external_data(0).value();
    std::size_t index = 0;
    std::from_chars(text.data(), text.data() + text.size(), index);
    ensure(index < sizes_.size(), "a placeholder stands for a tensor");
    message.clear_external_data();
    message.clear_data_location();
    return around_content(message.SerializeAsString(), index);
  }

  [[nodiscard]] WirePlan around_content(const std::string& header, std::size_t index) const {
    WirePlan out;
    std::string after;
    for (Fields fields(header); !fields.at_end();) {
      fields.next();
      if (fields.number < tensor_field::raw_data)
        append(out, fields.all);
      else
        after += fields.all;
    }
    std::string head;
    append_tag(head, tensor_field::raw_data, WireType::bytes);
    append_varint(head, sizes_[index]);
    append(out, head);
    out.pieces.back().content = index;
    out.size += sizes_[index];
    if (!after.empty()) append(out, after);
    return out;
  }

  std::span<const uint64_t> sizes_;
};

}  // namespace

WirePlan plan_model(std::string_view message, std::span<const uint64_t> content_sizes) {
  return Planner(content_sizes).message(MessageKind::model, message);
}

}  // namespace ortopt
