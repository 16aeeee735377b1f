#pragma once

#include <string_view>

#include "ortopt/precision/mark.h"

namespace ortopt {

/// What the user wants kept: an operator ("TopK", "com.microsoft.Gelu"), or a glob over names of
/// nodes.
class Requested final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "requested"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Operators and nodes that --keep-fp32 names";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// What running the model has shown to need float32 (PrecisionOptions::measured).
class Measured final : public MarkPass {
 public:
  static constexpr std::string_view name = "measured";
  [[nodiscard]] std::string_view id() const override { return name; }
  [[nodiscard]] std::string_view summary() const override {
    return "What was measured to need float32";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// PrecisionRecipe::gpt2: additions, norms, FastGelu and embeddings, and the product that gives the
/// logits, unless its weight is the same in half precision: then it was trained so.
class Gpt2Recipe final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "gpt2_recipe"; }
  [[nodiscard]] std::string_view summary() const override {
    return "What the recipe for GPT-2 keeps (--auto_mixed_precision)";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Numbers that come from integers and constants alone: positions, sizes, masks. Whole numbers beyond
/// 2048 are not exact in float16, and the arithmetic is small and done once.
///
///   ids ── Shape ── Range ── Cast ── Mul (1/10000^k) ── Cos      all of it stays float32
class Positions final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "positions"; }
  [[nodiscard]] std::string_view summary() const override {
    return "What is computed from integers and constants alone: positions, sizes, masks";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Arithmetic whose result is cast to an integer or to a text: an index that is off by one is another
/// element, and 0.1 is not spelled 0.0999756.
class Indices final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "indices"; }
  [[nodiscard]] std::string_view summary() const override {
    return "What becomes an integer or a text";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Sine and cosine, and the elementwise arithmetic before them: an angle of 1000 is known to ±0.25 in
/// float16.
class Angles final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "angles"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Sines and cosines, and the angles that they are of";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Exp overflows beyond 11.09 in float16. With it go the sum and the division of a softmax in pieces,
/// and the logarithm of a sum.
class Exponentials final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "exponentials"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Exponentials, and the sums and quotients that a softmax in pieces is made of";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Log of what has become 0 is −infinity: probabilities below 6e-8 are 0 in float16.
class Logarithms final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "logarithms"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Logarithms, and the probabilities that they are of";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// ε of 1e-5 has four bits in float16, ε of 1e-12 is 0: what is divided by (or has its root taken) is
/// then 0, too. With the addition go the sum or mean before it, with its squares, and everything up
/// to the division: the statistics of a norm in pieces.
///
///   x − E[x] ── Pow 2 ── ReduceMean ── Add ε ── Sqrt ── Div      all of it stays float32
class DivisionByEpsilon final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "division_by_epsilon"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Divisions, roots and logarithms of what a small number was added to, with the sums "
           "before them";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// Sums of many numbers, or of squares, leave the range of float16, or lose what is added last.
class LongSums final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "long_sums"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Sums and means along long axes, and sums of squares";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// QuantizeLinear and DequantizeLinear: their scales are small numbers that need all their bits.
class Quantization final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "quantization"; }
  [[nodiscard]] std::string_view summary() const override { return "Scales of quantised numbers"; }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// The runtime puts Casts around operators that it has float32 kernels for only; not where nothing
/// goes in that a Cast could stand before.
class NoHalfKernel final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "no_half_kernel"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Operators that the runtime has no half-precision kernel for and puts no Casts around";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

/// What is right and yet must not be written, because runtimes that are in use fail on it. Each with
/// the versions that it was seen in.
class RuntimeDefects final : public MarkPass {
 public:
  [[nodiscard]] std::string_view id() const override { return "runtime_defects"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Operators that a runtime comes to a bad end with in half precision";
  }
  void run(const MarkScope& scope, Marks& marks) const override;
};

}  // namespace ortopt
