#include "ortopt/compare/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "compare/bad_end.h"
#include "compare/candidate.h"
#include "compare/case_bytes.h"
#include "compare/samples.h"
#include "compare/verification_text.h"
#include "ortopt/base/temporary_folder.h"
#include "ortopt/engine/child.h"
#include "ortopt/ir/load.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

constexpr ModelNames names{"the model", "a candidate"};

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string to_bytes(const Json& json) {
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

std::string failure(const Error& error) {
  return to_bytes({{"code", static_cast<int>(error.code)}, {"error", error.text()}});
}

/// Runs `work` in a child process; what went wrong there is this result's error.
Result<Json> in_child(double seconds, FunctionRef<Result<Json>(ChildNotes&)> work) {
  Result<ChildReport> report = run_in_child(
      [&](ChildNotes& notes) {
        const Result<Json> done = work(notes);
        return done ? to_bytes(*done) : failure(done.error());
      },
      {.seconds = seconds});
  if (!report) return pass_on(report.error());
  if (!report->finished) {
    const auto end = verdict_on_bad_end<Verification>(*report, names);
    return fail(end.cause, end.reason);
  }
  Json json = Json::from_cbor(report->result);
  if (json.contains("error"))
    return fail(static_cast<Code>(json["code"].get<int>()), json["error"].get<std::string>());
  return json;
}

/// Runs a model on all inputs, in this process.
class Calibrator {
 public:
  Calibrator(Engine& engine, const CalibrationRequest& request)
      : engine_(engine), request_(request) {}

  Result<std::vector<CaseRun>> run(const std::filesystem::path& model) {
    const Result<LoadedModel> loaded = load(model, {.allow_outside_data = true});
    if (!loaded) return pass_on(loaded.error());
    Result<std::unique_ptr<Session>> session = engine_.open(
        model, options_for_bytes(loaded->source.weight_bytes, RuntimeOptimization::none));
    if (!session)
      return fail(Code::failure, "the runtime refuses the model: " + session.error().text());
    const Result<LoadedModel> original = load(request_.original, {.allow_outside_data = true});
    if (!original) return pass_on(original.error());
    const Graph& graph = original->model->graph();
    return request_.input_files.empty() ? run_made_up(**session, graph)
                                        : run_files(**session, graph);
  }

 private:
  Result<std::vector<CaseRun>> run_made_up(Session& session, const Graph& graph) {
    Result<std::vector<CaseRun>> runs =
        run_cases(session, InputPlan(session.inputs(), &graph), {request_.seed, request_.padding});
    if (runs && say_nothing(*runs))
      return fail(Code::failure, "the model gives nothing but not-a-number");
    return runs;
  }

  Result<std::vector<CaseRun>> run_files(Session& session, const Graph& graph) {
    InputRequest wanted;
    wanted.files = request_.input_files;
    const Result<Samples> samples = Samples::choose(wanted, request_.seed, session, &graph);
    if (!samples) return pass_on(samples.error());
    std::vector<CaseRun> runs;
    for (std::size_t i = 0; i < samples->count(); ++i) {
      Result<Samples::Sample> sample = samples->get(i);
      if (!sample) return pass_on(sample.error());
      Result<std::vector<NamedTensor>> outputs = session.run(sample->feeds);
      if (!outputs) return pass_on(outputs.error());
      runs.push_back({sample->inputs, sample->name, std::move(sample->feeds), *std::move(outputs)});
    }
    return runs;
  }

  Engine& engine_;
  const CalibrationRequest& request_;
};

/// Takes the gauges out of the outputs, and the largest of each over all cases.
Result<std::map<std::string, double>> take_gauges(const std::vector<std::string>& gauges,
                                                  std::vector<CaseRun>& runs) {
  std::map<std::string, double> largest;
  for (CaseRun& run : runs) {
    if (run.outputs.size() < gauges.size()) return fail(Code::failure, "gauges are missing");
    const std::size_t own = run.outputs.size() - gauges.size();
    for (std::size_t i = own; i < run.outputs.size(); ++i) {
      const Result<std::vector<double>> numbers = run.outputs[i].tensor.numbers();
      if (!numbers) return pass_on(numbers.error());
      const double number = numbers->empty() ? 0 : numbers->front();
      double& known = largest[run.outputs[i].name];
      known = std::max(known, std::isnan(number) ? infinity : number);
    }
    run.outputs.resize(own);
  }
  return largest;
}

}  // namespace

