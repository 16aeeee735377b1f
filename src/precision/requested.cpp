#include <fnmatch.h>

#include <algorithm>

#include "precision/marks.h"

namespace ortopt {
namespace {

bool is_meant(const Node& node, const std::string& name) {
  if (node.op() == name || node.qualified_op() == name) return true;
  return node.label() == name || fnmatch(name.c_str(), node.label().c_str(), 0) == 0;
}

}  // namespace

void Requested::run(const MarkScope& scope, Marks& marks) const {
  for_each_graph(scope.graph, [&](Graph& graph) {
    for (const Node& node : graph.nodes())
      for (const std::string& name : scope.options.keep)
        if (is_meant(node, name)) marks.keep(node, id(), "asked for by '" + name + "'");
  });
}

}  // namespace ortopt
