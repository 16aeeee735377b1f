#pragma once

#include <string>
#include <vector>

namespace ortopt {

/// How a column is set, and sorted on a page.
enum class ColumnKind {
  text,    ///< To the left.
  number,  ///< To the right, sorted by value.
  share,   ///< A number in per cent; a page draws it as a bar as well.
};

struct Column {
  std::string title;
  ColumnKind kind = ColumnKind::text;
};

/// A table of texts, before anybody knows how it will be shown: on a terminal, as CSV, as Markdown,
/// on a page (report/html_page.h). Short rows are filled up with empty cells.
struct Grid {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Columns padded with blanks, a head line, `indent` blanks before each line.
[[nodiscard]] std::string to_text(const Grid& grid, int indent = 2);
/// CSV as RFC 4180 has it, but with plain line ends: quotes only where needed.
[[nodiscard]] std::string to_csv(const Grid& grid);
/// A GitHub table.
[[nodiscard]] std::string to_markdown(const Grid& grid);

}  // namespace ortopt
