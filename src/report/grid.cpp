#include "ortopt/report/grid.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "ortopt/base/terminal_text.h"

namespace ortopt {
namespace {

using Row = std::vector<std::string>;

std::string_view cell(const Row& row, std::size_t column) {
  return column < row.size() ? std::string_view(row[column]) : std::string_view();
}

Row titles(const Grid& grid) {
  Row row;
  for (const Column& column : grid.columns) row.push_back(column.title);
  return row;
}

/// Characters of UTF-8: bytes that do not go on with an earlier one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

/// The grid as a terminal shows it.
Grid printable_grid(Grid grid) {
  for (Row& row : grid.rows)
    for (std::string& text : row) text = printable(text);
  return grid;
}

std::string text_line(const Grid& grid, const Row& row, const std::vector<std::size_t>& widths,
                      std::size_t indent) {
  std::string line(indent, ' ');
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    if (i > 0) line += "  ";
    const std::string_view text = cell(row, i);
    const std::string blanks(widths[i] - width_of(text), ' ');
    const bool left = grid.columns[i].kind == ColumnKind::text;
    line += left ? std::string(text) + blanks : blanks + std::string(text);
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string csv_line(const Grid& grid, const Row& row) {
  std::string line;
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    if (i > 0) line += ',';
    const std::string_view text = cell(row, i);
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      line += text;
      continue;
    }
    line += '"';
    for (const char character : text) {
      if (character == '"') line += '"';
      line += character;
    }
    line += '"';
  }
  return line + "\n";
}

std::string markdown_line(const Grid& grid, const Row& row) {
  std::string line = "|";
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    line += ' ';
    for (const char character : cell(row, i)) {
      if (character == '|') line += '\\';
      line += character == '\n' ? ' ' : character;
    }
    line += " |";
  }
  return line + "\n";
}

}  // namespace

std::string to_text(const Grid& grid, int indent) {
  const Grid shown = printable_grid(grid);
  const Row head = titles(shown);
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < shown.columns.size(); ++i) {
    widths.push_back(width_of(head[i]));
    for (const Row& row : shown.rows) widths[i] = std::max(widths[i], width_of(cell(row, i)));
  }
  const auto blanks = static_cast<std::size_t>(std::max(indent, 0));
  std::string text = text_line(shown, head, widths, blanks);
  for (const Row& row : shown.rows) text += text_line(shown, row, widths, blanks);
  return text;
}

std::string to_csv(const Grid& grid) {
  std::string text = csv_line(grid, titles(grid));
  for (const Row& row : grid.rows) text += csv_line(grid, row);
  return text;
}

std::string to_markdown(const Grid& grid) {
  std::string text = markdown_line(grid, titles(grid)) + "|";
  for (const Column& column : grid.columns)
    text += column.kind == ColumnKind::text ? " --- |" : " ---: |";
  text += "\n";
  for (const Row& row : grid.rows) text += markdown_line(grid, row);
  return text;
}

}  // namespace ortopt
