#include "python_side.h"

#include <string_view>

#include "bench_script.h"
#include "ortopt/engine/conversation.h"

namespace ortopt::tool {

using Json = nlohmann::json;

std::vector<std::string> python_side(const std::string& python, const Json& settings) {
  return {python, "-c", std::string(embedded::bench_script), settings.dump()};
}

Result<Json> ask_python_side(const std::string& python, const std::string& what,
                             const Json& settings) {
  Result<std::unique_ptr<Conversation>> started =
      Conversation::with_program(python_side(python, settings));
  if (!started) return pass_on(started.error());
  constexpr double an_hour = 3600;
  const Result<std::string> answer = (*started)->ask(Json{{"do", what}}.dump(), an_hour);
  if (!answer) return pass_on(answer.error());
  Json read = Json::parse(*answer, nullptr, false);
  if (!read.is_object())
    return fail(Code::failure, "the Python side answered '" + answer->substr(0, 80) + "'");
  if (read.contains("error")) return fail(Code::failure, read.value("error", ""));
  return read;
}

}  // namespace ortopt::tool
