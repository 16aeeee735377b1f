#include "ortopt/precision/stages.h"

#include <memory>
#include <utility>

#include "ortopt/passes/common_subexpressions.h"
#include "ortopt/passes/dead_code.h"
#include "ortopt/passes/no_ops.h"
#include "ortopt/precision/half_precision.h"

namespace ortopt {

void add_precision_stages(const PrecisionOptions& options, Pipeline& pipeline) {
  if (options.half_type() == DataType::undefined) return;
  Stage convert{.name = "precision"};
  convert.passes.push_back(std::make_unique<HalfPrecision>(options));
  pipeline.push_back(std::move(convert));
  Stage clean{.name = "clean after precision", .purpose = Stage::Purpose::support};
  clean.passes.push_back(std::make_unique<NoOps>());
  clean.passes.push_back(std::make_unique<CommonSubexpressions>());
  clean.passes.push_back(std::make_unique<DeadCode>());
  pipeline.push_back(std::move(clean));
}

}  // namespace ortopt
