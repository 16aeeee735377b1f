#include "ortopt/pass/registry.h"

#include "ortopt/passes/common_subexpressions.h"
#include "ortopt/passes/constant_folding.h"
#include "ortopt/passes/dead_code.h"
#include "ortopt/passes/duplicate_weights.h"
#include "ortopt/passes/embed_layer_norm.h"
#include "ortopt/passes/layer_norm.h"
#include "ortopt/passes/no_ops.h"
#include "ortopt/passes/skip_layer_norm.h"

namespace ortopt {
namespace {

template <class... Passes>
Stage stage(std::string_view name) {
  Stage made{.name = name};
  (made.passes.push_back(std::make_unique<Passes>()), ...);
  return made;
}

}  // namespace

Pipeline make_pipeline() {
  Pipeline pipeline;
  pipeline.push_back(stage<                 //
                     NoOps,                 //
                     ConstantFolding,       //
                     CommonSubexpressions,  //
                     DeadCode               //
                     >("normalise"));
  pipeline.push_back(stage<          //
                     EmbedLayerNorm  //
                     >("recognise"));
  pipeline.push_back(stage<                 //
                     NoOps,                 //
                     ConstantFolding,       //
                     CommonSubexpressions,  //
                     DeadCode,              //
                     DuplicateWeights       //
                     >("clean"));
  return pipeline;
}

}  // namespace ortopt
