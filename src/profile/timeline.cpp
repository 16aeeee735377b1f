#include "ortopt/profile/timeline.h"

#include <algorithm>

#include "profile/run_tree.h"

namespace ortopt {
namespace {

/// How many nodes hold this event.
int nesting(const RunTree& run, const TreeEvent& event) {
  int depth = 0;
  for (int at = event.parent; at >= 0; at = run.events[static_cast<std::size_t>(at)].parent)
    if (run.events[static_cast<std::size_t>(at)].event->kind == TraceEvent::Kind::node) ++depth;
  return depth;
}

std::string detail_of(const TraceEvent& event) {
  if (event.provider.empty() || event.inputs.empty()) return event.inputs + event.provider;
  return event.inputs + " on " + event.provider;
}

/// Neighbouring nodes of one layer become one span above them.
void add_layers(Timeline& timeline, const Timeline& nodes) {
  std::size_t open = timeline.size();
  for (const TimelineSpan& node : nodes) {
    if (node.depth != 2) continue;
    if (open < timeline.size() && timeline[open].layer == node.layer &&
        timeline[open].thread == node.thread) {
      timeline[open].duration = node.start + node.duration - timeline[open].start;
      continue;
    }
    open = timeline.size();
    timeline.push_back({.name = layer_name(node.layer),
                        .group = "layer",
                        .detail = {},
                        .layer = node.layer,
                        .start = node.start,
                        .duration = node.duration,
                        .depth = 1,
                        .thread = node.thread});
  }
}

}  // namespace

struct Timelines::Runs {
  std::vector<RunTree> list;
};

Timelines::Timelines(const Trace& trace, const Layers& layers, std::size_t warm_up)
    : layers_(&layers), runs_(std::make_unique<Runs>()) {
  runs_->list = find_runs(trace);
  const std::size_t dropped = std::min(warm_up, runs_->list.size());
  runs_->list.erase(runs_->list.begin(),
                    runs_->list.begin() + static_cast<std::ptrdiff_t>(dropped));
}
Timelines::~Timelines() = default;
Timelines::Timelines(Timelines&&) noexcept = default;

std::size_t Timelines::count() const { return runs_->list.size(); }

double Timelines::start(std::size_t run) const { return in_ms(runs_->list.at(run).start); }

Timeline Timelines::at(std::size_t index) const {
  const RunTree& run = runs_->list.at(index);
  const std::vector<int> layers = layers_of(run, *layers_);
  const int node_depth = layers_->empty() ? 1 : 2;
  Timeline nodes;
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    const TraceEvent& event = *run.events[i].event;
    if (event.kind != TraceEvent::Kind::node) continue;
    nodes.push_back({.name = event.name,
                     .group = event.op,
                     .detail = detail_of(event),
                     .layer = layers[i],
                     .start = in_ms(event.start - run.start),
                     .duration = in_ms(event.duration),
                     .depth = node_depth + nesting(run, run.events[i]),
                     .thread = event.thread});
  }
  Timeline timeline;
  timeline.push_back({.name = "run",
                      .group = "run",
                      .detail = {},
                      .layer = Layers::before,
                      .start = 0,
                      .duration = in_ms(run.duration),
                      .depth = 0,
                      .thread = run.events.empty() ? 0 : run.events.front().event->thread});
  if (!layers_->empty()) add_layers(timeline, nodes);
  timeline.insert(timeline.end(), nodes.begin(), nodes.end());
  return timeline;
}

}  // namespace ortopt
