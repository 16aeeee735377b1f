#include "report/html_data.h"

#include <cmath>
#include <string_view>
#include <unordered_map>

namespace ortopt::html {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(Plot::Kind kind) {
  switch (kind) {
    case Plot::Kind::points:
      return "points";
    case Plot::Kind::bars:
      return "bars";
    case Plot::Kind::stacked_bars:
      return "stacked_bars";
    case Plot::Kind::line:
      break;
  }
  return "line";
}

std::string_view name_of(Plot::Scale scale) {
  return scale == Plot::Scale::logarithmic ? "logarithmic" : "linear";
}

/// JSON has no word for infinity, and no finite plot has room for it.
Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(std::isfinite(value) ? Json(value) : Json());
  return out;
}

/// Texts that repeat, each held once.
class Texts {
 public:
  std::size_t index_of(const std::string& text) {
    const auto [at, is_new] = indices_.emplace(text, indices_.size());
    if (is_new) list_.push_back(text);
    return at->second;
  }
  [[nodiscard]] const Json& list() const { return list_; }

 private:
  std::unordered_map<std::string, std::size_t> indices_;
  Json list_ = Json::array();
};

}  // namespace

Json to_json(const Plot& plot) {
  Json series = Json::array();
  for (const PlotSeries& one : plot.series)
    series.push_back({{"name", one.name},
                      {"x", numbers(one.x)},
                      {"y", numbers(one.y)},
                      {"low", numbers(one.low)},
                      {"high", numbers(one.high)}});
  return {{"kind", name_of(plot.kind)},       {"x_title", plot.x_title},
          {"y_title", plot.y_title},          {"x_scale", name_of(plot.x_scale)},
          {"y_scale", name_of(plot.y_scale)}, {"categories", plot.categories},
          {"series", std::move(series)}};
}

Json to_json(const FlameChart& chart) {
  Texts texts;
  Texts groups;
  Json spans = Json::array();
  for (const FlameSpan& span : chart.spans)
    spans.push_back({texts.index_of(span.name), groups.index_of(span.group),
                     texts.index_of(span.detail), span.start, span.duration, span.depth});
  Json group_texts = Json::array();
  for (const Json& group : groups.list())
    group_texts.push_back(texts.index_of(group.get<std::string>()));
  return {{"unit", chart.unit},
          {"texts", texts.list()},
          {"groups", std::move(group_texts)},
          {"spans", std::move(spans)}};
}

std::string to_script_text(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char character : text) {
    if (character == '<')  // No "</script", no "<!--".
      safe += "\\u003c";
    else
      safe += character;
  }
  return safe;
}

}  // namespace ortopt::html
