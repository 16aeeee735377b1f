#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/pattern/pattern_check.h"
#include "tests/support/random_expression.h"

namespace ortopt::pattern {
namespace {

using test::Expression;
using test::Random;

RC_GTEST_PROP(Search, FindsEveryEquivalentSpelling, (uint64_t seed)) {
  Random random(seed);
  const Expression expression = test::random_expression(random);
  const std::string graph = test::random_spelling(expression, random);
  Miss miss;
  const bool found = test::Graphs(graph)
                         .find(call("Identity", {test::pattern_of(expression)}), {}, &miss)
                         .has_value();
  // Sums of products of sums can use up the budget: then the search says so.
  RC_PRE(!miss.exhausted);
  if (!found) RC_LOG() << graph << "\n" << miss.reason;
  RC_ASSERT(found);
}

RC_GTEST_PROP(Search, RefusesWhatDiffersByOneEdit, (uint64_t seed)) {
  Random random(seed);
  const Expression expression = test::random_expression(random);
  const Expression mutant = test::mutated(expression, random);
  const std::string graph = test::random_spelling(mutant, random);
  // Not everything has something to edit.
  Random same(seed);
  Random again(seed);
  RC_PRE(test::random_spelling(expression, same) != test::random_spelling(mutant, again));
  const bool found =
      test::Graphs(graph).find(call("Identity", {test::pattern_of(expression)})).has_value();
  if (found) RC_LOG() << graph;
  RC_ASSERT(!found);
}

}  // namespace
}  // namespace ortopt::pattern
