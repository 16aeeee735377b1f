#include "ortopt/report/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/browser.h"
#include "tests/support/temporary_folder.h"

namespace ortopt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Ends elements, attributes, scripts and comments, where it is not escaped.
const std::string hostile = "\"><script>window.hacked=1</script><!--</script><img src=x>'&{{data}}";

FlameChart flame_of(const std::string& name) {
  return {.title = "Flame of " + name,
          .spans = {{name, "run", "", 0, 10, 0}, {"MatMul", "MatMul", "layer 0", 1, 4, 1}}};
}

HtmlPage page_of_everything(const std::string& text) {
  HtmlPage page(text);
  page.section(text)
      .paragraph(text)
      .remark(text, Tone::good)
      .verbatim(text)
      .facts({{text, text}})
      .table({.columns = {{text, ColumnKind::text}, {"share", ColumnKind::share}},
              .rows = {{text, "42.0 %"}, {"other", "8 %"}}},
             text)
      .plot({.title = text,
             .x_title = text,
             .y_title = text,
             .series = {{text, {1, 2, 3}, {1, 4, 9}, {0.5, 3, 8}, {1.5, 5, 10}}}})
      .plot({.title = "bars",
             .kind = Plot::Kind::bars,
             .categories = {text, "b"},
             .series = {{text, {}, {3, 1}, {}, {}}, {"second", {}, {1, 2}, {}, {}}}})
      .flame(flame_of(text));
  return page;
}

TEST(HtmlPage, EscapesEveryTextThatItIsGiven) {
  const std::string page = page_of_everything(hostile).render();
  EXPECT_THAT(page, Not(HasSubstr("<script>window.hacked")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x>")));
  EXPECT_THAT(page, HasSubstr("\\u003c/script>")) << "data stand in a script element";
}

TEST(HtmlPage, DataThatAreNoUtf8OrNoNumberStillMakeAPage) {
  HtmlPage page("page");
  page.plot({.title = "p",
             .series = {{"\xff", {1, 2}, {std::numeric_limits<double>::quiet_NaN(), 1}, {}, {}}}});
  EXPECT_THAT(page.render(), HasSubstr("[null,1.0]"));
}

TEST(HtmlPage, LeavesThePlottingLibraryOutWhereNothingIsPlotted) {
  HtmlPage page("page");
  page.paragraph("text");
  EXPECT_THAT(page.render(), Not(HasSubstr("Chart.js v")));
}

class HtmlPageInBrowser : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto browser = test_support::find_browser();
    if (!browser) GTEST_SKIP() << "no Chromium on this machine";
    browser_ = *browser;
  }
  [[nodiscard]] test_support::BrowserVisit visit(const std::string& page) const {
    return test_support::visit(browser_, folder_.write("page.html", page));
  }

 private:
  std::filesystem::path browser_;
  test_support::TemporaryFolder folder_;
};

TEST_F(HtmlPageInBrowser, DrawsItsPlotsWithoutErrorsAndWithoutANetwork) {
  const auto seen = visit(page_of_everything("BERT").render());
  EXPECT_TRUE(seen.drawn);
  EXPECT_EQ(seen.canvases, 3);
  EXPECT_EQ(seen.painted, 3);
  EXPECT_EQ(seen.resources, 0);
  EXPECT_THAT(seen.console, IsEmpty());
}

TEST_F(HtmlPageInBrowser, ShowsHostileTextAsText) {
  const auto seen = visit(page_of_everything(hostile).render());
  EXPECT_TRUE(seen.drawn);
  EXPECT_EQ(seen.painted, 3);
  EXPECT_EQ(seen.resources, 0);
  EXPECT_THAT(seen.console, IsEmpty());
}

TEST_F(HtmlPageInBrowser, NoticesAPageThatFailsOrAsksTheNetwork) {
  std::string page = page_of_everything("BERT").render();
  page += "<img src=\"http://ortopt.invalid/x.png\"><script>null.x</script>";
  EXPECT_EQ(visit(page).console.size(), 2) << "or the tests above prove nothing";
}

}  // namespace
}  // namespace ortopt
