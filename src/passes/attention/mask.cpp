#include "ortopt/passes/attention/mask.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "passes/attention/element.h"
#include "passes/attention/expression.h"

namespace ortopt::attention {
namespace {

/// A truth table over more than this is not a mask that anyone wrote.
constexpr std::size_t max_atoms = 10;
/// Added where a key is hidden; everything above is an additive bias. The smallest real value is
/// TensorFlow's and BERT's −10000.
constexpr double hidden_below = -1000;
/// Added where a key is visible: tf2onnx leaves the 1e-9 of a stable softmax in the mask, which
/// softmax does not see.
constexpr double nothing_up_to = 1e-6;

struct Part {
  MaskTerm term;
  ExpressionPtr element;
};

/// What one setting of the atoms does to a score.
struct Effect {
  bool visible = true;
  double value = 0;
  double factor = 1;  ///< Of a visible score.
};

using Truth = std::map<Atom, bool>;

/// Whether what is done to a probability leaves it as it is; one that is hidden is 0 before.
bool keeps_probability(const MaskTerm& term, double element, bool visible) {
  using Kind = MaskTerm::Kind;
  switch (term.kind) {
    case Kind::add:
    case Kind::subtract:
      return element == 0;
    case Kind::multiply:
      return visible ? element == 1 : std::isfinite(element);
    case Kind::keep_where:
    case Kind::drop_where:
      return visible ? (element != 0) == (term.kind == Kind::keep_where) : term.fill == 0.0;
    case Kind::boolean:
      return false;
  }
  return false;
}

/// Terms on probabilities stand behind all others.
std::optional<Effect> effect_of(const std::vector<Part>& parts, const Truth& truth,
                                std::string& reason) {
  Effect effect;
  for (const Part& part : parts) {
    const auto element = evaluate(*part.element, truth);
    if (!element) {
      reason = "the mask holds a position as a value";
      return std::nullopt;
    }
    if (std::isnan(*element)) {
      reason = "the mask is not a number somewhere";
      return std::nullopt;
    }
    if (part.term.on_probabilities) {
      if (keeps_probability(part.term, *element, effect.visible)) continue;
      reason = "probabilities of visible keys are changed";
      return std::nullopt;
    }
    using Kind = MaskTerm::Kind;
    bool keeps = true;
    double hidden_value = part.term.fill.value_or(0);
    switch (part.term.kind) {
      case Kind::multiply:
        keeps = *element != 0;
        if (keeps) effect.factor *= *element;
        break;
      case Kind::keep_where:
      case Kind::boolean:
        keeps = *element != 0;
        break;
      case Kind::drop_where:
        keeps = *element == 0;
        break;
      case Kind::add:
      case Kind::subtract: {
        hidden_value = part.term.kind == Kind::subtract ? -*element : *element;
        keeps = hidden_value > hidden_below;
        if (keeps && std::abs(hidden_value) > nothing_up_to) {
          reason = "it adds values other than 0 and a large negative one: a bias, not a mask";
          return std::nullopt;
        }
      }
    }
    if (!keeps) {
      effect.visible = false;
      effect.value = std::min(effect.value, hidden_value * effect.factor);
    }
  }
  return effect;
}

/// How many values an index variable takes.
using IndexSizes = std::map<std::string, Dim>;

/// Whether `position` is negative for no values of the index variables, as far as it can be told: it
/// is not at the ends of their ranges and changes evenly between them.
bool is_never_negative(const Dim& position, const IndexSizes& sizes) {
  std::vector<Dim> corners = {position};
  for (const auto& [index, size] : sizes) {
    std::vector<Dim> more;
    for (const Dim& corner : corners) {
      const auto at = [&](const Dim& place) { return corner.substituted(index, place); };
      if (corner != at(Dim(0)) + Dim::symbol(index) * (at(Dim(1)) - at(Dim(0)))) return false;
      more.insert(more.end(), {at(Dim(0)), at(size - Dim(1))});
    }
    corners = std::move(more);
  }
  return std::ranges::all_of(corners,
                             [](const Dim& corner) { return corner.is_nonnegative() == true; });
}

/// The number of queries and keys that the masks tell; where none has more than one there is but
/// one place to read, and its index is 0.
IndexSizes index_sizes(std::span<const MaskTerm> terms, const Analysis& facts) {
  IndexSizes sizes;
  for (const MaskTerm& term : terms) {
    const auto shape = facts.shape(*term.value);
    for (const int back : {1, 2}) {
      if (!shape || shape->size() < static_cast<std::size_t>(back)) continue;
      const Dim& size = (*shape)[shape->size() - static_cast<std::size_t>(back)];
      if (!size.is(1)) sizes.try_emplace(back == -term.key_axis ? key_index : query_index, size);
    }
  }
  return sizes;
}

/// Whether the comparisons of a setting can hold together, as far as signs tell: p ≥ 0 implies q ≥
/// 0 when q − p is never negative, and p ≥ 0 excludes q ≥ 0 when −p − q − 1 is never negative. A
/// contradiction that goes unseen can only make the answer less simple, never wrong.
bool is_feasible(const Truth& truth, const IndexSizes& sizes) {
  const auto surely = [](const Dim& dim) { return dim.is_nonnegative() == true; };
  for (const auto& [atom, holds] : truth) {
    if (atom.value != nullptr) continue;
    const Dim opposite = holds ? Dim(-1) - atom.position : atom.position;
    if (is_never_negative(opposite, sizes)) return false;
  }
  for (const auto& [first, first_holds] : truth)
    for (const auto& [second, second_holds] : truth) {
      if (first.value != nullptr || second.value != nullptr) continue;
      const Dim& p = first.position;
      const Dim& q = second.position;
      if (first_holds && !second_holds && surely(q - p)) return false;
      if (first_holds && second_holds && surely(Dim(-1) - p - q)) return false;
      if (!first_holds && !second_holds && surely(p + q + Dim(1))) return false;
    }
  return true;
}

struct Row {
  Truth truth;
  bool visible = true;
};

using Literals = std::vector<std::pair<Atom, bool>>;

bool says_the_same(const std::vector<Row>& table, const Literals& literals) {
  return std::ranges::all_of(table, [&](const Row& row) {
    return row.visible == std::ranges::all_of(literals, [&](const auto& literal) {
             return row.truth.at(literal.first) == literal.second;
           });
  });
}

/// The conjunction that the table is, without literals that change nothing; nothing when it is no
/// conjunction.
std::optional<Literals> conjunction_of(const std::vector<Row>& table) {
  const auto seen = std::ranges::find_if(table, &Row::visible);
  if (seen == table.end()) return std::nullopt;
  Literals literals;
  for (const auto& [atom, holds] : seen->truth) {
    const bool always = std::ranges::all_of(
        table, [&](const Row& row) { return !row.visible || row.truth.at(atom) == holds; });
    if (always) literals.emplace_back(atom, holds);
  }
  if (!says_the_same(table, literals)) return std::nullopt;
  for (std::size_t k = literals.size(); k-- > 0;) {
    Literals fewer = literals;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(k));
    if (says_the_same(table, fewer)) literals = std::move(fewer);
  }
  return literals;
}

std::string text_of(const Literal& literal) {
  if (literal.value == nullptr) return literal.position.text() + " >= 0";
  std::string text = literal.visible_when_set ? "" : "not ";
  text += literal.value->name() + "[";
  for (std::size_t k = 0; k < literal.index.size(); ++k)
    text += (k == 0 ? "" : ", ") + literal.index[k].text();
  return text + "]";
}

std::vector<Dim> index_of(const MaskTerm& term, std::size_t rank, int64_t heads) {
  const Dim batch = Dim::symbol(batch_index);
  const Dim head = Dim::symbol(head_index);
  const Dim query = Dim::symbol(query_index);
  const Dim key = Dim::symbol(key_index);
  std::vector<Dim> index =
      rank == 3 ? std::vector<Dim>{batch * Dim(heads) + head} : std::vector<Dim>{batch, head};
  index.push_back(term.key_axis == -1 ? query : key);
  index.push_back(term.key_axis == -1 ? key : query);
  return index;
}

MaskMeaning refused(std::string reason) { return {.reason = std::move(reason)}; }

MaskMeaning meaning_of(const std::vector<Row>& table, const std::set<double>& hidden,
                       const std::set<Atom>& as_number) {
  MaskMeaning meaning{.proved = true, .hidden_values = {hidden.begin(), hidden.end()}};
  const auto literals = conjunction_of(table);
  if (!literals) return refused("the mask is no conjunction of conditions");
  for (const auto& [atom, holds] : *literals) {
    Literal literal{.value = atom.value,
                    .index = atom.index,
                    .visible_when_set = holds,
                    .assumed_binary = as_number.contains(atom)};
    if (atom.value == nullptr) literal.position = holds ? atom.position : Dim(-1) - atom.position;
    meaning.text += (meaning.text.empty() ? "" : " and ") + text_of(literal);
    meaning.literals.push_back(std::move(literal));
  }
  if (meaning.text.empty()) meaning.text = "all visible";
  return meaning;
}

MaskMeaning prove_terms(const Analysis& facts, std::span<const MaskTerm> terms, int64_t heads) {
  ElementReader reader(facts);
  std::vector<Part> parts;
  std::set<Atom> atoms;
  std::set<Atom> as_number;
  for (const MaskTerm& term : terms) {
    const auto rank = facts.rank(*term.value);
    if (!rank || *rank > 4)
      return refused("mask '" + term.value->name() + "' has no known rank up to 4");
    ExpressionPtr element = reader.element(*term.value, index_of(term, *rank, heads));
    if (element == nullptr) return refused(reader.reason());
    const bool is_condition = term.kind > MaskTerm::Kind::multiply;
    if (is_condition && !is_boolean(*element)) element = make(Expression::Op::nonzero, {element});
    collect_atoms(*element, atoms, as_number);
    parts.push_back({term, element});
  }
  if (atoms.size() > max_atoms)
    return refused("the mask depends on " + std::to_string(atoms.size()) + " conditions");
  const IndexSizes sizes = index_sizes(terms, facts);
  std::vector<Row> table;
  std::set<double> hidden;
  std::set<double> factors;
  for (unsigned long setting = 0; setting < 1UL << atoms.size(); ++setting) {
    Row row;
    unsigned bit = 0;
    for (const Atom& atom : atoms) row.truth[atom] = (setting >> bit++ & 1) != 0;
    if (!is_feasible(row.truth, sizes)) continue;
    std::string reason;
    const auto effect = effect_of(parts, row.truth, reason);
    if (!effect) return refused(reason);
    row.visible = effect->visible;
    if (row.visible)
      factors.insert(effect->factor);
    else
      hidden.insert(effect->value);
    table.push_back(std::move(row));
  }
  if (factors.empty()) return refused("the mask hides everything");
  if (factors.size() > 1 || !std::isfinite(*factors.begin()))
    return refused("it multiplies scores by different numbers");
  MaskMeaning meaning = meaning_of(table, hidden, as_number);
  meaning.factor = *factors.begin();
  return meaning;
}

bool is(const Dim& dim, const char* symbol) { return dim.as_symbol() == symbol; }

}  // namespace

