#pragma once

#include <cstdint>
#include <vector>

#include "ortopt/compare/signature.h"
#include "ortopt/engine/input_request.h"

namespace ortopt {

/// An input that takes what an output gave in the step before.
struct StatePair {
  std::size_t input;
  std::size_t output;

  friend bool operator==(const StatePair&, const StatePair&) = default;
};

/// Which outputs are the past of the next step: by name (`past_0` and `present_0`,
/// `past_key_values.0.key` and `present.0.key`), or by order when there are as many outputs of that
/// type and rank as inputs. Fails with `usage` when the model takes no past, or gives none back.
[[nodiscard]] Result<std::vector<StatePair>> find_state(const Signature& signature,
                                                        const InputPlan& plan);

/// The words of the next step: the likeliest at the last place of each row of `logits`, as an input
/// of that type.
[[nodiscard]] Result<Tensor> likeliest_words(const Tensor& logits, DataType type);

/// What a model of state `state` is fed in a step (1, 2, …) after the sample that `source` made with
/// `seed`: the likeliest words, where the first of `outputs` tells of words, and as past what these
/// outputs of the step before hold.
[[nodiscard]] Result<std::vector<NamedTensor>> next_feeds(const InputSource& source, uint64_t seed,
                                                          const std::vector<StatePair>& state,
                                                          const std::vector<NamedTensor>& outputs,
                                                          int64_t step);

}  // namespace ortopt
