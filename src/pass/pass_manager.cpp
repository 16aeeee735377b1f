#include "ortopt/pass/pass_manager.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ortopt/ir/verify.h"
#include "pass/selection.h"

namespace ortopt {
namespace {

using Clock = std::chrono::steady_clock;

bool is_removed(const Graph& graph) {
  for (const Graph* at = &graph; at->owner() != nullptr; at = at->parent())
    if (at->owner()->is_removed()) return true;
  return false;
}

/// Runs passes over one model and keeps their accounts.
class Driver {
 public:
  Driver(Model& model, const RunOptions& options, Facts& facts, Logger& logger)
      : model_(&model),
        options_(&options),
        facts_(&facts),
        logger_(&logger),
        context_(model.graph(), options.passes, facts, logger),
        unmatched_(options.selection) {
    for_each_graph(model.graph(), [&](Graph& graph) {
      for (const Node& node : graph.nodes()) unmatched_.see(node.label());
    });
  }

  Result<void> run(const Stage& stage) {
    select(stage.purpose);
    bool changed = true;
    for (std::size_t round = 0; changed && round < stage.max_rounds; ++round) {
      changed = false;
      for (const auto& pass : stage.passes) {
        if (!selects_pass(selection_, pass->id())) continue;
        const std::size_t before = changes_so_far_;
        if (options_->progress) options_->progress(stage.name, pass->id());
        if (const auto done = run(*pass); !done) return pass_on(done.error());
        if (changes_so_far_ == before) continue;
        changed = true;
        if (round + 1 == stage.max_rounds) account_of(*pass).converged = false;
      }
    }
    tell_assumed_sizes();
    if (changed)
      logger_->warning("stage '" + std::string(stage.name) + "' still changed the model after " +
                       std::to_string(stage.max_rounds) + " rounds");
    return {};
  }

  Result<Changes> run(const Pass& pass) {
    // Where it found nothing to do it will find nothing again, as long as nobody changes anything.
    const auto idle = idle_since_.find(&pass);
    if (idle != idle_since_.end() && idle->second == changes_so_far_) return Changes{};
    const auto start = Clock::now();
    const auto total = run_everywhere(pass);
    if (!total) return within(total.error(), "while running pass '" + std::string(pass.id()) + "'");
    account(pass, *total, std::chrono::duration<double>(Clock::now() - start).count());
    if (total->count > 0)
      if (const auto sound = verified(); !sound)
        return within(sound.error(), "after pass '" + std::string(pass.id()) + "'");
    return total;
  }

  void drop_misses_of_vanished_nodes() {
    std::set<std::pair<std::string, std::string>> present;
    for_each_graph(model_->graph(), [&](Graph& graph) {
      for (const Node& node : graph.nodes()) present.emplace(node.label(), node.op());
    });
    std::erase_if(facts_->misses, [&](const Miss& miss) {
      return !present.contains({miss.node, miss.op});
    });
  }

  void warn_of_unmatched_globs() {
    for (std::string& warning : unmatched_.warnings())
      facts_->warnings.push_back(std::move(warning));
  }

 private:
  void select(Stage::Purpose purpose) {
    selection_ = options_->selection;
    if (purpose == Stage::Purpose::support) selection_.only.clear();
    if (selection_.only.empty() && selection_.skip.empty()) return context_.select({});
    context_.select([this](std::string_view id, const Node& node) {
      // Passes make nodes whose names are none of the file's.
      unmatched_.see(node.label());
      return selects_node(selection_, id, node.label());
    });
  }

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

  /// One run over each graph, outer ones first.
  Result<Changes> run_everywhere(const Pass& pass) {
    // Misses of an earlier round are out of date.
    std::erase_if(facts_->misses, [&](const Miss& miss) { return miss.pass == pass.id(); });
    std::vector<Graph*> graphs;
    for_each_graph(model_->graph(), [&](Graph& graph) { graphs.push_back(&graph); });
    Changes total;
    for (Graph* graph : graphs) {
      if (is_removed(*graph)) continue;
      const auto changes = pass.run(*graph, context_);
      if (!changes) return pass_on(changes.error());
      total.count += changes->count;
    }
    return total;
  }

  Result<void> verified() const {
#ifdef NDEBUG
    if (!options_->verify_each_pass) return {};
#endif
    return verify(model_->graph());
  }

  PassRun& account_of(const Pass& pass) {
    const auto [slot, fresh] = accounts_.try_emplace(std::string(pass.id()), facts_->runs.size());
    if (fresh) facts_->runs.push_back({.pass = std::string(pass.id())});
    return facts_->runs[slot->second];
  }

  void account(const Pass& pass, const Changes& changes, double seconds) {
    PassRun& run = account_of(pass);
    run.changes += changes.count;
    run.rounds += 1;
    run.seconds += seconds;
    changes_so_far_ += changes.count;
    if (changes.count == 0) {
      idle_since_[&pass] = changes_so_far_;
      return;
    }
    logger_->info(std::string(pass.id()) + ": " + std::to_string(changes.count) +
                  (changes.count == 1 ? " change" : " changes"));
  }

  Model* model_;
  const RunOptions* options_;
  Facts* facts_;
  Logger* logger_;
  Context context_;
  Selection selection_;
  UnmatchedGlobs unmatched_;
  std::map<std::string, std::size_t, std::less<>> accounts_;  // places in Facts::runs
  std::map<const Pass*, std::size_t> idle_since_;
  std::size_t changes_so_far_ = 0;
};

}  // namespace

Result<void> run_pipeline(const Pipeline& pipeline, Model& model, const RunOptions& options,
                          Facts& facts, Logger& logger) {
  if (const auto known = check_selection(options.selection, pipeline); !known)
    return pass_on(known.error());
  Driver driver(model, options, facts, logger);
  for (const Stage& stage : pipeline)
    if (const auto done = driver.run(stage); !done) return pass_on(done.error());
  driver.drop_misses_of_vanished_nodes();
  driver.warn_of_unmatched_globs();
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
