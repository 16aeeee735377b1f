#include "ortopt/compare/comparison.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "compare/comparer.h"
#include "compare/comparison_json.h"
#include "ortopt/engine/child.h"

namespace ortopt {
namespace {

constexpr std::string_view baseline_note = "baseline";
constexpr std::string_view other_note = "other";

Comparison not_run(const Error& error) {
  Comparison comparison;
  comparison.reason = error.text();
  comparison.cause = error.code;
  return comparison;
}

std::string compare_as_child(ChildNotes& notes, const ComparisonRequest& request,
                             const std::filesystem::path& folder) {
  const Result<std::unique_ptr<Engine>> engine = load_engine(request.runtime);
  if (!engine) return to_bytes(not_run(engine.error()));
  Comparer comparer(**engine, request, folder, [&](ModelRole role) {
    notes.set(role == ModelRole::baseline ? baseline_note : other_note);
  });
  return to_bytes(comparer.run());
}

/// A model that brings the runtime down where the baseline did not is different.
Comparison after_bad_end(const ChildReport& report) {
  Comparison comparison;
  if (report.note == other_note) {
    comparison.outcome = Comparison::Outcome::different;
    comparison.reason = "on the other model, the runtime " + report.explanation();
  } else if (report.note == baseline_note) {
    comparison.reason = "on the baseline, the runtime " + report.explanation();
  } else {
    comparison.reason = "while it was loaded, the runtime " + report.explanation();
    comparison.cause = Code::no_runtime;
  }
  return comparison;
}

/// A folder that goes with this, with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code error;
    std::string pattern =
        (std::filesystem::temp_directory_path(error) / "ortopt_compare_XXXXXX").string();
    if (!error && mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Comparison compare_models(const ComparisonRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  // Made here, because a child that dies cannot clear it away.
  const TemporaryFolder folder;
  const Result<ChildReport> report = run_in_child(
      [&](ChildNotes& notes) { return compare_as_child(notes, request, folder.path()); },
      {.seconds = request.time_limit_seconds});
  Comparison comparison;
  if (!report)
    comparison = not_run(report.error());
  else if (report->finished)
    comparison = comparison_from(report->result);
  else
    comparison = after_bad_end(*report);
  comparison.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return comparison;
}

}  // namespace ortopt
