#include "profile/recording_json.h"

#include <nlohmann/json.hpp>

namespace ortopt {

using Json = nlohmann::json;

namespace {

Json json_of(const std::vector<Timing>& timings) {
  Json out = Json::array();
  for (const Timing& timing : timings) out.push_back({timing.seconds, timing.waiting});
  return out;
}

std::vector<Timing> timings_of(const Json& json) {
  std::vector<Timing> out;
  for (const Json& timing : json) out.push_back({timing.at(0), timing.at(1)});
  return out;
}

}  // namespace

std::string to_bytes(const Recording& recording) {
  const Json json = {{"profile", recording.profile.string()},
                     {"optimized_model", recording.optimized_model.string()},
                     {"runtime", recording.runtime},
                     {"inputs", recording.inputs},
                     {"remarks", recording.remarks},
                     {"creation_seconds", recording.creation_seconds},
                     {"first_run_seconds", recording.first_run_seconds},
                     {"warm_up", recording.warm_up},
                     {"plain", json_of(recording.plain)},
                     {"profiled", json_of(recording.profiled)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Recording recording_from(std::string_view bytes) {
  const Json json = Json::parse(bytes);
  return {.profile = json.at("profile").get<std::string>(),
          .optimized_model = json.at("optimized_model").get<std::string>(),
          .runtime = json.at("runtime"),
          .inputs = json.at("inputs"),
          .remarks = json.at("remarks"),
          .creation_seconds = json.at("creation_seconds"),
          .first_run_seconds = json.at("first_run_seconds"),
          .warm_up = json.at("warm_up"),
          .plain = timings_of(json.at("plain")),
          .profiled = timings_of(json.at("profiled"))};
}

}  // namespace ortopt
