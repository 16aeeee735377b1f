#pragma once

#include <string>

#include "ortopt/compare/comparison.h"

namespace ortopt {

/// A comparison with the names of what was compared.
struct ComparisonReport {
  static constexpr int schema_version = 1;

  std::string tool_version;
  std::string baseline;
  std::string other;
  Comparison comparison;
};

/// For people: the verdict, one line an output, where they differ first.
[[nodiscard]] std::string to_table(const ComparisonReport& report);
/// JSON, indented, with `schema_version`. Numbers that are none are "nan", "inf" and "-inf".
[[nodiscard]] std::string to_json(const ComparisonReport& report);

/// A page of HTML (report/html_page.h): the measures, and for a difference where it is.
[[nodiscard]] std::string to_page(const ComparisonReport& report);

}  // namespace ortopt
