#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ortopt/engine/engine.h"

namespace ortopt {

/// Looks at values inside a model while it runs. A model with these values as further outputs is
/// written to a folder for it, opened, run and removed again: of the model one copy is in memory at
/// a time, and of its values those asked for.
class Probe {
 public:
  /// `folder` is for files of its own.
  Probe(Engine& engine, std::filesystem::path model, SessionOptions options,
        std::filesystem::path folder);

  /// The values of these names, in their order. `replaced` gives values inside the model another
  /// content than it computes.
  [[nodiscard]] Result<std::vector<Tensor>> run(const std::vector<NamedTensor>& feeds,
                                                const std::vector<std::string>& values,
                                                const std::vector<NamedTensor>& replaced = {});

 private:
  Engine& engine_;
  std::filesystem::path model_;
  SessionOptions options_;
  std::filesystem::path folder_;
};

}  // namespace ortopt
