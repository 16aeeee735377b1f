#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "compare/cases.h"
#include "ortopt/compare/signature.h"
#include "ortopt/compare/verification.h"

namespace ortopt {

/// Which of the two models is being worked on.
enum class Stage { original, result };

/// Compares two models in this process. Only one of them is held in memory at a time.
class Verifier {
 public:
  /// `enter` is called as each stage begins.
  Verifier(Engine& engine, const VerifyOptions& options, std::function<void(Stage)> enter);

  [[nodiscard]] Verification run(const std::filesystem::path& original,
                                 const std::filesystem::path& result);

 private:
  Result<void> run_original(const std::filesystem::path& path);
  Result<std::unique_ptr<Session>> open(const std::filesystem::path& path, uint64_t bytes,
                                        RuntimeOptimization optimization);
  Verification run_result(const std::filesystem::path& path);
  Result<void> run_on_cases(Session& session);
  void compare(const std::vector<Tolerance>& tolerances);
  /// Whether all that differs is float32 numbers, and the usual tolerance was applied.
  [[nodiscard]] bool may_be_rounding() const;
  /// Compares once more with what the original's own unsteadiness allows.
  Verification reconsider(const std::filesystem::path& original);
  Verification judge();
  [[nodiscard]] std::string unsteadiness_text() const;
  Verification conclude(Verification::Outcome outcome, std::string reason);

  Engine& engine_;
  const VerifyOptions& options_;
  std::function<void(Stage)> enter_;
  Verification verdict_;
  Rounding rounding_;
  uint64_t original_bytes_ = 0;
  std::unique_ptr<Signature> signature_;
  std::vector<CaseRun> expected_;
  std::vector<std::vector<NamedTensor>> found_;  ///< By case.
};

}  // namespace ortopt