const Literal* MaskMeaning::key_padding() const {
  const Literal* found = nullptr;
  for (const Literal& literal : literals) {
    if (literal.value == nullptr) continue;
    if (found != nullptr || literal.index.size() != 2) return nullptr;
    // With a batch of one the index is 0.
    if (!is(literal.index[0], batch_index) && !literal.index[0].is(0)) return nullptr;
    if (!is(literal.index[1], key_index)) return nullptr;
    found = &literal;
  }
  return found;
}

std::optional<Dim> MaskMeaning::causal_offset() const {
  const Literal* found = nullptr;
  for (const Literal& literal : literals) {
    if (literal.value != nullptr) continue;
    if (found != nullptr) return std::nullopt;
    found = &literal;
  }
  if (found == nullptr) return std::nullopt;
  const Dim offset = found->position - Dim::symbol(query_index) + Dim::symbol(key_index);
  const std::vector<std::string> symbols = offset.symbols();
  const bool holds_index = std::ranges::any_of(
      symbols, [](const std::string& symbol) { return symbol.starts_with('%'); });
  return holds_index ? std::nullopt : std::optional<Dim>(offset);
}

bool MaskMeaning::shows_own_key(const Dim& offset) const {
  return std::ranges::all_of(literals, [&](const Literal& literal) {
    if (literal.value != nullptr) return true;
    const Dim own = Dim::symbol(query_index) + offset;
    return literal.position.substituted(key_index, own).is_nonnegative() == true;
  });
}

bool MaskMeaning::is_plain() const {
  std::size_t understood = (key_padding() != nullptr ? 1U : 0U) + (causal_offset() ? 1U : 0U);
  return proved && understood == literals.size();
}

const MaskMeaning& MaskProver::prove(std::span<const MaskTerm> terms, int64_t heads) {
  const auto key = std::make_tuple(std::vector<MaskTerm>(terms.begin(), terms.end()), heads);
  const auto [slot, fresh] = known_.try_emplace(key);
  if (fresh) slot->second = prove_terms(*facts_, terms, heads);
  return slot->second;
}

}  // namespace ortopt::attention
