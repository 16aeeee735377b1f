#include "ir/inline_functions.h"

#include <onnx/inliner/inliner.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <utility>

namespace ortopt {
namespace {

/// More nodes than any real model has; a few functions that call each other twice can ask for any
/// number.
constexpr uint64_t node_limit = 4'000'000;

/// Deeper calls than any exporter writes; whoever follows them uses the stack.
constexpr std::size_t depth_limit = 500;

/// How many nodes calls expand to.
class Expansion {
 public:
  explicit Expansion(const onnx::ModelProto& message) {
    for (const onnx::FunctionProto& function : message.functions())
      functions_[key_of(function.domain(), function.name(), function.overload())] = &function;
  }

  template <class Nodes>
  uint64_t count(const Nodes& nodes) {
    uint64_t total = 0;
    for (const onnx::NodeProto& node : nodes) {
      total = std::min(node_limit + 1, total + count_node(node));
      if (!circle_.empty() || is_too_deep_) break;
    }
    return total;
  }

  /// The name of a function that ends up calling itself, or "".
  [[nodiscard]] const std::string& circle() const { return circle_; }
  /// Whether functions call each other deeper than `depth_limit`; counts say nothing then.
  [[nodiscard]] bool is_too_deep() const { return is_too_deep_; }

 private:
  static std::string key_of(const std::string& domain, const std::string& name,
                            const std::string& overload) {
    return domain + "::" + name + "::" + overload;
  }

  uint64_t count_node(const onnx::NodeProto& node) {
    uint64_t total = 1;
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) total += count(attribute.g().node());
      for (const onnx::GraphProto& graph : attribute.graphs()) total += count(graph.node());
    }
    const auto called = functions_.find(key_of(node.domain(), node.op_type(), node.overload()));
    return called == functions_.end() ? total : total + count_function(*called);
  }

  uint64_t count_function(const std::pair<const std::string, const onnx::FunctionProto*>& entry) {
    const auto& [key, function] = entry;
    if (const auto known = counts_.find(key); known != counts_.end()) return known->second;
    if (open_.size() == depth_limit) {
      is_too_deep_ = true;
      return 0;
    }
    if (!open_.insert(key).second) {
      circle_ = function->name();
      return 0;
    }
    const uint64_t total = count(function->node());
    open_.erase(key);
    counts_[key] = total;
    return total;
  }

  std::map<std::string, const onnx::FunctionProto*> functions_;
  std::map<std::string, uint64_t> counts_;
  std::set<std::string> open_;
  std::string circle_;
  bool is_too_deep_ = false;
};

std::string names_of(const onnx::ModelProto& message) {
  std::string out;
  for (const onnx::FunctionProto& function : message.functions())
    out += (out.empty() ? "'" : ", '") + function.name() + "'";
  return out;
}

}  // namespace

Result<Inlining> inline_functions(onnx::ModelProto& message, std::vector<std::string>& notes) {
  if (message.functions_size() == 0) return Inlining::done;
  Expansion expansion(message);
  uint64_t nodes = expansion.count(message.graph().node());
  for (const onnx::FunctionProto& function : message.functions())
    nodes = std::max(nodes, expansion.count(function.node()));
  if (!expansion.circle().empty())
    return fail(Code::bad_model, "function '" + expansion.circle() + "' calls itself");
  if (expansion.is_too_deep()) {
    notes.push_back("functions were not inlined: they call each other more than " +
                    std::to_string(depth_limit) + " deep");
    return Inlining::unbounded;
  }
  if (nodes > node_limit) {
    notes.push_back("functions were not inlined: the graph would grow beyond " +
                    std::to_string(node_limit) + " nodes");
    return Inlining::unbounded;
  }
  onnx::ModelProto inlined = message;
  try {
    onnx::inliner::InlineLocalFunctions(inlined);
  } catch (const std::exception& problem) {
    notes.push_back(std::string("functions were not inlined: ") + problem.what());
    return Inlining::done;
  }
  message = std::move(inlined);
  if (message.functions_size() > 0)
    notes.push_back("functions " + names_of(message) +
                    " were not inlined: their operator set versions differ from the model's");
  return Inlining::done;
}

}  // namespace ortopt
