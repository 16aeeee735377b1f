#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "ortopt/ir/tensor.h"
#include "ortopt/shape/analysis.h"

namespace ortopt::shape {

/// Which one of many values something comes from: none, one, or several.
struct Mark {
  const Value* value = nullptr;
  bool several = false;

  [[nodiscard]] bool is_set() const { return value != nullptr || several; }
  /// What carries both marks.
  void join(const Mark& other) {
    if (!other.is_set()) return;
    if (!is_set()) {
      *this = other;
    } else if (value != other.value || other.several) {
      *this = {nullptr, true};
    }
  }
};

/// All that is known of one value.
struct Record {
  DataType dtype = DataType::undefined;
  std::optional<Layout> layout;
  /// Content of a small tensor. For constants made on demand: ask Knowledge::content.
  std::shared_ptr<const ShapeValue> content;
  bool content_tried = false;
  /// The constant it is. For known content made on demand: ask Knowledge::constant.
  std::shared_ptr<const Tensor> constant;
  bool constant_tried = false;
  /// Computed from initializers alone, whether or not the content could be made.
  bool from_constants = false;
  [[nodiscard]] bool is_from_constants() const { return from_constants || constant != nullptr; }
  Mark scores;
  Mark probabilities;
  /// The elements of a sequence.
  std::shared_ptr<const std::vector<Record>> parts;
  /// How many substitutions of symbols its sizes have seen.
  std::size_t epoch = 0;
};

/// Content with more elements than this is not followed.
inline constexpr std::size_t max_content = 64;

}  // namespace ortopt::shape
