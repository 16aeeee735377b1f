#include "ir/shared_content.h"

#include <memory>

#include "ortopt/ir/recipe.h"

namespace ortopt {

Result<std::size_t> SharedContent::first_like(const Tensor& tensor, std::size_t index) {
  const auto [entry, is_new] = by_key_.try_emplace(bytes_key(tensor), index);
  if (!is_new) return entry->second;
  // Reading a recipe costs as much as writing it; only its key counts.
  if (std::holds_alternative<std::shared_ptr<const Recipe>>(tensor.content())) return index;
  const Result<uint64_t> sample = content_sample(tensor);
  if (!sample) return pass_on(sample.error());
  std::vector<Seen>& candidates = by_sample_[*sample];
  for (const Seen& seen : candidates) {
    const Result<bool> same = same_bytes(seen.tensor, tensor);
    if (!same) return pass_on(same.error());
    if (*same) return entry->second = seen.index;
  }
  candidates.push_back({tensor, index});
  return index;
}

}  // namespace ortopt
