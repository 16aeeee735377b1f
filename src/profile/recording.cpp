#include "ortopt/profile/recording.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <system_error>
#include <thread>

#include "engine/answer.h"
#include "measure/waiting_clock.h"
#include "profile/recording_json.h"

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A session whose inputs are bound, ready to be run again and again.
class Runner {
 public:
  static Result<Runner> open(Session& session, const InputSource& inputs) {
    Runner runner;
    for (std::size_t i = 0; i < inputs.count(); ++i) {
      Result<std::vector<NamedTensor>> feeds = inputs.sample(i);
      if (!feeds) return pass_on(feeds.error());
      Result<std::unique_ptr<BoundRun>> bound = session.bind(*feeds);
      if (!bound) return pass_on(bound.error());
      runner.runs_.push_back(std::move(*bound));
    }
    return runner;
  }

  Result<Timing> run() {
    BoundRun& next = *runs_[count_++ % runs_.size()];
    const double waited = waiting_->seconds();
    const Clock::time_point start = Clock::now();
    if (Result<void> done = next.run(); !done) return pass_on(done.error());
    const double seconds = seconds_since(start);
    return Timing{seconds, waiting_->seconds() - waited};
  }

  Result<void> run(std::size_t times, std::vector<Timing>& timings) {
    for (std::size_t i = 0; i < times; ++i) {
      const Result<Timing> one = run();
      if (!one) return pass_on(one.error());
      timings.push_back(*one);
    }
    return {};
  }

  /// Every input three times at least, and for a fifth of a second.
  Result<std::vector<double>> warm_up() {
    const Clock::time_point start = Clock::now();
    std::vector<double> seconds;
    while (seconds.size() < 3 * runs_.size() ||
           (seconds_since(start) < 0.2 && seconds.size() < 100)) {
      const Result<Timing> one = run();
      if (!one) return pass_on(one.error());
      seconds.push_back(one->seconds);
    }
    return seconds;
  }

 private:
  Runner() = default;
  std::vector<std::unique_ptr<BoundRun>> runs_;
  std::size_t count_ = 0;
  std::unique_ptr<WaitingClock> waiting_ = std::make_unique<WaitingClock>();
};

std::size_t samples_for(const RecordingRequest& request, double seconds_per_run) {
  if (request.samples > 0) return request.samples;
  return static_cast<std::size_t>(std::clamp(2.0 / seconds_per_run, 10.0, 300.0));
}

/// Threads of a session that has just run wait for more by spinning.
void let_threads_fall_asleep() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }

/// With the graph written beside the profile where the runtime can do that: providers that compile
/// parts of it cannot.
Result<std::unique_ptr<Session>> open_profiled(Engine& engine, const RecordingRequest& request,
                                               Recording& recording) {
  SessionOptions options = request.setting.options;
  options.profile_prefix = request.folder / "onnxruntime_profile_";
  options.optimized_model_path = request.folder / "optimized.onnx";
  options.optimized_weights_apart = true;
  Result<std::unique_ptr<Session>> session = engine.open(request.setting.model, options);
  if (session) {
    recording.optimized_model = options.optimized_model_path;
    return session;
  }
  options.optimized_model_path.clear();
  options.optimized_weights_apart = false;
  return engine.open(request.setting.model, options);
}

Result<Recording> record_here(const RecordingRequest& request) {
  Recording recording;
  Result<std::unique_ptr<Engine>> engine = load_engine(request.setting.runtime);
  if (!engine) return pass_on(engine.error());
  recording.runtime = (*engine)->version();

  const Clock::time_point start = Clock::now();
  Result<std::unique_ptr<Session>> plain =
      (*engine)->open(request.setting.model, request.setting.options);
  if (!plain) return pass_on(plain.error());
  recording.creation_seconds = seconds_since(start);
  Result<InputSource> inputs = inputs_for(request.setting.inputs, **plain, request.setting.model);
  if (!inputs) return pass_on(inputs.error());
  if (Result<void> fitted = inputs->fit(**plain); !fitted) return pass_on(fitted.error());
  recording.inputs = inputs->description();
  recording.remarks = inputs->remarks();

  Result<std::unique_ptr<Session>> profiled = open_profiled(**engine, request, recording);
  if (!profiled) return pass_on(profiled.error());
  Result<Runner> plain_runs = Runner::open(**plain, *inputs);
  if (!plain_runs) return pass_on(plain_runs.error());
  Result<Runner> profiled_runs = Runner::open(**profiled, *inputs);
  if (!profiled_runs) return pass_on(profiled_runs.error());

  const Result<std::vector<double>> plain_warm = plain_runs->warm_up();
  if (!plain_warm) return pass_on(plain_warm.error());
  recording.first_run_seconds = plain_warm->front();
  const std::size_t samples = samples_for(request, plain_warm->back());
  const std::size_t half = (samples + 1) / 2;
  let_threads_fall_asleep();
  if (auto done = plain_runs->run(half, recording.plain); !done) return pass_on(done.error());
  let_threads_fall_asleep();
  const Result<std::vector<double>> profiled_warm = profiled_runs->warm_up();
  if (!profiled_warm) return pass_on(profiled_warm.error());
  recording.warm_up = profiled_warm->size();
  if (auto done = profiled_runs->run(samples, recording.profiled); !done)
    return pass_on(done.error());
  let_threads_fall_asleep();
  if (auto done = plain_runs->run(samples - half, recording.plain); !done)
    return pass_on(done.error());

  Result<std::filesystem::path> profile = (*profiled)->end_profiling();
  if (!profile) return pass_on(profile.error());
  recording.profile = *profile;
  return recording;
}

}  // namespace

Result<Recording> record(const RecordingRequest& request) {
  const Result<std::string> answer = answer_from_child(
      [&](ChildNotes&) -> Result<std::string> {
        const Result<Recording> recording = record_here(request);
        if (!recording) return pass_on(recording.error());
        return to_bytes(*recording);
      },
      {.seconds = request.time_limit_seconds}, Code::failure);
  if (!answer)
    return within(answer.error(), "while profiling '" + request.setting.model.string() + "'");
  Recording recording = recording_from(*answer);
  std::error_code missing;
  if (!std::filesystem::is_regular_file(recording.optimized_model, missing))
    recording.optimized_model.clear();
  return recording;
}

}  // namespace ortopt
