#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "ir/digest.h"
#include "ir/recipes.h"
#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

std::string digest_of(const void* data, std::size_t size) {
  return hexadecimal(XXH3_128bits(data, size));
}

std::string strings_key(const std::vector<std::string>& strings) {
  std::string all;
  for (const std::string& text : strings) all += std::to_string(text.size()) + ":" + text;
  return "strings " + digest_of(all.data(), all.size());
}

std::string key_of(const Tensor::Content& content) {
  if (const auto* bytes = std::get_if<Tensor::Bytes>(&content))
    return *bytes == nullptr ? "bytes" : "bytes " + digest_of((*bytes)->data(), (*bytes)->size());
  if (const auto* extent = std::get_if<FileExtent>(&content))
    return "file " + extent->file->identity() + " " + std::to_string(extent->offset) + "+" +
           std::to_string(extent->length);
  if (const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&content)) {
    const std::string key = (*recipe)->key();
    return "recipe " + digest_of(key.data(), key.size());
  }
  return strings_key(*std::get<Tensor::Strings>(content));
}

}  // namespace

uint64_t Recipe::block_size() const { return uint64_t{256} * 1024; }

uint64_t block_size_of(const Tensor& tensor) {
  const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&tensor.content());
  return recipe == nullptr ? uint64_t{256} * 1024 : (*recipe)->block_size();
}

Result<void> read_content(const Tensor& tensor, uint64_t offset, std::span<std::byte> to) {
  if (to.empty()) return {};
  ensure(offset + to.size() <= tensor.byte_size(), "a read stays within the tensor");
  if (const auto* extent = std::get_if<FileExtent>(&tensor.content()))
    return extent->file->read(extent->offset + offset, to);
  if (const auto* recipe = std::get_if<std::shared_ptr<const Recipe>>(&tensor.content()))
    return (*recipe)->read(offset, to);
  const auto* bytes = std::get_if<Tensor::Bytes>(&tensor.content());
  ensure(bytes != nullptr, "strings have no bytes to read");
  std::memcpy(to.data(), (*bytes)->data() + offset, to.size());
  return {};
}

std::string bytes_key(const Tensor& tensor) { return key_of(tensor.content()); }

std::string content_key(const Tensor& tensor) {
  std::string key = std::to_string(static_cast<int32_t>(tensor.dtype())) + "[";
  for (const int64_t dim : tensor.dims()) key += std::to_string(dim) + ",";
  return key + "] " + key_of(tensor.content());
}

Result<uint64_t> content_sample(const Tensor& tensor) {
  const uint64_t size = tensor.byte_size();
  uint64_t digest = XXH3_64bits(&size, sizeof(size));
  if (std::holds_alternative<Tensor::Strings>(tensor.content())) {
    const std::string key = bytes_key(tensor);
    return XXH3_64bits_withSeed(key.data(), key.size(), digest);
  }
  constexpr uint64_t parts = 8;
  std::array<std::byte, 64> buffer{};
  const auto part =
      std::span(buffer).first(static_cast<std::size_t>(std::min<uint64_t>(size, buffer.size())));
  const uint64_t room = size - part.size();
  for (uint64_t i = 0; i <= parts; ++i) {
    if (Result<void> done = read_content(tensor, room / parts * i, part); !done)
      return pass_on(std::move(done).error());
    digest = XXH3_64bits_withSeed(part.data(), part.size(), digest);
  }
  return digest;
}

Result<bool> same_bytes(const Tensor& one, const Tensor& other) {
  const uint64_t size = one.byte_size();
  if (size != other.byte_size()) return false;
  if (bytes_key(one) == bytes_key(other)) return true;
  if (std::holds_alternative<Tensor::Strings>(one.content()) ||
      std::holds_alternative<Tensor::Strings>(other.content()))
    return false;
  constexpr uint64_t block = 1024 * 1024;
  std::vector<std::byte> left(static_cast<std::size_t>(std::min(size, block)));
  std::vector<std::byte> right(left.size());
  for (uint64_t offset = 0; offset < size; offset += left.size()) {
    const auto step = static_cast<std::size_t>(std::min<uint64_t>(left.size(), size - offset));
    const std::pair<const Tensor*, std::span<std::byte>> sides[] = {
        {&one, std::span(left).first(step)}, {&other, std::span(right).first(step)}};
    for (const auto& [tensor, to] : sides)
      if (Result<void> done = read_content(*tensor, offset, to); !done)
        return pass_on(std::move(done).error());
    if (std::memcmp(left.data(), right.data(), step) != 0) return false;
  }
  return true;
}

}  // namespace ortopt
