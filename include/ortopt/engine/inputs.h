#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/result.h"
#include "ortopt/engine/engine.h"

namespace ortopt {

class Graph;

/// What the numbers of a model's input stand for.
enum class InputKind {
  ids,       ///< Rows of a table: words.
  segment,   ///< Rows of a table of very few rows: which sentence.
  position,  ///< Places in a sequence.
  mask,      ///< 1 where there is something to see, 0 at padding.
  past,      ///< Keys or values of an earlier run.
  length,    ///< How much of each sequence is no padding.
  flag,      ///< A switch.
  features,  ///< Any floats: images, sound, states.
  /// 1 at places that see, and are seen by, all others.
  global_mask,
};

/// "ids", "segment", …
[[nodiscard]] std::string_view name_of(InputKind kind);

/// What an input means, and the limits of its values.
struct InputMeaning {
  InputKind kind = InputKind::features;
  /// A mask that is 1 at padding, and 0 where there is something to see.
  bool marks_padding = false;
  /// Numbers from here on have no row.
  std::optional<int64_t> limit;
  /// The number that the graph takes for padding.
  std::optional<int64_t> padding;
  /// The number whose first place the graph asks for; it ends each row.
  std::optional<int64_t> end;
};

/// The sizes that a model's dynamic dimensions are made of.
struct InputSizes {
  int64_t batch = 2;
  int64_t sequence = 7;
  int64_t past = 5;
  int64_t total = 12;   ///< What a mask covers: past and sequence.
  int64_t encoder = 6;  ///< Length of a second sequence.
  int64_t extent = 32;  ///< Width and height of images, frames of sound.

  friend bool operator==(const InputSizes&, const InputSizes&) = default;
};

enum class Padding { none, right, left };

/// What an input of lengths holds: one number for each row; or these, then the places at which the
/// rows' queries and their keys begin among all of them, ends included (3 · batch + 2 numbers).
enum class LengthForm { plain, with_sums };

/// One set of inputs to be made.
struct InputCase {
  InputSizes sizes;
  Padding padding = Padding::none;
  bool flags = true;  ///< What switches are set to.
  /// With padding, how many places of each row are none; empty: all but a few.
  std::vector<int64_t> lengths = {};
  int64_t global_places = 1;  ///< How many places, from the first, a global mask marks.
  LengthForm length_form = LengthForm::plain;

  friend bool operator==(const InputCase&, const InputCase&) = default;
};

/// How many places of row `row` are padding, of `length`.
[[nodiscard]] int64_t padded_places(const InputCase& inputs, int64_t row, int64_t length);

/// Makes inputs for a model from its signature and from how its graph uses each input.
class InputPlan {
 public:
  /// `graph` may be null: then types, shapes and names have to do. It is not kept. `known` says what
  /// inputs mean where that need not be found out.
  InputPlan(std::vector<Port> inputs, const Graph* graph,
            const std::map<std::string, InputKind>& known = {});
  ~InputPlan();
  InputPlan(InputPlan&&) noexcept;

  [[nodiscard]] const std::vector<Port>& inputs() const;
  /// One for each input.
  [[nodiscard]] const std::vector<InputMeaning>& meanings() const;
  /// Whether an input of this kind is there.
  [[nodiscard]] bool has(InputKind kind) const;
  /// The case of these sizes without padding, with those that the signature fixes as they are, no
  /// past where none is taken, and `total` set to past and sequence.
  [[nodiscard]] InputCase case_of(const InputSizes& sizes) const;
  /// Whether the size makes a difference to any input.
  [[nodiscard]] bool varies(int64_t InputSizes::*size) const;
  /// Cases worth running, as different as the dynamic dimensions allow; at least one.
  [[nodiscard]] std::vector<InputCase> cases() const;
  /// Other readings of the dimensions, to be tried in turn when the model does not run with
  /// `first`: exporters leave sizes inside that the signature does not show.
  [[nodiscard]] std::vector<InputCase> alternatives(const InputCase& first) const;
  /// The inputs, the same for the same arguments on every machine. Fails with `usage` for an input
  /// that cannot be made up.
  [[nodiscard]] Result<std::vector<NamedTensor>> feeds(const InputCase& inputs,
                                                       uint64_t seed) const;
  /// "batch 2, sequence 7, padding right": what is dynamic of the case.
  [[nodiscard]] std::string describe(const InputCase& inputs) const;

 private:
  struct Details;
  std::unique_ptr<Details> details_;
};

}  // namespace ortopt
