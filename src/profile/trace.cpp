#include "ortopt/profile/trace.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace ortopt {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, TraceEvent::Kind>, 3> node_endings = {{
    {"_kernel_time", TraceEvent::Kind::node},
    {"_fence_before", TraceEvent::Kind::fence},
    {"_fence_after", TraceEvent::Kind::fence},
}};

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<int64_t>() : 0;
}

/// [{"float": [2, 16]}, {"int64": []}] → "float[2, 16], int64[]".
std::string types_of(const Json& arguments) {
  const auto list = arguments.find("input_type_shape");
  std::string text;
  if (list == arguments.end() || !list->is_array()) return text;
  for (const Json& type : *list) {
    if (!type.is_object()) continue;
    for (const auto& [name, dims] : type.items()) {
      if (!dims.is_array()) continue;
      if (!text.empty()) text += ", ";
      text += name + "[";
      for (std::size_t i = 0; i < dims.size(); ++i) text += (i > 0 ? ", " : "") + dims[i].dump();
      text += "]";
    }
  }
  return text;
}

TraceEvent::Kind session_kind(std::string_view name) {
  if (name == "model_run") return TraceEvent::Kind::run;
  if (name.ends_with("Executor::Execute")) return TraceEvent::Kind::executor;
  return TraceEvent::Kind::session;
}

TraceEvent::Kind take_node_ending(std::string& name) {
  for (const auto& [ending, kind] : node_endings)
    if (name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
      return kind;
    }
  return TraceEvent::Kind::node;
}

TraceEvent to_event(const Json& record) {
  TraceEvent event;
  event.name = text_of(record, "name");
  event.start = number_of(record, "ts");
  event.duration = number_of(record, "dur");
  event.thread = number_of(record, "tid");
  const auto arguments = record.find("args");
  if (arguments != record.end() && arguments->is_object()) {
    event.op = text_of(*arguments, "op_name");
    event.provider = text_of(*arguments, "provider");
    event.inputs = types_of(*arguments);
  }
  const std::string category = text_of(record, "cat");
  if (category == "Session") event.kind = session_kind(event.name);
  if (category == "Kernel") event.kind = TraceEvent::Kind::device;
  if (category == "Node") event.kind = take_node_ending(event.name);
  return event;
}

/// Hands each record of the file's list to the trace and forgets it.
class Records {
 public:
  explicit Records(Trace& trace) : trace_(&trace) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 0 && event == Json::parse_event_t::array_start) is_list_ = true;
    if (depth != 1 || event != Json::parse_event_t::object_end) return true;
    if (parsed.contains("ph") && parsed.contains("ts")) trace_->events.push_back(to_event(parsed));
    return false;
  }
  [[nodiscard]] bool is_list() const { return is_list_; }

 private:
  Trace* trace_;
  bool is_list_ = false;
};

}  // namespace

Result<Trace> read_trace(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::failure, "profile '" + path.string() + "' cannot be read");
  Trace trace;
  Records records(trace);
  const Json rest = Json::parse(file, std::ref(records), /*allow_exceptions=*/false);
  trace.broken_off = rest.is_discarded();
  if (!records.is_list() || trace.events.empty())
    return fail(Code::usage, "'" + path.string() +
                                 "' is no profile of ONNX Runtime: expected a JSON list of events");
  return trace;
}

}  // namespace ortopt
