#include "compare/difference_json.h"

namespace ortopt {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<ElementPlace>& place) {
  if (!place) return nullptr;
  return {{"sample", place->sample},
          {"index", place->index},
          {"expected", place->expected},
          {"found", place->found}};
}

std::optional<ElementPlace> place_from(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return ElementPlace{json.at("sample"), json.at("index").get<std::vector<int64_t>>(),
                      json.at("expected"), json.at("found")};
}

Json json_of(const NonFiniteCounts& counts) {
  return {{"nan", counts.nan}, {"infinite", counts.infinite}};
}

NonFiniteCounts counts_from(const Json& json) { return {json.at("nan"), json.at("infinite")}; }

Json json_of(const std::optional<Agreement>& agreement) {
  if (!agreement) return nullptr;
  return {{"rows", agreement->rows}, {"top1", agreement->top1}, {"top5", agreement->top5}};
}

Json json_of(const DifferenceMap& map) {
  return {{"sample", map.sample}, {"dims", map.dims}, {"rows", map.rows}};
}

}  // namespace

Json json_of(const Difference& difference) {
  return {{"name", difference.name},
          {"type", static_cast<int>(difference.type)},
          {"absolute", difference.tolerance.absolute},
          {"relative", difference.tolerance.relative},
          {"spread", difference.tolerance.spread},
          {"norm", difference.tolerance.norm},
          {"equal", difference.equal},
          {"remark", difference.remark},
          {"elements", difference.elements},
          {"exceeding", difference.exceeding},
          {"max_absolute", difference.max_absolute},
          {"mean_absolute", difference.mean_absolute},
          {"max_relative", difference.max_relative},
          {"max_ulp", difference.max_ulp},
          {"mean_ulp", difference.mean_ulp},
          {"cosine", difference.cosine},
          {"relative_norm", difference.relative_norm},
          {"worst", json_of(difference.worst)},
          {"first", json_of(difference.first)},
          {"agreement", json_of(difference.agreement)},
          {"expected_non_finite", json_of(difference.expected_non_finite)},
          {"found_non_finite", json_of(difference.found_non_finite)},
          {"first_non_finite", json_of(difference.first_non_finite)},
          {"decades", difference.decades},
          {"map", json_of(difference.map)}};
}

Difference difference_from(const Json& json) {
  Difference out;
  out.name = json.at("name");
  out.type = static_cast<DataType>(json.at("type").get<int>());
  out.tolerance = {json.at("absolute"), json.at("relative")};
  out.equal = json.at("equal");
  out.remark = json.at("remark");
  out.elements = json.at("elements");
  out.tolerance.spread = json.at("spread");
  out.tolerance.norm = json.at("norm");
  out.exceeding = json.at("exceeding");
  out.max_absolute = json.at("max_absolute");
  out.mean_absolute = json.at("mean_absolute");
  out.max_relative = json.at("max_relative");
  out.max_ulp = json.at("max_ulp");
  out.mean_ulp = json.at("mean_ulp");
  out.cosine = json.at("cosine");
  out.relative_norm = json.at("relative_norm");
  out.worst = place_from(json.at("worst"));
  out.first = place_from(json.at("first"));
  if (const Json& agreement = json.at("agreement"); !agreement.is_null())
    out.agreement = Agreement{agreement.at("rows"), agreement.at("top1"), agreement.at("top5")};
  out.expected_non_finite = counts_from(json.at("expected_non_finite"));
  out.found_non_finite = counts_from(json.at("found_non_finite"));
  out.first_non_finite = place_from(json.at("first_non_finite"));
  out.decades = json.at("decades").get<decltype(out.decades)>();
  const Json& map = json.at("map");
  out.map = {map.at("sample"), map.at("dims").get<std::vector<int64_t>>(),
             map.at("rows").get<std::vector<double>>()};
  return out;
}

}  // namespace ortopt
