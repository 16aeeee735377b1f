#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ortopt {

/// One rewrite that was made: what the report, the provenance and the log tell about it.
struct Rewrite {
  std::string pass;  ///< Id: "skip_layer_norm".
  std::string made;  ///< Operator of the result: "com.microsoft.SkipLayerNormalization"; empty for
                     ///< a removal.
  std::string node;  ///< Name of the resulting node.
  std::vector<std::string> replaced;  ///< Names of the nodes that went.
};

/// An anchor (a Softmax, an Erf, a norm's square root …) that stayed unfused.
struct Miss {
  std::string pass;
  std::string node;    ///< Name of the anchor.
  std::string op;      ///< Its operator.
  std::string reason;  ///< One sentence: "c1 is not the constant 1.414214".
};

/// Something the result relies on that the graph does not state, each once.
struct AssumedFact {
  std::string pass;
  std::string text;  ///< "attention_mask is 0 or 1".
};

/// What one pass did in one run of the pipeline.
struct PassRun {
  std::string pass;
  std::size_t changes = 0;
  std::size_t rounds = 0;
  bool converged = true;
  double seconds = 0;
};

/// Everything that passes tell about a run. Tables, JSON and log are rendered from this (report/).
struct Facts {
  std::vector<Rewrite> rewrites;
  std::vector<Miss> misses;  ///< Misses of the last round of each pass only.
  std::vector<AssumedFact> assumptions;
  std::vector<std::string>
      warnings;  ///< For people: a flag that contradicts the graph, an operator without a kernel.
  std::vector<PassRun> runs;

  void assume(const std::string& pass, const std::string& text);
};

}  // namespace ortopt
