#include "tests/support/rewrite_check.h"

#include <string>

#include "ortopt/ir/text.h"
#include "ortopt/ir/verify.h"
#include "ortopt/pass/pass_manager.h"
#include "precision/runtime_operators.h"
#include "shape/rules.h"
#include "tests/support/graph_text.h"
#include "tests/support/numeric_oracle.h"

namespace ortopt::test_support {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

std::string misses_text(const Facts& facts) {
  std::string text;
  for (const Miss& miss : facts.misses)
    text += "  " + miss.op + " '" + miss.node + "': " + miss.reason + "\n";
  return text.empty() ? "  none\n" : text;
}

/// Runs the pass and checks the invariants.
AssertionResult run(const Pass& pass, Model& model, const PassOptions& options, Facts& facts,
                    Changes& changes) {
  const Result<Changes> done = run_pass(pass, model, options, facts);
  if (!done)
    return AssertionFailure() << "pass '" << pass.id() << "' failed: " << done.error().text();
  changes = *done;
  const Result<void> verdict = verify(model.graph());
  if (!verdict)
    return AssertionFailure() << "pass '" << pass.id()
                              << "' broke the graph: " << verdict.error().text() << "\n"
                              << to_text(model.graph());
  return AssertionSuccess();
}

/// Whether a second run leaves the result of the first as it is.
AssertionResult stops_at(const Pass& pass, Model& result, const PassOptions& options) {
  Facts facts;
  Changes changes;
  const std::string once = canonical_text(result.graph());
  if (const AssertionResult done = run(pass, result, options, facts, changes); !done)
    return AssertionFailure() << "second run: " << done.message();
  if (changes.count == 0 && canonical_text(result.graph()) == once) return AssertionSuccess();
  return AssertionFailure() << "pass '" << pass.id() << "' does not stop at its own result:\n"
                            << line_diff(once, canonical_text(result.graph()));
}

/// Whether the result is the same when the nodes are stored in another order.
AssertionResult ignores_order(const Pass& pass, const Model& original, const Model& result,
                              const PassOptions& options) {
  const auto other = reordered(original);
  Facts facts;
  Changes changes;
  if (const AssertionResult done = run(pass, *other, options, facts, changes); !done)
    return AssertionFailure() << "nodes in another order: " << done.message();
  const AssertionResult same = same_graph(result.graph(), other->graph());
  if (same) return AssertionSuccess();
  return AssertionFailure() << "pass '" << pass.id()
                            << "' depends on the order in which nodes are stored: "
                            << same.message();
}

/// Whether the rest of the program knows the operators of the runtime that the pass emitted.
AssertionResult is_known(const Pass& pass, Model& result) {
  std::string unknown;
  for_each_graph(result.graph(), [&](const Graph& graph) {
    for (const Node& node : graph.nodes()) {
      if (node.domain() != "com.microsoft") continue;
      if (shape::find_operator(node) == nullptr)
        unknown += "  " + node.op() + " has no shape rule in src/shape/operators.cpp\n";
      if (find_runtime_operator(node.domain(), node.op()) == nullptr)
        unknown += "  " + node.op() + " has no types in src/precision/runtime_operators.cpp\n";
    }
  });
  if (unknown.empty()) return AssertionSuccess();
  return AssertionFailure() << "pass '" << pass.id() << "' emits what others do not know:\n"
                            << unknown;
}

}  // namespace

AssertionResult rewrites(const Pass& pass, std::string_view before, std::string_view after,
                         const PassOptions& options) {
  const auto original = model_of(before);
  const auto model = model_of(before);
  Facts facts;
  Changes changes;
  if (const AssertionResult done = run(pass, *model, options, facts, changes); !done) return done;
  if (const AssertionResult same = same_graph(after, model->graph()); !same)
    return AssertionFailure() << same.message() << "misses:\n" << misses_text(facts);
  if (changes.count == 0)
    return AssertionFailure() << "pass '" << pass.id() << "' changed the graph and reports none";
  if (const AssertionResult known = is_known(pass, *model); !known) return known;
  if (const AssertionResult stops = stops_at(pass, *model, options); !stops) return stops;
  if (const AssertionResult same = ignores_order(pass, *original, *model, options); !same)
    return same;
  return same_results(*original, *model);
}

AssertionResult leaves_unchanged(const Pass& pass, std::string_view graph, std::string_view reason,
                                 const PassOptions& options) {
  const auto model = model_of(graph);
  Facts facts;
  Changes changes;
  if (const AssertionResult done = run(pass, *model, options, facts, changes); !done) return done;
  const std::string before = canonical_text(model_of(graph)->graph());
  if (const std::string after = canonical_text(model->graph()); after != before)
    return AssertionFailure() << "pass '" << pass.id() << "' changed the graph:\n"
                              << line_diff(before, after);
  if (changes.count > 0)
    return AssertionFailure() << "pass '" << pass.id() << "' reports " << changes.count
                              << " changes of an unchanged graph";
  if (reason.empty() && facts.misses.empty()) return AssertionSuccess();
  for (const Miss& miss : facts.misses)
    if (!reason.empty() && miss.reason.find(reason) != std::string::npos) return AssertionSuccess();
  return AssertionFailure() << "expected the reason '" << reason << "', found misses:\n"
                            << misses_text(facts);
}

}  // namespace ortopt::test_support
