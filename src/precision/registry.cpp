#include <type_traits>

#include "ortopt/precision/mark.h"
#include "precision/marks.h"

namespace ortopt {

std::vector<std::unique_ptr<MarkPass>> make_mark_passes() {
  std::vector<std::unique_ptr<MarkPass>> passes;
  const auto add = [&]<class Pass>(std::type_identity<Pass>) {
    passes.push_back(std::make_unique<Pass>());
  };
  add(std::type_identity<Requested>{});
  add(std::type_identity<Positions>{});
  add(std::type_identity<Indices>{});
  add(std::type_identity<Angles>{});
  add(std::type_identity<Exponentials>{});
  add(std::type_identity<Logarithms>{});
  add(std::type_identity<DivisionByEpsilon>{});
  add(std::type_identity<LongSums>{});
  add(std::type_identity<Quantization>{});
  add(std::type_identity<NoHalfKernel>{});
  add(std::type_identity<RuntimeDefects>{});
  add(std::type_identity<Gpt2Recipe>{});
  add(std::type_identity<Measured>{});
  return passes;
}

}  // namespace ortopt
