#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ortopt/pass/pass.h"
#include "ortopt/passes/attention/sdpa.h"

namespace ortopt::attention {

/// Puts operators of the runtime in the place of recognised attention. Every condition is checked
/// before anything is inserted. Make one for each run over a graph: masks that several layers read
/// are made once.
class Lowering {
 public:
  Lowering(std::string_view pass, Context& context);
  ~Lowering();

  /// Replaces the attention and returns the operator's name, or says why no operator can do it.
  [[nodiscard]] Recognised<std::string> lower(const Sdpa& sdpa);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace ortopt::attention
