#include "profile/run_tree.h"

#include <algorithm>
#include <map>

namespace ortopt {
namespace {

using Kind = TraceEvent::Kind;

int64_t end_of(const TraceEvent& event) { return event.start + event.duration; }

/// Holders first: an executor begins in the same microsecond as its first node.
bool begins_before(const TraceEvent* a, const TraceEvent* b) {
  if (a->start != b->start) return a->start < b->start;
  if (a->duration != b->duration) return a->duration > b->duration;
  return a->kind < b->kind;
}

/// What lies in no other event of its kind.
std::vector<const TraceEvent*> outermost(const Trace& trace, Kind kind) {
  std::vector<const TraceEvent*> all;
  for (const TraceEvent& event : trace.events)
    if (event.kind == kind) all.push_back(&event);
  std::sort(all.begin(), all.end(), begins_before);
  std::vector<const TraceEvent*> out;
  for (const TraceEvent* event : all)
    if (out.empty() || event->start >= end_of(*out.back())) out.push_back(event);
  return out;
}

bool belongs_to_a_run(const TraceEvent& event) {
  return event.kind == Kind::node || event.kind == Kind::fence || event.kind == Kind::executor;
}

/// Only executors hold nodes, and only nodes hold executors, of the bodies they run.
bool may_hold(const TraceEvent& holder, const TraceEvent& held) {
  return (holder.kind == Kind::executor) != (held.kind == Kind::executor);
}

/// Finds what each event lies in. Times are cut off to whole microseconds, so that a neighbour never
/// seems to begin before the end of the one before it.
void nest(RunTree& run) {
  std::map<int64_t, std::vector<int>> open_by_thread;
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    TreeEvent& now = run.events[i];
    std::vector<int>& open = open_by_thread[now.event->thread];
    const auto event_of = [&](int holder) -> const TraceEvent& {
      return *run.events[static_cast<std::size_t>(holder)].event;
    };
    while (!open.empty() && end_of(event_of(open.back())) <= now.event->start) open.pop_back();
    now.own = now.event->duration;
    const auto holder = std::find_if(open.rbegin(), open.rend(), [&](int candidate) {
      return may_hold(event_of(candidate), *now.event);
    });
    if (holder != open.rend()) {
      now.parent = *holder;
      run.events[static_cast<std::size_t>(now.parent)].own -= now.event->duration;
    }
    open.push_back(static_cast<int>(i));
  }
}

/// Whether it stands directly in the main graph.
bool is_of_main_graph(const RunTree& run, const TreeEvent& event) {
  if (event.event->kind == Kind::executor) return false;
  return event.parent < 0 || run.events[static_cast<std::size_t>(event.parent)].parent < 0;
}

void add_up(RunTree& run) {
  int64_t busy = 0;
  int64_t total = 0;
  int64_t covered_to = run.start;
  run.executor = 0;
  for (const TreeEvent& event : run.events) {
    const TraceEvent& e = *event.event;
    if (e.kind == Kind::executor && event.parent < 0) run.executor += e.duration;
    if (!is_of_main_graph(run, event)) continue;
    total += e.duration;
    busy += std::max<int64_t>(0, end_of(e) - std::max(e.start, covered_to));
    covered_to = std::max(covered_to, end_of(e));
  }
  if (run.executor == 0) run.executor = run.duration;
  run.idle = run.executor - busy;
  run.overlap = total - busy;
}

}  // namespace

std::vector<RunTree> find_runs(const Trace& trace) {
  std::vector<const TraceEvent*> calls = outermost(trace, Kind::run);
  if (calls.empty()) calls = outermost(trace, Kind::executor);
  std::vector<RunTree> runs;
  for (const TraceEvent* call : calls)
    runs.push_back({.start = call->start, .duration = call->duration, .events = {}});
  std::vector<const TraceEvent*> events;
  for (const TraceEvent& event : trace.events)
    if (belongs_to_a_run(event)) events.push_back(&event);
  std::sort(events.begin(), events.end(), begins_before);
  std::size_t current = 0;
  for (const TraceEvent* event : events) {
    while (current < runs.size() && runs[current].start + runs[current].duration < event->start)
      ++current;
    if (current == runs.size()) break;
    if (event->start >= runs[current].start)
      runs[current].events.push_back({.event = event, .own = 0, .parent = -1});
  }
  for (RunTree& run : runs) {
    nest(run);
    add_up(run);
  }
  return runs;
}

std::vector<int> layers_of(const RunTree& run, const Layers& layers) {
  std::vector<int> out(run.events.size(), Layers::before);
  int previous = Layers::before;
  for (std::size_t i = 0; i < run.events.size(); ++i) {
    const TreeEvent& event = run.events[i];
    const bool is_nested = event.parent >= 0 && !is_of_main_graph(run, event);
    out[i] = is_nested ? out[static_cast<std::size_t>(event.parent)] : previous;
    if (event.event->kind != Kind::node) continue;
    out[i] = layers.of(event.event->name).value_or(out[i]);
    previous = out[i];
  }
  return out;
}

}  // namespace ortopt
