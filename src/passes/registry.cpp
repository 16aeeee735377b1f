#include "ortopt/pass/registry.h"

#include "every_pass.h"  // generated: the header of every pass

namespace ortopt {
namespace {

/// Adds stages and passes to a pipeline, one line each.
class List {
 public:
  void support(std::string_view stage) {
    pipeline_.push_back({.name = stage, .purpose = Stage::Purpose::support});
  }
  void fusions(std::string_view stage) { pipeline_.push_back({.name = stage}); }
  template <class P>
  void pass() {
    pipeline_.back().passes.push_back(std::make_unique<P>());
  }
  [[nodiscard]] Pipeline take() { return std::move(pipeline_); }

 private:
  Pipeline pipeline_;
};

}  // namespace

Pipeline make_pipeline() {
  List list;

  list.support("normalise");
  list.pass<CastLike>();
  list.pass<FusedMatMul>();
  list.pass<NoOps>();
  list.pass<ConstantFolding>();
  list.pass<CommonSubexpressions>();
  list.pass<DuplicateWeights>();
  list.pass<DeadCode>();

  list.fusions("recognise");
  list.pass<LayerNorm>();
  list.pass<RmsNorm>();
  list.pass<NormBeforeReshape>();
  list.pass<Gelu>();
  list.pass<FastGelu>();
  list.pass<QuickGelu>();
  list.pass<BiasGelu>();
  list.pass<BiasFastGelu>();
  list.pass<GeluApproximation>();
  list.pass<Attention>();
  list.pass<EmbedLayerNorm>();
  list.pass<SkipLayerNorm>();

  list.support("clean");
  list.pass<FlatMatMul>();
  list.pass<ShapeSources>();
  list.pass<NoOps>();
  list.pass<ConstantFolding>();
  list.pass<CommonSubexpressions>();
  list.pass<DeadCode>();
  list.pass<DuplicateWeights>();

  return list.take();
}

}  // namespace ortopt
