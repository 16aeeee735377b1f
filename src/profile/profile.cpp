#include "ortopt/profile/profile.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "profile/middle_runs.h"
#include "profile/run_tree.h"
#include "profile/tally.h"

namespace ortopt {
namespace {

using Kind = TraceEvent::Kind;

GroupTime named(const std::string& name) { return {.name = name, .layer = 0, .time = {}}; }

void sort_by_time(std::vector<GroupTime>& groups) {
  std::stable_sort(groups.begin(), groups.end(), [](const GroupTime& a, const GroupTime& b) {
    return a.time.mean > b.time.mean;
  });
}

class Analysis {
 public:
  Analysis(const Layers& layers, const ProfileOptions& options)
      : layers_(&layers), options_(&options) {}

  /// `wall` in milliseconds.
  void take(const RunTree& run, double wall) {
    ++profile_.middle_runs;
    total_.wall += wall;
    total_.outside += wall - in_ms(run.duration);
    take_parts(run);
    take_nodes(run);
  }

  void take_device(const TraceEvent& event) { devices_.add(event.name, event.duration); }

  Profile finish() && {
    const auto runs = static_cast<double>(profile_.middle_runs);
    profile_.wall = {.wall = total_.wall / runs,
                     .kernels = total_.kernels / runs,
                     .fences = total_.fences / runs,
                     .between = total_.between / runs,
                     .around = total_.around / runs,
                     .outside = total_.outside / runs,
                     .overlap = total_.overlap / runs};
    devices_.end_run();
    const double wall = profile_.wall.wall;
    for (std::size_t i = 0; i < profile_.nodes.size(); ++i)
      profile_.nodes[i].time = nodes_.time(i, profile_.middle_runs, wall);
    profile_.operators = operators_.list(profile_.middle_runs, wall, named);
    profile_.providers = providers_.list(profile_.middle_runs, wall, named);
    profile_.devices = devices_.list(profile_.middle_runs, wall, named);
    // Not known by run.
    for (GroupTime& device : profile_.devices) device.time.deviation = device.time.median = 0;
    sort_by_time(profile_.operators);
    sort_by_time(profile_.providers);
    sort_by_time(profile_.devices);
    if (!layers_->empty())
      profile_.layers = by_layer_.list(profile_.middle_runs, wall, [](int key) {
        const int layer = key == layer_key(Layers::after) ? Layers::after : key;
        return GroupTime{.name = layer_name(layer), .layer = layer, .time = {}};
      });
    return std::move(profile_);
  }

 private:
  /// Keys that sort from input to output.
  static int layer_key(int layer) { return layer == Layers::after ? 1 << 20 : layer; }

  void take_parts(const RunTree& run) {
    total_.between += in_ms(run.idle);
    total_.around += in_ms(run.duration - run.executor);
    total_.overlap += in_ms(run.overlap);
    for (const TreeEvent& event : run.events) {
      const bool is_fence = event.event->kind == Kind::fence;
      const bool is_nested_executor = event.event->kind == Kind::executor && event.parent >= 0;
      if (event.event->kind == Kind::node) total_.kernels += in_ms(event.own);
      if (is_fence && !options_->kernel_time_only) total_.fences += in_ms(event.own);
      if (is_nested_executor || (is_fence && options_->kernel_time_only))
        total_.between += in_ms(event.own);
    }
  }

  void take_nodes(const RunTree& run) {
    const std::vector<int> layers = layers_of(run, *layers_);
    for (std::size_t i = 0; i < run.events.size(); ++i)
      if (run.events[i].event->kind == Kind::node) take_node(run.events[i], layers[i]);
    nodes_.end_run();
    operators_.end_run();
    providers_.end_run();
    by_layer_.end_run();
  }

  void take_node(const TreeEvent& tree_event, int layer) {
    const TraceEvent& event = *tree_event.event;
    const auto [at, is_new] =
        node_indices_.emplace(event.op + '\n' + event.name, profile_.nodes.size());
    if (is_new)
      profile_.nodes.push_back({.name = event.name,
                                .op = event.op,
                                .provider = event.provider,
                                .inputs = event.inputs,
                                .layer = layers_->empty() ? 0 : layer,
                                .order = profile_.nodes.size(),
                                .time = {}});
    nodes_.add(at->second, tree_event.own);
    operators_.add(event.op, tree_event.own);
    providers_.add(event.provider, tree_event.own);
    by_layer_.add(layer_key(profile_.nodes[at->second].layer), tree_event.own);
  }

