#include "ortopt/report/grid.h"

#include <gtest/gtest.h>

namespace ortopt {
namespace {

Grid two_columns() {
  return {.columns = {{"node", ColumnKind::text}, {"ms", ColumnKind::number}},
          .rows = {{"MatMul_1", "12.5"}, {"Größe", "3"}}};
}

TEST(Grid, TextIsPaddedToTheWidestCellOfAColumnCountingCharactersAndNotBytes) {
  EXPECT_EQ(to_text(two_columns()),
            "  node        ms\n"
            "  MatMul_1  12.5\n"
            "  Größe        3\n");
}

TEST(Grid, TextHasOneLineARowWhateverTheNamesSay) {
  Grid grid = two_columns();
  grid.rows = {{"two\nlines\x1b[2J", "1"}};
  EXPECT_EQ(to_text(grid, 0),
            "node               ms\n"
            "two\\nlines\\x1b[2J   1\n");
}

TEST(Grid, CsvQuotesOnlyWhatWouldBreakIt) {
  Grid grid = two_columns();
  grid.rows = {{"a,b", "1"}, {"say \"x\"", "2"}, {"two\nlines", "3"}};
  EXPECT_EQ(to_csv(grid), "node,ms\n\"a,b\",1\n\"say \"\"x\"\"\",2\n\"two\nlines\",3\n");
}

TEST(Grid, MarkdownEscapesBarsAndSetsNumbersToTheRight) {
  Grid grid = two_columns();
  grid.rows = {{"a|b", "1"}};
  EXPECT_EQ(to_markdown(grid), "| node | ms |\n| --- | ---: |\n| a\\|b | 1 |\n");
}

TEST(Grid, ShortRowsAreFilledUp) {
  Grid grid = two_columns();
  grid.rows = {{"alone"}};
  EXPECT_EQ(to_csv(grid), "node,ms\nalone,\n");
}

}  // namespace
}  // namespace ortopt
