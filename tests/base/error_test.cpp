#include "ortopt/base/error.h"

#include <gtest/gtest.h>

#include "ortopt/base/result.h"

namespace ortopt {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Code::usage, "3 is odd");
  return number / 2;
}

TEST(Result, CarriesAValueOrTheReasonWithItsContext) {
  EXPECT_EQ(*half(4), 2);
  Result<int> odd = half(3);
  ASSERT_FALSE(odd);
  Result<int> outer = within(odd.error(), "while halving");
  EXPECT_EQ(outer.error().text(), "3 is odd, while halving");
  EXPECT_EQ(outer.error().code, Code::usage);
}

}  // namespace
}  // namespace ortopt
