#include "ortopt/pass/pass_manager.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "ortopt/ir/verify.h"
#include "pass/selection.h"

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;

/// Runs the passes of one pipeline over one model and keeps their accounts.
class Driver {
 public:
  Driver(Model& model, const RunOptions& options, Facts& facts, Logger& logger)
      : model_(&model),
        options_(&options),
        facts_(&facts),
        logger_(&logger),
        context_(model.graph(), options.passes, facts, logger) {
    context_.select([&options](std::string_view id, const Node& node) {
      return selects_node(options.selection, id, node.name());
    });
  }

  Result<void> run(const Stage& stage) {
    bool changed = true;
    std::size_t round = 0;
    for (; changed && round < stage.max_rounds; ++round) {
      changed = false;
      for (const auto& pass : stage.passes) {
        if (!selects_pass(options_->selection, pass->id())) continue;
        if (options_->progress) options_->progress(stage.name, pass->id());
        const auto changes = run(*pass);
        if (!changes) return pass_on(changes.error());
        changed = changed || changes->count > 0;
      }
    }
    tell_assumed_sizes();
    for (const auto& pass : stage.passes)
      if (const auto account = accounts_.find(pass->id()); account != accounts_.end())
        facts_->runs[account->second].converged = !changed;
    if (changed)
      logger_->warning("stage '" + std::string(stage.name) + "' still changed after " +
                       std::to_string(round) + " rounds");
    return {};
  }

  Result<Changes> run(const Pass& pass) {
    const auto start = Clock::now();
    // Misses of an earlier round are out of date.
    std::erase_if(facts_->misses, [&](const Miss& miss) { return miss.pass == pass.id(); });
    Changes total;
    std::vector<Graph*> graphs;
    for_each_graph(model_->graph(), [&](Graph& graph) { graphs.push_back(&graph); });
    for (Graph* graph : graphs) {
      auto changes = pass.run(*graph, context_);
      if (!changes)
        return within(changes.error(), "while running pass '" + std::string(pass.id()) + "'");
      total.count += changes->count;
    }
    account(pass, total, std::chrono::duration<double>(Clock::now() - start).count());
    if (options_->verify_each_pass)
      if (const auto sound = verify(model_->graph()); !sound)
        return within(sound.error(), "after pass '" + std::string(pass.id()) + "'");
    return total;
  }

 private:
  /// What the analysis took for granted about sizes that the file names. (Sizes that are its own
  /// invention mean nothing to a reader.)
  void tell_assumed_sizes() {
    if (!context_.has_analysis()) return;
    for (const Assumption& assumption : context_.analysis().assumptions()) {
      if (assumption.left.find('?') != std::string::npos ||
          assumption.right.find('?') != std::string::npos)
        continue;
      const bool is_equal = assumption.relation == Assumption::Relation::equal;
      facts_->assume("shapes", assumption.left + (is_equal ? " = " : " <= ") + assumption.right +
                                   ", as '" + assumption.where + "' needs");
    }
  }

  void account(const Pass& pass, const Changes& changes, double seconds) {
    const auto [slot, fresh] = accounts_.try_emplace(std::string(pass.id()), facts_->runs.size());
    if (fresh) facts_->runs.push_back({.pass = std::string(pass.id())});
    PassRun& run = facts_->runs[slot->second];
    run.changes += changes.count;
    run.rounds += 1;
    run.seconds += seconds;
    if (changes.count > 0)
      logger_->info(std::string(pass.id()) + ": " + std::to_string(changes.count) + " changes");
  }

  Model* model_;
  const RunOptions* options_;
  Facts* facts_;
  Logger* logger_;
  Context context_;
  std::map<std::string, std::size_t, std::less<>> accounts_;
};

}  // namespace

Result<void> run_pipeline(const Pipeline& pipeline, Model& model, const RunOptions& options,
                          Facts& facts, Logger& logger) {
  if (const auto known = check_selection(options.selection, pipeline); !known)
    return pass_on(known.error());
  Driver driver(model, options, facts, logger);
  for (const Stage& stage : pipeline)
    if (const auto done = driver.run(stage); !done) return pass_on(done.error());
  return {};
}

Result<Changes> run_pass(const Pass& pass, Model& model, const PassOptions& options, Facts& facts) {
  constexpr std::size_t max_rounds = 8;
  Logger silent(LogLevel::off);
  const RunOptions run_options{.passes = options, .verify_each_pass = true};
  Driver driver(model, run_options, facts, silent);
  Changes total;
  for (std::size_t round = 0; round < max_rounds; ++round) {
    const auto changes = driver.run(pass);
    if (!changes) return pass_on(changes.error());
    total.count += changes->count;
    if (changes->count == 0) return total;
  }
  return fail(Code::internal, "pass '" + std::string(pass.id()) + "' does not come to an end");
}

}  // namespace ortopt
