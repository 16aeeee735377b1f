#include "ortopt/pass/pass.h"

namespace ortopt {

Context::Context(Graph& main_graph, const PassOptions& options, Facts& facts, Logger& logger)
    : main_graph_(&main_graph), options_(&options), facts_(&facts), logger_(&logger) {}

Context::~Context() = default;

Analysis& Context::analysis() {
  if (!analysis_) analysis_.emplace(*main_graph_);
  return *analysis_;
}

}  // namespace ortopt
