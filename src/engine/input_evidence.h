#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "ortopt/ir/graph.h"

namespace ortopt {

/// What a graph does with one of its inputs, found by following it forwards through operators that
/// only move or convert it ("as it is"), and through simple arithmetic ("derived").
struct InputEvidence {
  bool is_index = false;             ///< Picks rows of a table, as it is.
  bool is_derived_index = false;     ///< Picks rows of a table, after some arithmetic.
  std::optional<int64_t> row_limit;  ///< Values from here on are outside of a table.
  bool is_condition = false;  ///< Chooses, negates, is subtracted from 1, scaled by a huge number.
  bool masks_attention = false;   ///< The mask of an attention operator.
  bool hides_when_set = false;    ///< A mask: what it marks is hidden.
  bool hides_when_unset = false;  ///< A mask: what it does not mark is hidden.
  bool is_angle = false;          ///< Ends in a sine or cosine.
  bool is_appended_to = false;    ///< Joined with something computed.
  bool is_multiplied = false;     ///< An operand of a matrix product, as it is.
  bool is_convolved = false;
  bool is_compared_with_computed = false;
  std::optional<int64_t> channels;     ///< Of the convolution's weight.
  std::optional<int64_t> kernel;       ///< Its last extent.
  std::optional<int64_t> width;        ///< Rows of the constant that it is multiplied with.
  std::set<int64_t> compared_numbers;  ///< Constants that it is compared with, as it is.
  std::set<int64_t> searched_numbers;  ///< Those whose first place is asked for.
};

/// Follows `input`. Time is linear in what is reached, and bounded.
[[nodiscard]] InputEvidence gather_evidence(const Value& input);

}  // namespace ortopt
