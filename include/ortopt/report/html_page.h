#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ortopt/report/grid.h"

namespace ortopt {

/// One line, or one set of bars, of a plot.
struct PlotSeries {
  std::string name;
  std::vector<double> x;  ///< Empty for bars: the plot's categories take its place.
  std::vector<double> y;  ///< A NaN is a gap.
  /// An interval around each y, drawn as a band; both empty: none.
  std::vector<double> low;
  std::vector<double> high;
};

struct Plot {
  enum class Kind { line, points, bars, stacked_bars };
  enum class Scale { linear, logarithmic };

  std::string title;
  Kind kind = Kind::line;
  std::string x_title;
  std::string y_title;
  Scale x_scale = Scale::linear;
  Scale y_scale = Scale::linear;
  std::vector<std::string> categories;  ///< For bars: what stands below each.
  std::vector<PlotSeries> series;
};

/// A piece of time in a flame chart.
struct FlameSpan {
  std::string name;   ///< Written into it, as far as there is room.
  std::string group;  ///< What its colour stands for: an operator type.
  std::string detail;
  double start = 0;     ///< In `FlameChart::unit`.
  double duration = 0;  ///< In the same unit.
  int depth = 0;        ///< 0 is the outermost.
};

/// Time from left to right, what contains what from top to bottom; zoomed by wheel, moved by drag.
struct FlameChart {
  std::string title;
  std::string unit = "ms";
  std::vector<FlameSpan> spans;
};

/// How a remark is meant.
enum class Tone { neutral, good, warning, bad };

/// A page of HTML that opens without a network: its styles, its code, Chart.js and its data are in
/// the one file, and its content security policy lets it load nothing. Everything handed over is
/// text: it is escaped, whatever it holds. Pieces appear in the order in which they were added.
class HtmlPage {
 public:
  explicit HtmlPage(std::string title);
  ~HtmlPage();
  HtmlPage(HtmlPage&&) noexcept;
  HtmlPage& operator=(HtmlPage&&) noexcept;

  /// A heading of its own; what is added next comes under it.
  HtmlPage& section(std::string title);
  /// Running text.
  HtmlPage& paragraph(std::string text);
  /// A remark that stands out: a verdict, a warning.
  HtmlPage& remark(std::string text, Tone tone = Tone::neutral);
  /// Text as it is, in type of one width: code, a log.
  HtmlPage& verbatim(std::string text);
  /// What and how much, in two columns.
  HtmlPage& facts(std::vector<std::pair<std::string, std::string>> pairs);
  /// A table whose columns sort when their heads are clicked.
  HtmlPage& table(Grid grid, std::string caption = {});
  /// A chart with its legend.
  HtmlPage& plot(Plot plot);
  /// Spans of time over what they are part of.
  HtmlPage& flame(FlameChart chart);

  [[nodiscard]] std::string render() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace ortopt
