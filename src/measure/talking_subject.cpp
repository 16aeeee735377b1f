#include "measure/talking_subject.h"

#include <nlohmann/json.hpp>

namespace ortopt {
namespace {

using Json = nlohmann::json;

/// The answer, unless it is an error, or none that one can understand.
Result<Json> ask(Conversation* conversation, const Json& question) {
  if (conversation == nullptr) return fail(Code::failure, "the process is not open");
  conversation->thaw();
  Result<std::string> answer = conversation->ask(question.dump());
  if (!answer) return pass_on(answer.error());
  Json read = Json::parse(*answer, nullptr, false);
  if (!read.is_object())
    return fail(Code::failure, "the process answered '" + answer->substr(0, 80) + "'");
  if (read.contains("error"))
    return fail(static_cast<Code>(read.value("code", 1)), read.value("error", ""));
  return read;
}

}  // namespace

Result<Opening> TalkingSubject::open() {
  Result<std::unique_ptr<Conversation>> started = start_();
  if (!started) return pass_on(started.error());
  conversation_ = std::move(*started);
  Result<Json> answer = ask(conversation_.get(), {{"do", "open"}});
  if (!answer) return pass_on(answer.error());
  return Opening{.creation_seconds = answer->value("creation", 0.0),
                 .first_run_seconds = answer->value("first_run", 0.0),
                 .version = answer->value("version", std::string()),
                 .inputs = answer->value("inputs", std::string()),
                 .batch = answer->value("batch", std::size_t{1}),
                 .remarks = answer->value("remarks", std::vector<std::string>()),
                 .counts_waiting = answer->value("counts_waiting", false)};
}

Result<std::vector<Timing>> TalkingSubject::run(std::size_t settle, std::size_t count) {
  Result<Json> answer =
      ask(conversation_.get(), {{"do", "run"}, {"settle", settle}, {"count", count}});
  if (!answer) return pass_on(answer.error());
  const auto seconds = answer->value("seconds", std::vector<double>());
  auto waiting = answer->value("waiting", std::vector<double>());
  waiting.resize(seconds.size());
  std::vector<Timing> runs;
  for (std::size_t i = 0; i < seconds.size(); ++i) runs.push_back({seconds[i], waiting[i]});
  return runs;
}

void TalkingSubject::rest() {
  if (conversation_ != nullptr) conversation_->freeze();
}

uint64_t TalkingSubject::peak_memory() {
  Result<Json> answer = ask(conversation_.get(), {{"do", "memory"}});
  return answer ? answer->value("peak_bytes", uint64_t{0}) : 0;
}

void TalkingSubject::close() { conversation_.reset(); }

}  // namespace ortopt
