#pragma once

#include <filesystem>
#include <memory>

#include "ortopt/ir/model.h"

namespace ortopt::test_support {

/// A small BERT of `layers` layers, each with weights of its own: the bundled export of two
/// (`model`), whose first layer is repeated under the names that the exporter would give.
[[nodiscard]] std::unique_ptr<Model> make_deep_bert(const std::filesystem::path& model, int layers);

}  // namespace ortopt::test_support
