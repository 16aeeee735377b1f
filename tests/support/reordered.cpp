#include <onnx/onnx_pb.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "ir/from_proto.h"
#include "ir/to_proto.h"
#include "tests/support/graph_text.h"

namespace ortopt::test_support {
namespace {

using Names = std::set<std::string>;

/// Every name that `node` reads, those that its nested graphs define themselves included.
void collect_reads(const onnx::NodeProto& node, Names& reads) {
  reads.insert(node.input().begin(), node.input().end());
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    for (const onnx::NodeProto& inner : attribute.g().node()) collect_reads(inner, reads);
    for (const auto& output : attribute.g().output()) reads.insert(output.name());
  }
}

bool is_ready(const onnx::NodeProto& node, const Names& pending) {
  Names reads;
  collect_reads(node, reads);
  return std::none_of(reads.begin(), reads.end(),
                      [&](const std::string& name) { return pending.contains(name); });
}

/// Of the nodes that can come next, always the last.
void reorder(onnx::GraphProto& graph) {
  Names pending;
  for (onnx::NodeProto& node : *graph.mutable_node()) {
    pending.insert(node.output().begin(), node.output().end());
    for (onnx::AttributeProto& attribute : *node.mutable_attribute())
      if (attribute.has_g()) reorder(*attribute.mutable_g());
  }
  pending.erase("");
  std::vector<onnx::NodeProto> rest(graph.node().begin(), graph.node().end());
  graph.clear_node();
  while (!rest.empty()) {
    const auto next = std::find_if(rest.rbegin(), rest.rend(), [&](const onnx::NodeProto& node) {
      return is_ready(node, pending);
    });
    if (next == rest.rend()) throw std::runtime_error("a graph has no valid order");
    for (const std::string& output : next->output()) pending.erase(output);
    *graph.add_node() = *next;
    rest.erase(std::next(next).base());
  }
}

}  // namespace

std::unique_ptr<Model> reordered(const Model& model) {
  onnx::ModelProto message;
  std::vector<PlacedTensor> placed;
  model_to_proto(model, message, placed);
  for (const PlacedTensor& place : placed) {
    const Result<Tensor::Bytes> bytes = place.content.bytes();
    if (!bytes) throw std::runtime_error(bytes.error().text());
    place.message->set_raw_data((*bytes)->data(), (*bytes)->size());
  }
  reorder(*message.mutable_graph());
  Result<std::unique_ptr<Model>> built = model_from_proto(std::move(message), {});
  if (!built) throw std::runtime_error(built.error().text());
  return *std::move(built);
}

}  // namespace ortopt::test_support