struct Calibration::Content {
  CalibrationRequest request;
  std::string runtime;
  std::vector<std::string> names;
  std::vector<CaseRun> runs;
  std::map<std::string, double> largest;
};

Calibration::Calibration(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Calibration::~Calibration() = default;
Calibration::Calibration(Calibration&&) noexcept = default;
Calibration& Calibration::operator=(Calibration&&) noexcept = default;

const std::string& Calibration::runtime() const { return content_->runtime; }

const std::vector<std::string>& Calibration::inputs() const { return content_->names; }

double Calibration::largest(const std::string& gauge) const {
  const auto found = content_->largest.find(gauge);
  return found == content_->largest.end() ? 0 : found->second;
}

Result<Calibration> Calibration::run(const std::filesystem::path& model,
                                     CalibrationRequest request) {
  const auto work = [&](ChildNotes& notes) -> Result<Json> {
    const Result<std::unique_ptr<Engine>> engine = load_engine(request.runtime);
    if (!engine) return pass_on(engine.error());
    notes.set(first_model_note);
    Result<std::vector<CaseRun>> runs = Calibrator(**engine, request).run(model);
    if (!runs) return pass_on(runs.error());
    const auto largest = take_gauges(request.gauges, *runs);
    if (!largest) return pass_on(largest.error());
    Json cases = Json::array();
    for (const CaseRun& each : *runs) {
      Result<Json> json = json_of(each);
      if (!json) return json;
      cases.push_back(*std::move(json));
    }
    return Json{{"runtime", runtime_label((*engine)->version(), (*engine)->library())},
                {"largest", *largest},
                {"cases", std::move(cases)}};
  };
  const Result<Json> told = in_child(request.time_limit_seconds, work);
  if (!told) return pass_on(told.error());
  auto content = std::make_unique<Content>();
  content->runtime = (*told)["runtime"];
  content->largest = (*told)["largest"].get<std::map<std::string, double>>();
  for (const Json& json : (*told)["cases"]) {
    content->runs.push_back(case_run_from(json));
    content->names.push_back(content->runs.back().name);
  }
  content->request = std::move(request);
  return Calibration(std::move(content));
}

Verification Calibration::measure(const std::filesystem::path& candidate, const Rounding& rounding,
                                  const ToleranceRequest& tolerance) const {
  const auto work = [&](ChildNotes& notes) -> std::string {
    const Result<std::unique_ptr<Engine>> engine = load_engine(content_->request.runtime);
    if (!engine) return to_bytes(not_run<Verification>(engine.error()));
    notes.set(second_model_note);
    return to_bytes(measure_candidate(**engine, candidate, content_->runs, rounding, tolerance));
  };
  return judge_in_child<Verification>(work, verification_from, content_->request.time_limit_seconds,
                                      names);
}

Result<std::map<std::string, double>> Calibration::differences_inside(
    const std::filesystem::path& model, const std::filesystem::path& candidate,
    const std::vector<std::string>& values) const {
  const Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return pass_on(folder.error());
  const Result<Json> told =
      in_child(content_->request.time_limit_seconds, [&](ChildNotes& notes) -> Result<Json> {
        const Result<std::unique_ptr<Engine>> engine = load_engine(content_->request.runtime);
        if (!engine) return pass_on(engine.error());
        notes.set(second_model_note);
        const auto differences = compare_inside(**engine, {model, candidate, (*folder)->path()},
                                                values, content_->runs.front());
        if (!differences) return pass_on(differences.error());
        return Json{{"differences", *differences}};
      });
  if (!told) return pass_on(told.error());
  return (*told)["differences"].get<std::map<std::string, double>>();
}

}  // namespace ortopt
