#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "ortopt/shape/analysis.h"

namespace ortopt::attention {

/// One operation that lets scores through or not, met on the way from the softmax up to the product
/// of queries and keys.
struct MaskTerm {
  enum class Kind {
    add,       ///< scores + value
    subtract,  ///< scores − value
    multiply,  ///< scores · value, the value being 0 or one other number; only ever beside an add
               ///< that hides what was zeroed.
    keep_where,  ///< Where(value, scores, fill)
    drop_where,  ///< Where(value, fill, scores)
    boolean,     ///< the mask input of a standard Attention: true keeps
  };
  Kind kind = Kind::add;
  const Value* value = nullptr;
  std::optional<double> fill;  ///< Of the Where kinds, when it is one number.
  int key_axis = -1;  ///< −1 or −2: the dimension of the scores that walks the keys at this point.
  /// Applied to what softmax gives: a row that sees no key becomes 0. It may change nothing else.
  bool on_probabilities = false;

  friend auto operator<=>(const MaskTerm&, const MaskTerm&) = default;
};

/// One condition under which a key is visible. The index variables are the symbols `batch_index`,
/// `head_index`, `query_index`, `key_index`.
struct Literal {
  /// The tensor that is read, or null for a condition on positions alone.
  const Value* value = nullptr;
  /// Where it is read.
  std::vector<Dim> index;
  /// Visible when the element is not 0 (true) or when it is 0 (false).
  bool visible_when_set = true;
  /// The element is used as a number, so that "it is 0 or 1" is an assumption; false when only "is
  /// it 0?" is asked.
  bool assumed_binary = false;
  /// Without a tensor: visible when this is ≥ 0.
  Dim position;
};

inline constexpr const char* batch_index = "%b";
inline constexpr const char* head_index = "%h";
inline constexpr const char* query_index = "%i";
inline constexpr const char* key_index = "%j";

/// What the masks of one attention let through, proved for every element: key j is visible to query
/// i exactly when all literals hold.
struct MaskMeaning {
  bool proved = false;
  std::string reason;                 ///< Why not proved.
  std::vector<Literal> literals;      ///< None: everything is visible.
  std::vector<double> hidden_values;  ///< What is added to (or put in place of) a hidden score,
                                      ///< ascending, each once.
  double factor = 1;                  ///< What every visible score is multiplied by.
  std::string text;                   ///< "attention_mask[%b, %j] and %i-%j >= 0".

  /// The literal that reads a tensor of shape [batch, key] at [b, j], when there is exactly one
  /// tensor literal and it does.
  [[nodiscard]] const Literal* key_padding() const;
  /// c of the only position literal when that is `query − key + c ≥ 0`; nothing otherwise.
  [[nodiscard]] std::optional<Dim> causal_offset() const;
  /// Whether conditions on positions alone leave query i the key i + `offset`, for every i.
  [[nodiscard]] bool shows_own_key(const Dim& offset) const;
  /// Whether there is nothing but at most one key padding and at most one causal literal.
  [[nodiscard]] bool is_plain() const;
};

/// Proves masks by element expressions: it asks for the mask's element at [b, h, i, j] and pushes
/// the index up through the operators until it reaches inputs, constants and comparisons of index
/// polynomials; a truth table over those says what is visible. Method and traps:
/// docs/passes/attention.md.
class MaskProver {
 public:
  explicit MaskProver(const Analysis& facts) : facts_(&facts) {}

  /// `heads` unfolds masks of rank 3, whose first dimension is batch · heads. Equal questions are
  /// answered from memory.
  [[nodiscard]] const MaskMeaning& prove(std::span<const MaskTerm> terms, int64_t heads);

 private:
  const Analysis* facts_;
  std::map<std::tuple<std::vector<MaskTerm>, int64_t>, MaskMeaning> known_;
};

}  // namespace ortopt::attention
