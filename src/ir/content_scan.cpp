#include "ir/content_scan.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <utility>

#include "ir/tensor_proto.h"

namespace ortopt {
namespace {

using Chunk = ScannedTensor::Chunk;

/// The typed field that ONNX gives to a type's elements.
uint32_t typed_field(DataType type) {
  switch (type) {
    case DataType::float32:
    case DataType::complex64:
      return tensor_field::float_data;
    case DataType::float64:
    case DataType::complex128:
      return tensor_field::double_data;
    case DataType::int64:
      return tensor_field::int64_data;
    case DataType::uint32:
    case DataType::uint64:
      return tensor_field::uint64_data;
    default:
      return tensor_field::int32_data;
  }
}

/// Whether the packed form of a typed field is the same as raw data.
bool is_raw_already(uint32_t field) {
  return field == tensor_field::float_data || field == tensor_field::double_data;
}

void append_low_bytes(std::string& to, uint64_t number, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) to.push_back(static_cast<char>(number >> (8 * i)));
}

}  // namespace

void ContentScan::copy_chunk(const Chunk& chunk, std::string& message) {
  append_tag(message, chunk.field, WireType::bytes);
  append_varint(message, chunk.length);
  reader_.seek(chunk.offset);
  reader_.copy(chunk.length, chunk.offset + chunk.length, message);
}

void ContentScan::place(FileExtent extent, std::string& message) {
  onnx::TensorProto placeholder;
  onnx::StringStringEntryProto& entry = *placeholder.add_external_data();
  entry.set_key(extent_key);
  entry.set_value(std::to_string(extents_.size()));
  placeholder.set_data_location(onnx::TensorProto::EXTERNAL);
  message += placeholder.SerializeAsString();
  extents_.push_back(std::move(extent));
}

std::string ContentScan::finish(ScannedTensor tensor) {
  std::string message = std::move(tensor.header);
  const auto raw = std::find_if(tensor.chunks.rbegin(), tensor.chunks.rend(), [](const Chunk& c) {
    return c.field == tensor_field::raw_data;  // The last one counts, as in protobuf.
  });
  if (tensor.is_external) {
    finish_external(message);
  } else if (raw != tensor.chunks.rend()) {
    finish_raw(tensor, *raw, message);
  } else {
    finish_typed(tensor, message);
  }
  return message;
}

void ContentScan::finish_external(std::string& header) {
  onnx::TensorProto message;
  if (!message.ParseFromString(header)) return reader_.damaged("a tensor that cannot be read");
  Result<FileExtent> extent = external_.resolve(message);
  if (!extent) {
    Error error = std::move(extent).error();
    error.message = "tensor '" + message.name() + "': " + error.message;
    return reader_.failed(std::move(error));
  }
  content_bytes_ += extent->length;
  message.clear_external_data();
  message.clear_data_location();
  header = message.SerializeAsString();
  place(*std::move(extent), header);
}

void ContentScan::finish_raw(const ScannedTensor& tensor, const Chunk& chunk,
                             std::string& message) {
  content_bytes_ += chunk.length;
  if (chunk.length >= streamed_bytes && tensor.type != DataType::string)
    place({reader_.file(), chunk.offset, chunk.length}, message);
  else
    copy_chunk(chunk, message);
}

void ContentScan::finish_typed(const ScannedTensor& tensor, std::string& message) {
  std::vector<Chunk> chunks = tensor.chunks;
  // Fields that do not belong to the type are never read.
  std::erase_if(chunks, [&](const Chunk& c) { return c.field != typed_field(tensor.type); });
  uint64_t total = 0;
  for (const Chunk& chunk : chunks) total += chunk.length;
  if (total < streamed_bytes) {
    content_bytes_ += total;
    for (const Chunk& chunk : chunks) copy_chunk(chunk, message);
  } else if (chunks.size() == 1 && is_raw_already(chunks.front().field)) {
    content_bytes_ += total;
    place({reader_.file(), chunks.front().offset, total}, message);
  } else {
    rewrite_as_raw({{}, std::move(chunks), tensor.type, false}, message);
  }
}

void ContentScan::rewrite_as_raw(const ScannedTensor& tensor, std::string& message) {
  const std::size_t width = std::max<std::size_t>(bits_of(tensor.type) / 8, 1);
  std::string raw;
  std::optional<uint64_t> spilled_from;
  for (const Chunk& chunk : tensor.chunks) append_decoded(chunk, width, raw, spilled_from);
  if (spilled_from) {
    spill(raw, spilled_from);
    content_bytes_ += spill_.size() - *spilled_from;
    place({nullptr, *spilled_from, spill_.size() - *spilled_from}, message);
  } else {
    content_bytes_ += raw.size();
    append_tag(message, tensor_field::raw_data, WireType::bytes);
    append_varint(message, raw.size());
    message += raw;
  }
}

void ContentScan::append_decoded(const Chunk& chunk, std::size_t width, std::string& raw,
                                 std::optional<uint64_t>& spilled_from) {
  const uint64_t end = chunk.offset + chunk.length;
  reader_.seek(chunk.offset);
  while (reader_.ok() && reader_.position() < end) {
    if (is_raw_already(chunk.field))
      reader_.copy(std::min<uint64_t>(end - reader_.position(), 4096), end, raw);
    else
      append_low_bytes(raw, reader_.varint(end), width);
    if (raw.size() > Tensor::small_bytes) spill(raw, spilled_from);
  }
}

void ContentScan::spill(std::string& raw, std::optional<uint64_t>& spilled_from) {
  if (!spilled_from) spilled_from = spill_.size();
  if (Result<void> done = spill_.append(raw); !done) reader_.failed(std::move(done).error());
  raw.clear();
}

Result<std::vector<FileExtent>> ContentScan::take_extents() {
  if (spill_.size() > 0) {
    Result<std::shared_ptr<const FileHandle>> file = spill_.finish();
    if (!file) return pass_on(std::move(file).error());
    for (FileExtent& extent : extents_)
      if (extent.file == nullptr) extent.file = *file;
  }
  return std::move(extents_);
}

}  // namespace ortopt
