#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/waiting_clock.h"
#include "ortopt/engine/input_request.h"
#include "ortopt/measure/subjects.h"

namespace ortopt {

/// The child's side of a TalkingSubject: holds the model and answers.
class ModelServer {
 public:
  explicit ModelServer(const ModelSetting& setting) : setting_(setting) {}

  [[nodiscard]] std::string answer(std::string_view question);

 private:
  [[nodiscard]] Result<Opening> open();
  /// Binds all samples and makes the first run.
  [[nodiscard]] Result<void> prepare(Opening& opening);
  [[nodiscard]] Result<void> bind(const InputSource& source);
  [[nodiscard]] Result<Timing> time_one();
  [[nodiscard]] Result<std::vector<Timing>> run(std::size_t settle, std::size_t count);

  const ModelSetting& setting_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Session> session_;
  std::vector<std::unique_ptr<BoundRun>> runs_;
  std::optional<WaitingClock> waiting_;
  std::size_t next_ = 0;
};

}  // namespace ortopt
