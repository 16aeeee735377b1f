#include <onnx/defs/schema.h>

#include "ortopt/ir/model.h"
#include "ortopt/pass/pass.h"

namespace ortopt {
namespace {

bool has(const std::string& op, int64_t opset) {
  return onnx::OpSchemaRegistry::Schema(op, static_cast<int>(opset), onnx::ONNX_DOMAIN) != nullptr;
}

/// Why a model of `opset` cannot hold `op` of ONNX's own domain; nothing when it can.
std::optional<std::string> opset_objection(const std::string& op, int64_t opset) {
  if (has(op, opset)) return std::nullopt;
  const onnx::OpSchema* latest = onnx::OpSchemaRegistry::Schema(op, onnx::ONNX_DOMAIN);
  if (latest == nullptr) return op + " is no operator of ONNX";
  int64_t first = latest->SinceVersion();
  while (has(op, first - 1)) --first;
  return op + " needs opset " + std::to_string(first) + ", the model has " + std::to_string(opset);
}

}  // namespace

Context::Context(Graph& main_graph, const PassOptions& options, Facts& facts, Logger& logger)
    : main_graph_(&main_graph), options_(&options), facts_(&facts), logger_(&logger) {}

Context::~Context() = default;

std::optional<std::string> Context::objection(std::string_view domain, std::string_view op,
                                              DataType type) const {
  if (auto objection = target().objection(domain, op, type)) return objection;
  if (!domain.empty() || Target::takes_at_any_opset(op)) return std::nullopt;
  const auto opset = main_graph_->model().opset();
  if (!opset) return "the model imports no opset of ONNX";
  return opset_objection(std::string(op), opset->version);
}

Analysis& Context::analysis() {
  if (!analysis_) analysis_.emplace(*main_graph_);
  return *analysis_;
}

}  // namespace ortopt