  const Layers* layers_;
  const ProfileOptions* options_;
  Profile profile_;
  WallTime total_;
  std::unordered_map<std::string, std::size_t> node_indices_;
  Tally nodes_;
  Groups<std::string> operators_;
  Groups<std::string> providers_;
  Groups<std::string> devices_;
  Groups<int> by_layer_;
};

/// Of the runs that count, in milliseconds.
std::vector<double> walls_of(const std::vector<RunTree>& runs, const ProfileOptions& options) {
  std::vector<double> walls;
  for (std::size_t i = options.warm_up; i < runs.size(); ++i) {
    const std::size_t index = i - options.warm_up;
    walls.push_back(index < options.wall.size() ? options.wall[index].seconds * 1e3
                                                : in_ms(runs[i].duration));
  }
  return walls;
}

/// A device works behind the host: its kernels are counted from a run's start to the next one's.
void take_devices(const Trace& trace, const std::vector<RunTree>& runs,
                  const std::vector<std::size_t>& middle, std::size_t warm_up, Analysis& analysis) {
  for (const TraceEvent& event : trace.events) {
    if (event.kind != Kind::device) continue;
    const auto next =
        std::upper_bound(runs.begin(), runs.end(), event.start,
                         [](int64_t start, const RunTree& run) { return start < run.start; });
    const auto run = static_cast<std::size_t>(next - runs.begin());
    if (run > warm_up && std::binary_search(middle.begin(), middle.end(), run - 1 - warm_up))
      analysis.take_device(event);
  }
}

void remark_on_devices(const Trace& trace, Profile& profile) {
  if (!profile.devices.empty()) return;
  const bool has_asynchronous = std::any_of(
      profile.providers.begin(), profile.providers.end(), [](const GroupTime& provider) {
        return provider.name == "CUDAExecutionProvider" ||
               provider.name == "ROCMExecutionProvider" || provider.name == "DmlExecutionProvider";
      });
  if (has_asynchronous && !trace.events.empty())
    profile.remarks.emplace_back(
        "this runtime records no kernels of the device: the times of its nodes are those of "
        "launching them, and the wait for their end lies in copies and around the executor");
}

}  // namespace

Result<Profile> analyse(const Trace& trace, const Layers& layers, const ProfileOptions& options) {
  const std::vector<RunTree> runs = find_runs(trace);
  if (runs.size() <= options.warm_up)
    return fail(Code::usage, "the profile holds " + std::to_string(runs.size()) +
                                 " runs, of which the first " + std::to_string(options.warm_up) +
                                 " are for warming up: none is left");
  const std::vector<double> walls = walls_of(runs, options);
  const std::vector<std::size_t> middle = find_middle_runs(walls, options.wall);
  Analysis analysis(layers, options);
  for (const std::size_t i : middle) analysis.take(runs[options.warm_up + i], walls[i]);
  take_devices(trace, runs, middle, options.warm_up, analysis);
  Profile profile = std::move(analysis).finish();
  profile.runs = walls.size();
  profile.latency = summarise(walls);
  profile.typical_run = find_typical_run(walls, middle);
  if (trace.broken_off)
    profile.remarks.emplace_back("the profile breaks off: its process ended before it was closed");
  if (const std::size_t expected = options.wall.size(); expected > 0 && profile.runs < expected)
    profile.remarks.push_back("the profile holds " + std::to_string(profile.runs) + " of " +
                              std::to_string(expected) +
                              " runs: the runtime keeps a million events at most");
  remark_on_devices(trace, profile);
  return profile;
}

std::vector<std::string> node_names(const Trace& trace) {
  std::vector<const TraceEvent*> nodes;
  for (const TraceEvent& event : trace.events)
    if (event.kind == Kind::node) nodes.push_back(&event);
  std::stable_sort(nodes.begin(), nodes.end(),
                   [](const TraceEvent* a, const TraceEvent* b) { return a->start < b->start; });
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (const TraceEvent* node : nodes)
    if (seen.insert(node->name).second) names.push_back(node->name);
  return names;
}

}  // namespace ortopt
