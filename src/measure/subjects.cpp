#include "ortopt/measure/subjects.h"

#include "measure/model_server.h"
#include "measure/talking_subject.h"

namespace ortopt {

std::unique_ptr<Subject> make_subject(ModelSetting setting) {
  return std::make_unique<TalkingSubject>([setting = std::move(setting)] {
    ModelServer server(setting);
    return Conversation::with_fork(
        [&server](std::string_view question) { return server.answer(question); });
  });
}

std::unique_ptr<Subject> make_subject(std::vector<std::string> command) {
  return std::make_unique<TalkingSubject>(
      [command = std::move(command)] { return Conversation::with_program(command); });
}

}  // namespace ortopt
