#include "ortopt/optimise/optimise.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "ir/quoted.h"
#include "optimise/attempt.h"
#include "optimise/created_folders.h"
#include "optimise/mixed_search.h"
#include "optimise/runtime_stage.h"
#include "optimise/verification_plan.h"
#include "ortopt/base/version.h"
#include "ortopt/optimise/blame.h"
#include "ortopt/report/provenance.h"

namespace ortopt {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// Whether `path` is a folder, or would be one: "out/", "out/.".
bool names_a_folder(const std::filesystem::path& path) {
  const std::filesystem::path name = path.filename();
  std::error_code ignored;
  return name.empty() || name == "." || name == ".." ||
         std::filesystem::is_directory(path, ignored);
}

/// One run, from the request to the report.
class Run {
 public:
  Run(OptimiseRequest request, Logger& logger) : request_(std::move(request)), logger_(logger) {}

  Result<Report> run() {
    const auto start = std::chrono::steady_clock::now();
    Result<void> done = prepare();
    if (done) done = produce({});
    if (done && was_different()) done = take_back();
    if (!done) return pass_on(std::move(done.error()));
    if (request_.inspect && (request_.dry_run || !report_.output.empty()))
      request_.inspect(*attempt_.loaded.model);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    report_.seconds = elapsed.count() - verification_seconds_;
    return std::move(report_);
  }

 private:
  /// What is known before any pass runs.
  Result<void> prepare() {
    if (!request_.dry_run && names_a_folder(request_.output))
      return fail(Code::usage,
                  "output " + quoted(request_.output) + " is a folder; name a file in it");
    report_.tool_version = version();
    report_.input = request_.input.string();
    report_.flags = request_.flags;
    report_.target = request_.passes.target.text();
    Result<VerificationPlan> plan = plan_verification(request_);
    if (!plan) return pass_on(std::move(plan.error()));
    plan_ = std::move(*plan);
    report_.verification.reason = plan_.reason;
    Result<StagedInput> staged = run_runtime_stage(request_);
    if (!staged) return pass_on(std::move(staged.error()));
    staged_ = std::move(*staged);
    return choose_precision();
  }

  /// Which operators stay in float32, when that is to be measured.
  Result<void> choose_precision() {
    if (request_.precision.precision != Precision::mixed) return {};
    Result<MixedChoice> choice = choose_mixed_precision(staged_.path, request_, logger_);
    if (!choice) return pass_on(std::move(choice.error()));
    request_.precision.measured = std::move(choice->kept);
    request_.precision.fills = std::move(choice->fills);
    measuring_ = std::move(choice->facts);
    return {};
  }

  /// One attempt without the passes `left_out`; written when nothing speaks against it.
  Result<void> produce(const std::vector<std::string>& left_out) {
    Result<void> done = attempt(left_out);
    if (!done) return done;
    tell(left_out);
    if (request_.strict && !attempt_.facts.warnings.empty())
      return fail(Code::usage, attempt_.facts.warnings.front());
    report_.problem = find_unmet(request_.expectations, report_.operators_after);
    if (!report_.problem && request_.require_fusion && report_.fused.empty())
      report_.problem = Error{Code::expectation, "expected a fusion, found nothing to fuse", {}};
    if (report_.problem || request_.dry_run) {
      if (report_.problem) report_.verification.reason = "an expectation was not met";
      return {};
    }
    return write();
  }

  Result<void> attempt(const std::vector<std::string>& left_out) {
    Result<Attempt> made = make_attempt(staged_.path, request_, left_out, logger_);
    if (!made) return pass_on(std::move(made.error()));
    attempt_ = std::move(*made);
    attempt_.facts.precision.measuring = measuring_;
    return {};
  }

  /// Fills the report from the attempt and stamps the model.
  void tell(const std::vector<std::string>& left_out) {
    Model& model = *attempt_.loaded.model;
    const SourceFacts& source = attempt_.loaded.source;
    if (!staged_.original) staged_.original = source;
    report_.fingerprint = staged_.original->fingerprint;
    report_.input_bytes = total_bytes(*staged_.original);
    report_.notes = model.notes();
    report_.nodes_before = attempt_.nodes_before;
    report_.operators_before = attempt_.operators_before;
    report_.operators_after = count_operators(model);
    report_.nodes_after = 0;
    for (const auto& [op, count] : report_.operators_after) report_.nodes_after += count;
    report_.facts = attempt_.facts;
    report_.fused = find_fused_operators(model, report_.operators_before, report_.facts.rewrites);
    report_.taken_back = left_out;
    model.set_metadata(std::string(provenance_key), to_provenance(report_, request_.shaping_flags));
  }

  static uint64_t total_bytes(const SourceFacts& source) {
    return source.has_external_data ? source.file_bytes + source.weight_bytes : source.file_bytes;
  }

  /// Whether everything that the input is made of stays, unless the input itself is replaced.
  Result<void> check_input_stays() const {
    const auto is = [](const std::filesystem::path& one, const std::filesystem::path& other) {
      std::error_code missing;
      return std::filesystem::equivalent(one, other, missing);
    };
    const std::filesystem::path data = request_.output.string() + ".data";
    const bool writes_data =
        request_.weights != WeightPlacement::inline_ && !is(request_.output, request_.input);
    for (const std::filesystem::path& read : staged_.original->data_files)
      if (is(read, request_.output) || (writes_data && is(read, data)))
        return fail(Code::usage, "the result would overwrite " + quoted(read) +
                                     ", which the input reads; choose another output");
    return {};
  }

