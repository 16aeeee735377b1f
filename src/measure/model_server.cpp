#include "measure/model_server.h"

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What /proc tells of this process; 0 where there is no /proc.
uint64_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  constexpr std::string_view name = "VmHWM:";
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
  return 0;
}

std::string opening_answer(const Opening& opening) {
  return Json{{"creation", opening.creation_seconds},
              {"first_run", opening.first_run_seconds},
              {"version", opening.version},
              {"inputs", opening.inputs},
              {"batch", opening.batch},
              {"remarks", opening.remarks},
              {"counts_waiting", opening.counts_waiting}}
      .dump();
}

std::string run_answer(const std::vector<Timing>& runs) {
  std::vector<double> seconds;
  std::vector<double> waiting;
  for (const Timing& run : runs) {
    seconds.push_back(run.seconds);
    waiting.push_back(run.waiting);
  }
  return Json{{"seconds", seconds}, {"waiting", waiting}}.dump();
}

std::string error_answer(const Error& error) {
  return Json{{"error", error.text()}, {"code", static_cast<int>(error.code)}}.dump();
}

}  // namespace

std::string ModelServer::answer(std::string_view question) {
  const Json asked = Json::parse(question);
  const std::string what = asked.value("do", "");
  if (what == "open") {
    const Result<Opening> opening = open();
    return opening ? opening_answer(*opening) : error_answer(opening.error());
  }
  if (what == "run") {
    const Result<std::vector<Timing>> runs =
        run(asked.value("settle", std::size_t{0}), asked.value("count", std::size_t{1}));
    return runs ? run_answer(*runs) : error_answer(runs.error());
  }
  if (what == "memory") return Json{{"peak_bytes", peak_bytes()}}.dump();
  return error_answer({Code::internal, "no answer to '" + std::string(question) + "'", {}});
}

Result<Opening> ModelServer::open() {
  Result<std::unique_ptr<Engine>> engine = load_engine(setting_.runtime);
  if (!engine) return pass_on(engine.error());
  engine_ = std::move(*engine);
  Opening opening{.version = engine_->version()};
  const auto start = Clock::now();
  Result<std::unique_ptr<Session>> session = engine_->open(setting_.model, setting_.options);
  if (!session) return pass_on(session.error());
  opening.creation_seconds = seconds_since(start);
  session_ = std::move(*session);
  waiting_.emplace();
  opening.counts_waiting = waiting_->runs();
  if (Result<void> done = prepare(opening); !done) return pass_on(done.error());
  return opening;
}

Result<void> ModelServer::prepare(Opening& opening) {
  Result<InputSource> source = inputs_for(setting_.inputs, *session_, setting_.model);
  if (!source) return pass_on(source.error());
  if (Result<void> done = bind(*source); !done) return done;
  Result<Timing> first = time_one();
  if (!first) {
    // Sizes that the model refuses: others near to them may do.
    if (Result<void> done = source->fit(*session_); !done) return done;
    if (Result<void> done = bind(*source); !done) return done;
    first = time_one();
    if (!first) return pass_on(first.error());
  }
  opening.first_run_seconds = first->seconds;
  opening.inputs = source->description();
  opening.batch = static_cast<std::size_t>(source->sizes().batch);
  opening.remarks = source->remarks();
  return {};
}

Result<void> ModelServer::bind(const InputSource& source) {
  runs_.clear();
  for (std::size_t i = 0; i < source.count(); ++i) {
    Result<std::vector<NamedTensor>> feeds = source.sample(i);
    if (!feeds) return pass_on(feeds.error());
    Result<std::unique_ptr<BoundRun>> run = session_->bind(*feeds);
    if (!run) return pass_on(run.error());
    runs_.push_back(std::move(*run));
  }
  return {};
}

Result<Timing> ModelServer::time_one() {
  BoundRun& run = *runs_[next_++ % runs_.size()];
  const double waited = waiting_->seconds();
  const auto start = Clock::now();
  const Result<void> done = run.run();
  const double seconds = seconds_since(start);
  if (!done) return pass_on(done.error());
  return Timing{seconds, waiting_->seconds() - waited};
}

Result<std::vector<Timing>> ModelServer::run(std::size_t settle, std::size_t count) {
  std::vector<Timing> timings;
  timings.reserve(count);
  for (std::size_t i = 0; i < settle + count; ++i) {
    const Result<Timing> timing = time_one();
    if (!timing) return pass_on(timing.error());
    if (i >= settle) timings.push_back(*timing);
  }
  return timings;
}

}  // namespace ortopt
