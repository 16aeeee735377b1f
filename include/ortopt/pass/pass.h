#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ortopt/base/logger.h"
#include "ortopt/base/result.h"
#include "ortopt/ir/graph.h"
#include "ortopt/pass/facts.h"
#include "ortopt/pass/target.h"
#include "ortopt/pattern/pattern.h"
#include "ortopt/shape/analysis.h"

namespace ortopt {

class Rewriter;

/// What the user states about the model. The graph wins where they differ; each difference is a
/// warning that names the evidence.
struct Hints {
  std::string model_type = "auto";
  int64_t num_heads = 0;  ///< 0: not stated.
  int64_t hidden_size = 0;
};

/// What passes may know besides the graph.
struct PassOptions {
  Hints hints;
  Target target;
  bool use_mask_index = false;  ///< 1-D right-padding lengths instead of the raw mask.
  bool no_attention_mask =
      false;  ///< Drop attention masks (the user promises that nothing is padded).
  bool bias_in_skip_layer_norm = true;    ///< SkipLayerNormalization takes a bias, too.
  bool use_multi_head_attention = false;  ///< Prefer MultiHeadAttention to Attention.
  bool gelu_approximation = false;        ///< Gelu may become FastGelu.
};

/// A pass's surroundings for one graph: options, facts, and an analysis that is made when first
/// asked for and again after changes it cannot follow.
class Context {
 public:
  Context(Graph& main_graph, const PassOptions& options, Facts& facts, Logger& logger);
  ~Context();

  [[nodiscard]] const PassOptions& options() const { return *options_; }
  [[nodiscard]] const Target& target() const { return options_->target; }
  /// Why `op` of `domain` with values of `type` may not be emitted into this model: what the target
  /// says, or that ONNX got it after the model's opset. Nothing when it may.
  [[nodiscard]] std::optional<std::string> objection(std::string_view domain, std::string_view op,
                                                     DataType type) const;
  [[nodiscard]] Facts& facts() { return *facts_; }
  [[nodiscard]] Logger& logger() { return *logger_; }
  /// Of the whole model; current.
  [[nodiscard]] Analysis& analysis();
  /// Throws the analysis away; the next call of analysis() makes a new one.
  void invalidate_analysis() { analysis_.reset(); }
  [[nodiscard]] bool has_analysis() const { return analysis_.has_value(); }
  /// Restricts where passes may rewrite: `--only` and `--skip` with node globs. Everywhere when
  /// never called.
  void select(std::function<bool(std::string_view pass, const Node& root)> selects) {
    selects_ = std::move(selects);
  }
  [[nodiscard]] bool selects(std::string_view pass, const Node& root) const {
    return !selects_ || selects_(pass, root);
  }

 private:
  Graph* main_graph_;
  const PassOptions* options_;
  Facts* facts_;
  Logger* logger_;
  std::optional<Analysis> analysis_;
  std::function<bool(std::string_view, const Node&)> selects_;
};

/// How much a pass changed in one run over one graph.
struct Changes {
  std::size_t count = 0;
};

/// One transformation of a graph. Stateless, idempotent, deterministic, independent of the order in
/// which nodes happen to be stored. Nested graphs, repetition and order among passes are the
/// driver's business.
class Pass {
 public:
  virtual ~Pass() = default;

  /// "skip_layer_norm": the name of its header, source, test and page.
  [[nodiscard]] virtual std::string_view id() const = 0;
  /// One sentence, shown by --list-passes.
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Result<Changes> run(Graph& graph, Context& context) const = 0;
};

/// A pass that is a pattern, a guard and a rewrite; for almost everything. Derived constructors
/// fill the members.
class FusionPass : public Pass {
 public:
  [[nodiscard]] std::string_view id() const final { return id_; }
  [[nodiscard]] std::string_view summary() const final { return summary_; }
  [[nodiscard]] Result<Changes> run(Graph& graph, Context& context) const final;

 protected:
  FusionPass(std::string id, std::string summary)
      : id_(std::move(id)), summary_(std::move(summary)) {}

  /// What is looked for. Tried at every node whose operator its root can have.
  pattern::Pattern pattern{0.0};
  /// Operators that promise this fusion: one that is left afterwards is reported as a miss, with
  /// the nearest reason.
  std::vector<std::string> anchors;
  /// Which nodes of these operators promise it; all when empty.
  std::function<bool(const Node&, const Analysis&)> is_anchor;
  /// Conditions beyond the pattern; every refusal is a sentence.
  std::function<std::optional<std::string>(const pattern::Match&, const Context&)> guard;
  /// Builds the replacement of the root and returns it. Runs only after everything else is certain.
  std::function<Value&(const pattern::Match&, Rewriter&)> rewrite;

 private:
  std::string id_;
  std::string summary_;
};

}  // namespace ortopt
