#include <xxhash.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include "ortopt/ir/file_handle.h"
#include "ortopt/ir/recipe.h"

namespace ortopt {
namespace {

std::string digest_of(const void* data, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(data, size);
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text.data();
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

std::string content_key(const Tensor& tensor) {
  std::string key = std::to_string(static_cast<int32_t>(tensor.dtype())) + "[";
  for (const int64_t dim : tensor.dims()) key += std::to_string(dim) + ",";
  return key + "] " + key_of(tensor.content());
}

}  // namespace ortopt
