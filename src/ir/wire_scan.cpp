#include "ir/wire_scan.h"

#include <optional>
#include <utility>

#include "ir/content_scan.h"
#include "ir/tensor_proto.h"
#include "ir/wire_reader.h"

namespace ortopt {
namespace {

using Tag = WireReader::Tag;

bool holds_content(const Tag& tag) {
  if (tag.type != WireType::bytes) return false;
  switch (tag.number) {
    case tensor_field::float_data:
    case tensor_field::int32_data:
    case tensor_field::int64_data:
    case tensor_field::raw_data:
    case tensor_field::double_data:
    case tensor_field::uint64_data:
      return true;
    default:
      return false;
  }
}

/// Copies a model message field by field, tensors without their content. A message of known kind
/// that is split over several fields of the same number is copied as it is: protobuf merges it.
class Scan {
 public:
  Scan(const std::shared_ptr<const FileHandle>& file, ExternalFiles& external)
      : reader_(file), content_(reader_, external) {}

  Result<WeightlessModel> run();

 private:
  std::string message(MessageKind kind, uint64_t end, int depth);
  std::string tensor(uint64_t end, int depth);
  void nested(MessageKind kind, const Tag& tag, uint64_t end, int depth, std::string& out);
  /// Copies one field of any wire type, tag included.
  void field(const Tag& tag, uint64_t end, int depth, std::string& out);
  void group(uint32_t number, uint64_t end, int depth, std::string& out);
  void bytes(uint64_t size, uint64_t end, std::string& out);
  bool too_deep(int depth);

  WireReader reader_;
  ContentScan content_;
  uint64_t copied_ = 0;
};

Result<WeightlessModel> Scan::run() {
  WeightlessModel out;
  out.message = message(MessageKind::model, reader_.file()->size(), 0);
  if (!reader_.ok()) return pass_on(reader_.error());
  Result<std::vector<FileExtent>> extents = content_.take_extents();
  if (!extents) return pass_on(std::move(extents).error());
  out.extents = *std::move(extents);
  out.content_bytes = content_.content_bytes();
  return out;
}

bool Scan::too_deep(int depth) {
  if (depth <= wire_depth_limit) return false;
  reader_.damaged("messages nested deeper than " + std::to_string(wire_depth_limit));
  return true;
}

std::string Scan::message(MessageKind kind, uint64_t end, int depth) {
  std::string out;
  if (too_deep(depth)) return out;
  while (reader_.ok() && reader_.position() < end) {
    const Tag tag = reader_.tag(end);
    if (!reader_.ok()) break;
    const std::optional<MessageKind> child =
        tag.type == WireType::bytes ? child_kind(kind, tag.number) : std::nullopt;
    if (child)
      nested(*child, tag, end, depth, out);
    else
      field(tag, end, depth, out);
  }
  return out;
}

void Scan::nested(MessageKind kind, const Tag& tag, uint64_t end, int depth, std::string& out) {
  const uint64_t size = reader_.length(end);
  const uint64_t child_end = reader_.position() + size;
  const std::string child = kind == MessageKind::tensor ? tensor(child_end, depth + 1)
                                                        : message(kind, child_end, depth + 1);
  append_tag(out, tag.number, WireType::bytes);
  append_varint(out, child.size());
  out += child;
}

std::string Scan::tensor(uint64_t end, int depth) {
  ScannedTensor tensor;
  while (reader_.ok() && reader_.position() < end) {
    const Tag tag = reader_.tag(end);
    if (!reader_.ok()) break;
    if (holds_content(tag)) {
      const uint64_t size = reader_.length(end);
      tensor.chunks.push_back({tag.number, reader_.position(), size});
      reader_.seek(reader_.position() + size);
      continue;
    }
    const std::size_t before = tensor.header.size();
    const uint64_t start = reader_.position();
    field(tag, end, depth, tensor.header);
    if (tag.type == WireType::varint && reader_.ok()) {
      // The value once more: the copy has moved past it.
      reader_.seek(start);
      const uint64_t value = reader_.varint(end);
      if (tag.number == tensor_field::data_type)
        tensor.type = static_cast<DataType>(static_cast<int32_t>(value));
      if (tag.number == tensor_field::data_location) tensor.is_external = value == 1;
    }
    if (tag.number == tensor_field::external_data &&
        tensor.header.find(extent_key, before) != std::string::npos)
      reader_.damaged(std::string("the key '") + extent_key + "' is reserved");
  }
  if (!reader_.ok()) return {};
  std::string finished = content_.finish(std::move(tensor));
  reader_.seek(end);
  return finished;
}

void Scan::field(const Tag& tag, uint64_t end, int depth, std::string& out) {
  append_tag(out, tag.number, tag.type);
  switch (tag.type) {
    case WireType::varint:
      append_varint(out, reader_.varint(end));
      break;
    case WireType::fixed64:
      bytes(8, end, out);
      break;
    case WireType::fixed32:
      bytes(4, end, out);
      break;
    case WireType::group_start:
      group(tag.number, end, depth + 1, out);
      break;
    case WireType::group_end:
      reader_.damaged("a group ends that never began");
      break;
    case WireType::bytes: {
      const uint64_t size = reader_.length(end);
      append_varint(out, size);
      bytes(size, end, out);
      break;
    }
  }
}

void Scan::group(uint32_t number, uint64_t end, int depth, std::string& out) {
  if (too_deep(depth)) return;
  while (reader_.ok()) {
    const Tag tag = reader_.tag(end);
    if (!reader_.ok()) return;
    if (tag.type == WireType::group_end && tag.number == number) {
      append_tag(out, number, WireType::group_end);
      return;
    }
    field(tag, end, depth, out);
  }
}

void Scan::bytes(uint64_t size, uint64_t end, std::string& out) {
  copied_ += size;
  if (reader_.ok() && copied_ > message_size_limit) {
    reader_.failed({Code::bad_model, "the model without its tensors is larger than 2 GB", {}});
    return;
  }
  reader_.copy(size, end, out);
}

}  // namespace

Result<WeightlessModel> scan_model(const std::shared_ptr<const FileHandle>& file,
                                   ExternalFiles& external) {
  return Scan(file, external).run();
}

}  // namespace ortopt
