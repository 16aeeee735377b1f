#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "compare/signature.h"
#include "ortopt/compare/verification.h"
#include "ortopt/engine/inputs.h"

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
  /// One case and what the original makes of it.
  struct Expected {
    InputCase inputs;
    std::string name;
    std::vector<NamedTensor> feeds;
    std::vector<NamedTensor> outputs;
  };

  Result<void> run_original(const std::filesystem::path& path);
  Result<std::unique_ptr<Session>> open(const std::filesystem::path& path, uint64_t bytes,
                                        RuntimeOptimization optimization);
  Result<void> run_cases(Session& session, const InputPlan& plan);
  Result<void> run_case(Session& session, const InputPlan& plan, const InputCase& inputs);
  void drop_undefined_cases();
  [[nodiscard]] bool says_nothing() const;
  Verification run_result(const std::filesystem::path& path);
  Result<void> compare(Session& session);
  Verification conclude(Verification::Outcome outcome, std::string reason);

  Engine& engine_;
  const VerifyOptions& options_;
  std::function<void(Stage)> enter_;
  Verification verdict_;
  DataType coarsest_ = DataType::float32;
  std::unique_ptr<Signature> signature_;
  std::vector<Expected> expected_;
};

}  // namespace ortopt
