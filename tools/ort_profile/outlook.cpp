#include "outlook.h"

#include <algorithm>
#include <map>
#include <string>

#include "ortopt/ir/load.h"
#include "ortopt/optimise/optimise.h"
#include "ortopt/report/operators.h"

namespace ortopt::tool {
namespace {

/// A pass named after a form is the one that makes it.
FusionOutlook outlook_of(std::string_view form, const OperatorCounts& as_run,
                         const Report& report) {
  FusionOutlook outlook{.form = std::string(form), .reason = {}};
  const std::size_t now = count_form(as_run, form);
  const std::size_t then = count_form(report.operators_after, form);
  outlook.gained = then > now ? then - now : 0;
  std::size_t missed = 0;
  for (const Miss& miss : report.facts.misses) {
    if (miss.pass != form) continue;
    if (missed++ == 0) outlook.reason = miss.reason;
  }
  // What the runtime fuses by itself is not missed.
  const std::size_t by_runtime = now > then ? now - then : 0;
  outlook.missed = missed > by_runtime ? missed - by_runtime : 0;
  return outlook;
}

}  // namespace

std::vector<FusionOutlook> find_outlook(const std::filesystem::path& model,
                                        const std::filesystem::path& as_run,
                                        const std::string& target, Logger& logger) {
  OptimiseRequest request;
  request.input = model;
  request.output = default_output(model);
  request.dry_run = true;
  request.verify = VerifyMode::off;
  request.load.allow_outside_data = true;
  if (const Result<Target> parsed = Target::parse(target)) request.passes.target = *parsed;
  const Result<Report> report = optimise(request, logger);
  const Result<LoadedModel> run = load(as_run, {.allow_outside_data = true});
  if (!report || !run) {
    logger.info("no hints from the graph: " + (report ? run.error() : report.error()).text());
    return {};
  }
  const OperatorCounts counts = count_operators(*run->model);
  std::vector<FusionOutlook> out;
  for (const std::string_view form : {"attention", "layer_norm", "gelu"}) {
    FusionOutlook outlook = outlook_of(form, counts, *report);
    if (outlook.gained + outlook.missed > 0) out.push_back(std::move(outlook));
  }
  return out;
}

}  // namespace ortopt::tool
