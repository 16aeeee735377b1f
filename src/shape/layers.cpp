#include "ortopt/shape/layers.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace ortopt {
namespace {

/// Words that a layer's number follows, in the names that exporters give.
constexpr std::array<std::string_view, 8> layer_words = {
    "layer", "layers", "h", "block", "blocks", "resblocks", "encoder_layer", "decoder_layer"};

bool is_letter_or_digit(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0;
}

bool is_digit(char character) { return std::isdigit(static_cast<unsigned char>(character)) != 0; }

/// The number after `word` at `at`: "layer.3/", "layer_._3/", "h.3/"; nothing when there is none.
std::optional<int> number_after(std::string_view name, std::size_t at, std::string_view word) {
  const bool begins = at == 0 || !is_letter_or_digit(name[at - 1]);
  std::size_t place = at + word.size();
  const std::size_t separators = place;
  while (place < name.size() && place < separators + 3 &&
         (name[place] == '.' || name[place] == '_' || name[place] == '/'))
    ++place;
  if (!begins || place == separators) return std::nullopt;
  int number = 0;
  std::size_t digits = 0;
  for (; place < name.size() && is_digit(name[place]) && digits < 4; ++place, ++digits)
    number = 10 * number + (name[place] - '0');
  const bool ends = place == name.size() || !is_letter_or_digit(name[place]);
  if (digits == 0 || !ends) return std::nullopt;
  return number;
}

std::optional<int> number_in(std::string_view name) {
  for (const std::string_view word : layer_words)
    for (std::size_t at = name.find(word); at != std::string_view::npos;
         at = name.find(word, at + 1))
      if (const std::optional<int> number = number_after(name, at, word)) return number;
  return std::nullopt;
}

}  // namespace

Layers Layers::from_names(const std::vector<std::string>& names) {
  Layers layers;
  std::size_t last = names.size();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (const std::optional<int> number = number_in(names[i])) {
      layers.count_ = std::max(layers.count_, *number + 1);
      last = i;
    }
  if (layers.empty()) return layers;
  int layer = before;
  for (std::size_t i = 0; i < names.size(); ++i) {
    layer = i > last ? after : number_in(names[i]).value_or(layer);
    layers.by_name_.emplace(names[i], layer);
  }
  return layers;
}

std::optional<int> Layers::of(std::string_view node) const {
  const auto found = by_name_.find(std::string(node));
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string layer_name(int layer) {
  if (layer == Layers::before) return "before the layers";
  if (layer == Layers::after) return "after the layers";
  return "layer " + std::to_string(layer);
}

}  // namespace ortopt
