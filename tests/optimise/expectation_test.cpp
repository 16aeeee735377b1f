#include "ortopt/optimise/expectation.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

const OperatorCounts counts = {{"LayerNormalization", 1},
                               {"com.microsoft.SkipLayerNormalization", 24},
                               {"com.microsoft.BiasGelu", 12}};

TEST(Expectation, ReadsNameAndCount) {
  const auto expectation = parse_expectation("com.microsoft.BiasGelu=12");
  ASSERT_TRUE(expectation);
  EXPECT_EQ(expectation->what, "com.microsoft.BiasGelu");
  EXPECT_EQ(expectation->count, 12U);
}

TEST(Expectation, RefusesWhatIsNoNameAndCount) {
  for (const char* text : {"", "attention", "attention=", "=12", "attention=x", "attention=-1",
                           "attention=12 ", "attention=1.5"}) {
    const auto expectation = parse_expectation(text);
    ASSERT_FALSE(expectation) << text;
    EXPECT_EQ(expectation.error().code, Code::usage);
  }
}

TEST(Expectation, IsMetByFormsAndByOperatorsWithAndWithoutDomain) {
  EXPECT_FALSE(find_unmet({{"layer_norm", 25},
                           {"gelu", 12},
                           {"BiasGelu", 12},
                           {"com.microsoft.BiasGelu", 12},
                           {"LayerNormalization", 1},
                           {"Softmax", 0}},
                          counts));
}

TEST(Expectation, NamesAllThatIsUnmet) {
  const auto error = find_unmet({{"attention", 12}, {"gelu", 12}, {"BiasGelu", 11}}, counts);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::expectation);
  EXPECT_EQ(error->message, "expected 12 attention, found 0; expected 11 BiasGelu, found 12");
}

}  // namespace
}  // namespace ortopt
