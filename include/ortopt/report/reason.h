#pragma once

#include <string>
#include <string_view>

namespace ortopt {

/// `reason` without the places in its own source that the runtime puts into its messages
/// ("/core/graph/model.cc:182 onnxruntime::Model::Model(…) ") and
/// without the line ends behind them.
[[nodiscard]] std::string plain_reason(std::string_view reason);
/// The same, cut to a few lines of a terminal; what was cut off is in the report.
[[nodiscard]] std::string brief_reason(std::string_view reason);

}  // namespace ortopt
