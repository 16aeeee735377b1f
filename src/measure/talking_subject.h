#pragma once

#include <functional>
#include <memory>

#include "ortopt/engine/conversation.h"
#include "ortopt/measure/subject.h"

namespace ortopt {

/// A subject in a child process, spoken to in lines of JSON.
///
///   question                                  answer
///   {"do": "open"}                            {"creation": 0.2, "first_run": 0.1, "version": "1.20.1",
///                                              "inputs": "batch 1", "batch": 1, "remarks": [],
///                                              "counts_waiting": true}
///   {"do": "run", "settle": 1, "count": 2}    {"seconds": [0.01, 0.01], "waiting": [0, 0.001]}
///   {"do": "memory"}                          {"peak_bytes": 1000000}
///
/// Any answer may instead be {"error": "…", "code": 1}, the code as in docs/exit-codes.md.
class TalkingSubject final : public Subject {
 public:
  using Start = std::function<Result<std::unique_ptr<Conversation>>()>;
  explicit TalkingSubject(Start start) : start_(std::move(start)) {}

  [[nodiscard]] Result<Opening> open() override;
  [[nodiscard]] Result<std::vector<Timing>> run(std::size_t settle, std::size_t count) override;
  void rest() override;
  [[nodiscard]] uint64_t peak_memory() override;
  void close() override;

 private:
  Start start_;
  std::unique_ptr<Conversation> conversation_;
};

}  // namespace ortopt
