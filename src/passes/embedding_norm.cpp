#include "passes/embedding_norm.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "passes/attention/element.h"
#include "passes/repeats.h"

namespace ortopt {
namespace {

/// A sentence that says why not.
using Reason = std::string;

class Recogniser {
 public:
  explicit Recogniser(const Analysis& facts) : facts_(&facts) {}

  tl::expected<EmbeddingNorm, Reason> recognise(Node& norm);

 private:
  bool addends(Value& value, bool is_sum, std::vector<Value*>& found) const;
  tl::expected<Embedding, Reason> embedding(Value& addend) const;
  std::optional<Tensor> position_rows(Value& addend) const;
  std::vector<Value*> terms(const Node& norm) const;
  std::optional<Reason> check_vectors(const EmbeddingNorm& found, int64_t width) const;
  bool counts_up(const Value& positions, const std::vector<Dim>& index) const;
  tl::expected<EmbeddingNorm, Reason> assign(EmbeddingNorm found,
                                             std::vector<Embedding> embeddings) const;

  const Analysis* facts_;
};

/// The terms of a sum: through Adds that nobody else reads.
bool Recogniser::addends(Value& value, bool is_sum, std::vector<Value*>& found) const {
  Node* node = value.producer();
  const bool is_private = value.uses().size() == 1 && !value.is_graph_output();
  if (node != nullptr && node->is("Add") && (is_sum || is_private))
    return addends(*node->input(0), false, found) && addends(*node->input(1), false, found);
  found.push_back(&value);
  return found.size() <= 3;
}

/// What the norm adds up; SkipLayerNormalization adds two values by itself.
std::vector<Value*> Recogniser::terms(const Node& norm) const {
  std::vector<Value*> found;
  bool are_few = true;
  if (!adds_before(norm)) {
    are_few = addends(*norm.input(0), true, found);
  } else {
    constexpr std::size_t bias = 4;
    are_few = addends(*norm.input(0), false, found) && addends(*norm.input(1), false, found);
    if (norm.input(bias) != nullptr) found.push_back(norm.input(bias));
  }
  return are_few && found.size() >= 2 && found.size() <= 3 ? found : std::vector<Value*>();
}

bool Recogniser::counts_up(const Value& positions, const std::vector<Dim>& index) const {
  attention::ElementReader reader(*facts_);
  const attention::ExpressionPtr element = reader.element(positions, index);
  return element != nullptr && element->op == attention::Expression::Op::integer &&
         element->dim == index.back();
}

/// Whether two dimensions walk the same axis of a constant, from its first position on.
bool walks_the_same(const Layout& part, const Layout& whole, std::size_t from_end) {
  const LayoutDim& walked = part.dims[part.rank() - from_end];
  const LayoutDim& axis = whole.dims[whole.rank() - from_end];
  if (walked.size() != 1 || axis.size() != 1) return false;
  const auto offset = part.offsets.find(axis[0].axis);
  return walked[0].axis == axis[0].axis && walked[0].stride.is(1) &&
         (offset == part.offsets.end() || offset->second.is(0));
}

/// The constant as [rows, width], when it is that once or once for each batch row.
std::optional<Tensor> table_of(const Tensor& content, int64_t rows, int64_t width) {
  constexpr uint64_t max_bytes = 64ULL << 20;
  if (content.element_count() == rows * width) return content.reshaped({rows, width});
  if (rows * width == 0 || content.byte_size() > max_bytes) return std::nullopt;
  const auto bytes = content.bytes();
  if (!bytes) return std::nullopt;
  const std::span<const std::byte> all = **bytes;
  const auto times = static_cast<std::size_t>(content.element_count() / (rows * width));
  const std::size_t length = all.size() / times;
  if (!repeats(all, length)) return std::nullopt;
  return Tensor(content.dtype(), {rows, width},
                std::make_shared<const std::vector<std::byte>>(all.begin(), all.begin() + length));
}

/// The table [rows, width] when the addend is its first S rows, whatever the batch: a constant [1,
/// S, H] or [S, H], one [B, S, H] that repeats, a Slice of a longer one.
std::optional<Tensor> Recogniser::position_rows(Value& addend) const {
  Value* value = &addend;
  while (value->producer() != nullptr && !facts_->is_constant(*value)) {
    const Node* node = value->producer();
    if (!node->is("Slice") && !node->is("Unsqueeze") && !node->is("Tile") && !node->is("Expand") &&
        !node->is("Reshape") && !node->is("Squeeze") && !node->is("Identity"))
      return std::nullopt;
    value = node->input(0);
  }
  const Tensor* content = facts_->constant(*value);
  const Layout* whole = facts_->layout(*value);
  const Layout* part = facts_->layout(addend);
  if (content == nullptr || whole == nullptr || part == nullptr || whole->rank() < 2 ||
      part->rank() < 2 || part->rank() > 3)
    return std::nullopt;
  const int64_t rows = content->dims()[whole->rank() - 2];
  const int64_t width = content->dims().back();
  if (!size_of(part->dims.back()).is(width) || !walks_the_same(*part, *whole, 1) ||
      !walks_the_same(*part, *whole, 2))
    return std::nullopt;
  return table_of(*content, rows, width);
}

tl::expected<Embedding, Reason> Recogniser::embedding(Value& addend) const {
  Node* node = addend.producer();
  if (node != nullptr && node->is("Gather") && node->int_attribute("axis", 0) == 0 &&
      facts_->is_constant(*node->input(0))) {
    const auto width = facts_->rank(*node->input(0));
    const auto rank = facts_->rank(*node->input(1));
    if (width == 2U && (rank == 2U || rank == 1U)) {
      Embedding found{.table = node->input(0), .ids = node->input(1)};
      const Dim at = Dim::symbol("%s");
      found.counts_up =
          counts_up(*node->input(1),
                    *rank == 2 ? std::vector<Dim>{Dim::symbol("%b"), at} : std::vector<Dim>{at});
      if (rank == 1U && !found.counts_up)
        return tl::unexpected(
            Reason("positions of '" + node->name() + "' have rank 1 and are not 0, 1, 2 …"));
      return found;
    }
  }
  if (auto rows = position_rows(addend))
    return Embedding{.rows = std::move(rows), .counts_up = true};
  return tl::unexpected(Reason("addend '" + addend.name() + "' is no row of a constant table"));
}

tl::expected<EmbeddingNorm, Reason> Recogniser::assign(EmbeddingNorm found,
                                                       std::vector<Embedding> embeddings) const {
  // Positions: what is proved to count up; else what is the same for every batch row; else the last
  // addend.
  auto position = std::ranges::find_if(embeddings, &Embedding::counts_up);
  if (position == embeddings.end())
    position = std::ranges::find_if(
        embeddings, [&](const Embedding& e) { return facts_->dim(*e.ids, 0)->is(1); });
  if (position == embeddings.end()) position = embeddings.end() - 1;
  found.position = *position;
  embeddings.erase(position);
  // The larger table holds the words.
  const auto rows = [&](const Embedding& e) {
    return e.table == nullptr ? int64_t{0} : facts_->constant(*e.table)->dims()[0];
  };
  const auto word = std::ranges::max_element(embeddings, {}, rows);
  found.word = *word;
  embeddings.erase(word);
  if (!embeddings.empty()) found.segment = embeddings.front();
  const auto ids = found.word.ids == nullptr ? std::nullopt : facts_->shape(*found.word.ids);
  if (!ids || ids->size() != 2 || found.word.counts_up)
    return tl::unexpected(Reason("no addend is a word of each position"));
  const auto fits = [&](const Value* other, bool may_repeat) {
    const auto shape = facts_->shape(*other);
    return shape && shape->size() == 2 && (*shape)[1] == (*ids)[1] &&
           ((*shape)[0] == (*ids)[0] || (may_repeat && (*shape)[0].is(1)));
  };
  if (found.segment && (found.segment->ids == nullptr || !fits(found.segment->ids, false)))
    return tl::unexpected(Reason("segment ids have another shape than the word ids"));
  if (!found.position.counts_up && !fits(found.position.ids, true))
    return tl::unexpected(Reason("position ids have another shape than the word ids"));
  return found;
}

/// The kernel takes γ and β as vectors; a missing β is made from the type of a constant γ.
std::optional<Reason> Recogniser::check_vectors(const EmbeddingNorm& found, int64_t width) const {
  for (const Value* vector : {found.gamma, found.beta}) {
    const auto shape = vector == nullptr ? std::nullopt : facts_->shape(*vector);
    if (vector != nullptr && (!shape || shape->size() != 1 || !shape->front().is(width)))
      return "'" + vector->name() + "' is no vector over the last dimension";
  }
  if (found.beta == nullptr && !facts_->is_constant(*found.gamma))
    return "β is missing and γ is no constant";
  return std::nullopt;
}

EmbeddingNorm parts_of(Node& norm) {
  if (!adds_before(norm))
    return {.norm = &norm, .gamma = norm.input(1), .beta = norm.input(2), .sum = norm.input(0)};
  return {.norm = &norm, .gamma = norm.input(2), .beta = norm.input(3), .sum = norm.output(3)};
}

tl::expected<EmbeddingNorm, Reason> Recogniser::recognise(Node& norm) {
  const std::vector<Value*> added = terms(norm);
  if (added.empty())
    return tl::unexpected(Reason("the input of the norm is no sum of two or three embeddings"));
  EmbeddingNorm found = parts_of(norm);
  std::vector<Embedding> embeddings;
  for (Value* term : added) {
    auto one = embedding(*term);
    if (!one) return tl::unexpected(one.error());
    embeddings.push_back(std::move(*one));
  }
  if (std::ranges::none_of(embeddings,
                           [](const Embedding& e) { return e.ids != nullptr && !e.counts_up; }))
    return tl::unexpected(Reason("no addend reads ids"));
  const auto width = [&](const Embedding& e) {
    return (e.table == nullptr ? e.rows->dims() : facts_->constant(*e.table)->dims())[1];
  };
  if (std::ranges::any_of(
          embeddings, [&](const Embedding& e) { return width(e) != width(embeddings.front()); }))
    return tl::unexpected(Reason("the tables have different widths"));
  if (const auto reason = check_vectors(found, width(embeddings.front())))
    return tl::unexpected(*reason);
  return assign(std::move(found), std::move(embeddings));
}

}  // namespace

bool adds_before(const Node& norm) { return norm.is("com.microsoft", "SkipLayerNormalization"); }

tl::expected<EmbeddingNorm, std::string> find_embedding_norm(Node& norm, const Analysis& facts) {
  return Recogniser(facts).recognise(norm);
}

}  // namespace ortopt