  Result<void> write() {
    if (Result<void> stays = check_input_stays(); !stays) return stays;
    if (Result<void> made = folders_.create(request_.output.parent_path()); !made) return made;
    Result<SaveReport> saved =
        save_if([this](const std::filesystem::path& written) { return accept(written); });
    if (!saved) {
      if (was_different()) return {};  // Nothing was written; the culprit is looked for next.
      return pass_on(std::move(saved.error()));
    }
    folders_.keep();
    report_.output = request_.output.string();
    report_.output_bytes = saved->file_bytes + saved->data_bytes;
    report_.files = {report_.output};
    if (saved->data_bytes > 0) report_.files.push_back(report_.output + ".data");
    return {};
  }

  template <class Accept>
  Result<SaveReport> save_if(const Accept& accept_written) {
    SaveOptions options;
    options.weights = request_.weights;
    options.source_had_external_data = attempt_.loaded.source.has_external_data;
    options.sync = request_.sync;
    options.accept = accept_written;
    if (request_.progress)
      options.progress = [this](uint64_t done, uint64_t total) {
        request_.progress(fmt::format("writing {} of {} MB", done / 1'000'000, total / 1'000'000));
      };
    return save(*attempt_.loaded.model, request_.output, options);
  }

  /// The verdict on a written model, unless it is not to be checked.
  Result<void> accept(const std::filesystem::path& written) {
    if (!plan_.runtime) return {};
    if (request_.verify == VerifyMode::automatic) {
      const SourceFacts& source = attempt_.loaded.source;
      if (const auto obstacle = find_obstacle(source, total_bytes(source))) {
        report_.verification.reason = *obstacle;
        return {};
      }
    }
    check(written);
    if (was_different()) return fail(Code::different, report_.verification.reason);
    // Who names a runtime, or demands the check, is told that it was of no use.
    const bool is_demanded =
        request_.verify == VerifyMode::on ||
        (!request_.runtime.explicit_path.empty() && report_.verification.cause == Code::no_runtime);
    if (is_demanded && !report_.verification.is_equal())
      return fail(report_.verification.cause,
                  "the result could not be verified: " + report_.verification.reason);
    return {};
  }

  void check(const std::filesystem::path& written) {
    if (request_.progress) request_.progress("verifying");
    VerifyOptions options;
    options.runtime = *plan_.runtime;
    options.int32_inputs = request_.int32_inputs;
    options.changed_types = attempt_.facts.precision.changed_types;
    options.tolerance = request_.tolerance;
    options.approximates = request_.passes.gelu_approximation;
    options.padding = padding_promise(request_.passes);
    report_.verification = verify_equal(request_.input, written, options);
    verification_seconds_ += report_.verification.seconds;
  }

  [[nodiscard]] bool was_different() const {
    return report_.verification.outcome == Verification::Outcome::different;
  }

  /// The result differed: finds the culprits and writes the result without them.
  Result<void> take_back() {
    const Verification difference = report_.verification;
    logger_.warning("the result differs (" + difference.reason +
                    "); looking for the pass at fault");
    Result<std::vector<std::string>> culprits = find_culprits(
        find_active_passes(make_pipeline_for(request_), attempt_.facts),
        [this](const std::vector<std::string>& left_out) { return is_equal_without(left_out); });
    if (!culprits) {
      report_.verification = difference;
      report_.problem = Error{Code::different, difference.reason, {culprits.error().message}};
      return {};
    }
    if (Result<void> done = produce(*culprits); !done) return done;
    if (was_different()) {
      report_.problem = Error{Code::different, report_.verification.reason, {}};
    } else if (!report_.problem) {
      report_.problem = Error{Code::taken_back,
                              fmt::format("with {} the result differs: {}; it was left out",
                                          joined(*culprits), difference.reason),
                              {}};
    }
    return {};
  }

  Result<bool> is_equal_without(const std::vector<std::string>& left_out) {
    if (request_.progress) request_.progress("looking for the pass at fault");
    if (Result<void> done = attempt(left_out); !done) return pass_on(std::move(done.error()));
    // Written to be judged, never to stay.
    bool judged = false;
    const Result<SaveReport> saved = save_if([&](const std::filesystem::path& written) {
      check(written);
      judged = true;
      return Result<void>(fail(Code::different, "only a trial"));
    });
    if (!judged) return pass_on(saved.error());
    if (report_.verification.outcome == Verification::Outcome::not_run)
      return fail(Code::failure, report_.verification.reason);
    return report_.verification.is_equal();
  }

  OptimiseRequest request_;
  Logger& logger_;
  std::optional<MeasuringFacts> measuring_;
  StagedInput staged_;
  Attempt attempt_;
  VerificationPlan plan_;
  CreatedFolders folders_;
  double verification_seconds_ = 0;
  Report report_;
};

}  // namespace

std::filesystem::path default_output(const std::filesystem::path& input) {
  std::filesystem::path output = input;
  return output.replace_filename(input.stem().string() + ".opt.onnx");
}

Result<Report> optimise(const OptimiseRequest& request, Logger& logger) {
  return Run(request, logger).run();
}

}  // namespace ortopt
