#include "ortopt/report/html_page.h"

#include <fmt/format.h>

#include <kainjow/mustache.hpp>
#include <sstream>
#include <string_view>

#include "embedded_page.h"
#include "ortopt/base/version.h"
#include "report/html_data.h"

namespace ortopt {
namespace {

using Data = kainjow::mustache::data;
using List = kainjow::mustache::list;
using Json = nlohmann::ordered_json;

std::string_view name_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::number:
      return "number";
    case ColumnKind::share:
      return "share";
    case ColumnKind::text:
      break;
  }
  return "text";
}

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::warning:
      return "warning";
    case Tone::bad:
      return "bad";
    case Tone::neutral:
      break;
  }
  return "neutral";
}

Data piece(const std::string& kind, Data content) { return {kind, std::move(content)}; }

Data columns_of(const Grid& grid) {
  Data columns(Data::type::list);
  for (const Column& column : grid.columns) {
    Data entry;
    entry.set("column_title", column.title);
    entry.set("kind", std::string(name_of(column.kind)));
    columns.push_back(entry);
  }
  return columns;
}

Data rows_of(const Grid& grid) {
  Data rows(Data::type::list);
  for (const std::vector<std::string>& row : grid.rows) {
    Data cells(Data::type::list);
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
      Data cell;
      cell.set("text", i < row.size() ? row[i] : std::string());
      cell.set("kind", std::string(name_of(grid.columns[i].kind)));
      cells.push_back(cell);
    }
    rows.push_back(Data("cells", cells));
  }
  return rows;
}

}  // namespace

struct HtmlPage::Content {
  std::string title;
  Data pieces = Data(Data::type::list);
  Json plots = Json::array();
  Json flames = Json::array();
};

HtmlPage::HtmlPage(std::string title) : content_(std::make_unique<Content>()) {
  content_->title = std::move(title);
}
HtmlPage::~HtmlPage() = default;
HtmlPage::HtmlPage(HtmlPage&&) noexcept = default;
HtmlPage& HtmlPage::operator=(HtmlPage&&) noexcept = default;

HtmlPage& HtmlPage::section(std::string title) {
  content_->pieces.push_back(piece("heading", std::move(title)));
  return *this;
}

HtmlPage& HtmlPage::paragraph(std::string text) {
  content_->pieces.push_back(piece("paragraph", std::move(text)));
  return *this;
}

HtmlPage& HtmlPage::remark(std::string text, Tone tone) {
  Data entry = piece("remark", std::move(text));
  entry.set("tone", std::string(name_of(tone)));
  content_->pieces.push_back(entry);
  return *this;
}

HtmlPage& HtmlPage::verbatim(std::string text) {
  content_->pieces.push_back(piece("verbatim", std::move(text)));
  return *this;
}

HtmlPage& HtmlPage::facts(std::vector<std::pair<std::string, std::string>> pairs) {
  Data list(Data::type::list);
  for (const auto& [what, how_much] : pairs) {
    Data pair;
    pair.set("what", what);
    pair.set("how_much", how_much);
    list.push_back(pair);
  }
  content_->pieces.push_back(piece("facts", Data("pairs", list)));
  return *this;
}

HtmlPage& HtmlPage::table(Grid grid, std::string caption) {
  Data table;
  table.set("has_caption", !caption.empty());
  table.set("caption", std::move(caption));
  table.set("columns", columns_of(grid));
  table.set("rows", rows_of(grid));
  content_->pieces.push_back(piece("table", table));
  return *this;
}

HtmlPage& HtmlPage::plot(Plot plot) {
  Data entry;
  entry.set("plot_title", plot.title);
  entry.set("plot_index", std::to_string(content_->plots.size()));
  content_->pieces.push_back(piece("plot", entry));
  content_->plots.push_back(html::to_json(plot));
  return *this;
}

HtmlPage& HtmlPage::flame(FlameChart chart) {
  Data entry;
  entry.set("flame_title", chart.title);
  entry.set("flame_index", std::to_string(content_->flames.size()));
  content_->pieces.push_back(piece("flame", entry));
  content_->flames.push_back(html::to_json(chart));
  return *this;
}

std::string HtmlPage::render() const {
  Data page;
  page.set("page_title", content_->title);
  page.set("pieces", content_->pieces);
  page.set("footer", fmt::format("ort-opt {}", version()));
  page.set("style", std::string(embedded::page_style));
  page.set("code", std::string(embedded::page_code));
  page.set("has_plots", !content_->plots.empty());
  page.set("plotting_library", std::string(embedded::chart_library));
  page.set("data",
           html::to_script_text({{"plots", content_->plots}, {"flames", content_->flames}}));
  kainjow::mustache::mustache page_template{std::string(embedded::page_template)};
  std::ostringstream stream;
  page_template.render(page, stream);
  return std::move(stream).str();
}

}  // namespace ortopt
