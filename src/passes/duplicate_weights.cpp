#include "ortopt/passes/duplicate_weights.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <tuple>

#include "ortopt/ir/recipe.h"
#include "ortopt/pass/rewriter.h"

namespace ortopt {
namespace {

constexpr std::size_t block_bytes = 1 << 20;
constexpr uint64_t sample_bytes = 256;

/// What two equal tensors surely share: type, dimensions, and bytes at the start, in the middle and
/// at the end.
using Signature = std::tuple<DataType, std::vector<int64_t>, std::vector<std::byte>>;

Result<Signature> signature_of(const Tensor& tensor) {
  const uint64_t size = tensor.byte_size();
  const uint64_t length = std::min(size, sample_bytes);
  std::vector<std::byte> sample(3 * length);
  const std::array<uint64_t, 3> places = {0, (size - length) / 2, size - length};
  for (std::size_t k = 0; k < places.size(); ++k) {
    const auto read =
        read_content(tensor, places[k], std::span(sample).subspan(k * length, length));
    if (!read) return pass_on(read.error());
  }
  return Signature{tensor.dtype(), tensor.dims(), std::move(sample)};
}

Result<bool> equal(const Tensor& a, const Tensor& b) {
  if (content_key(a) == content_key(b)) return true;
  const std::size_t block = std::min<uint64_t>(block_bytes, a.byte_size());
  std::vector<std::byte> left(block);
  std::vector<std::byte> right(block);
  for (uint64_t offset = 0; offset < a.byte_size(); offset += block) {
    const std::size_t length = std::min<uint64_t>(block, a.byte_size() - offset);
    if (const auto read = read_content(a, offset, std::span(left).first(length)); !read)
      return pass_on(read.error());
    if (const auto read = read_content(b, offset, std::span(right).first(length)); !read)
      return pass_on(read.error());
    if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(length),
                    right.begin()))
      return false;
  }
  return true;
}

/// Recipes would be evaluated to be looked at; strings are rare and small.
bool is_comparable(const Value& value) {
  const Tensor::Content& content = value.initializer()->content();
  return std::holds_alternative<Tensor::Bytes>(content) ||
         std::holds_alternative<FileExtent>(content);
}

}  // namespace

Result<Changes> DuplicateWeights::run(Graph& graph, Context& context) const {
  Changes changes;
  std::map<Signature, std::vector<Value*>> seen;
  const std::vector<Value*> initializers = graph.initializers();
  for (Value* value : initializers) {
    if (!is_comparable(*value) || value->is_graph_output() || value->uses().empty()) continue;
    const auto signature = signature_of(*value->initializer());
    if (!signature)
      return within(signature.error(), "while reading weight '" + value->name() + "'");
    std::vector<Value*>& alike = seen[*signature];
    Value* twin = nullptr;
    for (Value* candidate : alike) {
      const auto same = equal(*candidate->initializer(), *value->initializer());
      if (!same) return within(same.error(), "while comparing weight '" + value->name() + "'");
      if (*same) twin = candidate;
    }
    if (twin == nullptr) {
      alike.push_back(value);
      continue;
    }
    Rewriter rewriter(id(), *value->uses().front().node, context);
    rewriter.replace(*value, *twin);
    rewriter.finish({});
    if (context.has_analysis()) context.analysis().forget(*value);
    graph.remove_initializer(*value);
    ++changes.count;
  }
  return changes;
}

}  // namespace ortopt
