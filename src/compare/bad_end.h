#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "ortopt/base/error.h"
#include "ortopt/base/function_ref.h"
#include "ortopt/engine/child.h"

namespace ortopt {

/// What a comparing child notes about the model that it is at.
inline constexpr std::string_view first_model_note = "first";
inline constexpr std::string_view second_model_note = "second";

/// How the two models are called where one brings the runtime down.
struct ModelNames {
  std::string_view first;   ///< "the baseline"
  std::string_view second;  ///< "the other model"
};

/// A Comparison or a Verification that did not come about.
template <class Verdict>
[[nodiscard]] Verdict not_run(const Error& error) {
  Verdict verdict;
  verdict.reason = error.text();
  verdict.cause = error.code;
  return verdict;
}

/// The verdict on two models when the child that compared them has come to a bad end: a second model
/// that brings the runtime down where the first did not is `different`.
template <class Verdict>
[[nodiscard]] Verdict verdict_on_bad_end(const ChildReport& report, const ModelNames& names) {
  Verdict verdict;
  std::string when = "while it was loaded";
  if (report.note == second_model_note) {
    verdict.outcome = Verdict::Outcome::different;
    when = "on " + std::string(names.second);
  } else if (report.note == first_model_note) {
    when = "on " + std::string(names.first);
  } else {
    verdict.cause = Code::no_runtime;
  }
  verdict.reason = when + ", the runtime " + report.explanation();
  return verdict;
}

/// Compares in a child process: `work` gives a verdict as bytes, which `read` reads.
template <class Verdict>
[[nodiscard]] Verdict judge_in_child(FunctionRef<std::string(ChildNotes&)> work,
                                     Verdict (*read)(const std::string&), double seconds,
                                     const ModelNames& names) {
  const auto start = std::chrono::steady_clock::now();
  const Result<ChildReport> report = run_in_child(work, {.seconds = seconds});
  Verdict verdict;
  if (!report)
    verdict = not_run<Verdict>(report.error());
  else if (report->finished)
    verdict = read(report->result);
  else
    verdict = verdict_on_bad_end<Verdict>(*report, names);
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

}  // namespace ortopt
