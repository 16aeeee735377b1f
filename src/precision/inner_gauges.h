#pragma once

#include <vector>

#include "ortopt/precision/gauges.h"
#include "precision/gauge_builder.h"

namespace ortopt {

/// What a fused operator computes inside and could overflow; nothing for all others.
[[nodiscard]] std::vector<Gauge> add_inner_gauges(const Node& node, GaugeBuilder& to);

}  // namespace ortopt
