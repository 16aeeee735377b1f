#include "ortopt/ir/recipe.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "ortopt/base/internal_error.h"

namespace ortopt {
namespace {

using Dims = std::vector<int64_t>;

int64_t product(const Dims& dims) {
  return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
}

/// 0, 1, 2, … so that every element says where it came from.
Tensor counting(const Dims& dims, DataType type = DataType::int32) {
  std::vector<double> numbers(static_cast<std::size_t>(product(dims)));
  std::iota(numbers.begin(), numbers.end(), 0.0);
  return Tensor::of(type, dims, numbers);
}

std::vector<double> numbers_of(const Tensor& tensor) {
  return tensor.numbers().value_or(std::vector<double>{-1});
}

/// The index of element `flat` of a tensor with `dims`.
Dims index_of(int64_t flat, const Dims& dims) {
  Dims index(dims.size());
  for (std::size_t k = dims.size(); k > 0; --k) {
    index[k - 1] = flat % dims[k - 1];
    flat /= dims[k - 1];
  }
  return index;
}

int64_t flat_of(const Dims& index, const Dims& dims) {
  int64_t flat = 0;
  for (std::size_t k = 0; k < dims.size(); ++k) flat = flat * dims[k] + index[k];
  return flat;
}

/// The result that `source_index` describes, element by element.
template <class SourceIndex>
std::vector<double> naive(const Dims& result, const Tensor& source,
                          const SourceIndex& source_index) {
  const std::vector<double> numbers = numbers_of(source);
  std::vector<double> out;
  for (int64_t flat = 0; flat < product(result); ++flat)
    out.push_back(numbers[static_cast<std::size_t>(
        flat_of(source_index(index_of(flat, result)), source.dims()))]);
  return out;
}

rc::Gen<Dims> small_dims(int rank) {
  return rc::gen::container<Dims>(static_cast<std::size_t>(rank), rc::gen::inRange<int64_t>(1, 7));
}

DataType some_type() {
  return *rc::gen::element(DataType::uint8, DataType::float16, DataType::int32, DataType::float64);
}

/// Reads the content in pieces cut anywhere and says whether they agree with the whole.
void check_pieces(const Tensor& tensor) {
  const Tensor::Bytes whole = *tensor.bytes();
  const uint64_t size = tensor.byte_size();
  RC_ASSERT(whole->size() == size);
  for (uint64_t offset = 0; offset < size;) {
    std::vector<std::byte> piece(
        *rc::gen::inRange<std::size_t>(1, static_cast<std::size_t>(size - offset) + 1));
    RC_ASSERT(read_content(tensor, offset, piece).has_value());
    RC_ASSERT(std::memcmp(piece.data(), whole->data() + offset, piece.size()) == 0);
    offset += piece.size();
  }
}

TEST(Transposed, AgreesWithMovingEveryElementByItself) {
  EXPECT_TRUE(rc::check([] {
    const Dims dims = *small_dims(*rc::gen::inRange(1, 6));
    Dims perm(dims.size());
    std::iota(perm.begin(), perm.end(), int64_t{0});
    for (std::size_t k = perm.size(); k > 1; --k)
      std::swap(perm[k - 1], perm[*rc::gen::inRange<std::size_t>(0, k)]);
    const Tensor source = counting(dims, some_type());
    const Tensor result = transposed(source, perm);
    for (std::size_t k = 0; k < perm.size(); ++k)
      RC_ASSERT(result.dims()[k] == dims[static_cast<std::size_t>(perm[k])]);
    RC_ASSERT(numbers_of(result) == naive(result.dims(), source, [&](const Dims& index) {
                Dims at(index.size());
                for (std::size_t k = 0; k < perm.size(); ++k)
                  at[static_cast<std::size_t>(perm[k])] = index[k];
                return at;
              }));
    check_pieces(result);
  }));
}

TEST(Concatenated, AgreesWithJoiningRowByRow) {
  EXPECT_TRUE(rc::check([] {
    Dims dims = *small_dims(*rc::gen::inRange(1, 5));
    const auto axis = *rc::gen::inRange<std::size_t>(0, dims.size());
    const DataType type = some_type();
    std::vector<Tensor> parts;
    int64_t total = 0;
    for (int count = *rc::gen::inRange(1, 4); count > 0; --count) {
      dims[axis] = *rc::gen::inRange<int64_t>(0, 5);
      total += dims[axis];
      parts.push_back(counting(dims, type));
    }
    const Tensor result = concatenated(parts, static_cast<int64_t>(axis));
    dims[axis] = total;
    RC_ASSERT(result.dims() == dims);
    std::vector<double> expected;
    for (int64_t flat = 0; flat < product(dims); ++flat) {
      Dims index = index_of(flat, dims);
      std::size_t part = 0;
      while (index[axis] >= parts[part].dims()[axis]) index[axis] -= parts[part++].dims()[axis];
      expected.push_back(
          numbers_of(parts[part])[static_cast<std::size_t>(flat_of(index, parts[part].dims()))]);
    }
    RC_ASSERT(numbers_of(result) == expected);
    check_pieces(result);
  }));
}

TEST(Taken, AgreesWithPickingEveryIndexByItself) {
  EXPECT_TRUE(rc::check([] {
    const Dims dims = *small_dims(*rc::gen::inRange(1, 5));
    const auto axis = *rc::gen::inRange<std::size_t>(0, dims.size());
    const Dims indices = *rc::gen::container<Dims>(*rc::gen::inRange<std::size_t>(1, 13),
                                                   rc::gen::inRange<int64_t>(0, dims[axis]));
    const Tensor source = counting(dims, some_type());
    const Tensor result = taken(source, static_cast<int64_t>(axis), indices);
    RC_ASSERT(numbers_of(result) == naive(result.dims(), source, [&](Dims index) {
                index[axis] = indices[static_cast<std::size_t>(index[axis])];
                return index;
              }));
    check_pieces(result);
  }));
}

TEST(Recipes, OfRecipesAgreeWithRecipesOfTheirResults) {
  EXPECT_TRUE(rc::check([] {
    const Dims dims = *small_dims(3);
    const Dims perm = *rc::gen::element(Dims{2, 1, 0}, Dims{1, 2, 0}, Dims{0, 2, 1});
    const auto axis = *rc::gen::inRange<int64_t>(0, 3);
    const Tensor source = counting(dims, DataType::float32);
    const Tensor inner = transposed(scaled(source, 2), perm);
    const Tensor evaluated = Tensor(inner.dtype(), inner.dims(), *inner.bytes());
    const Dims first = {0};
    for (const auto& apply : std::vector<std::function<Tensor(const Tensor&)>>{
             [&](const Tensor& t) { return transposed(t, perm); },
             [&](const Tensor& t) { return taken(t, axis, first); },
             [&](const Tensor& t) {
               return concatenated(std::vector{t, t}, axis);
             },
             [&](const Tensor& t) { return converted(t, DataType::float16); }}) {
      const Tensor result = apply(inner);
      RC_ASSERT(result.dims() == apply(evaluated).dims());
      RC_ASSERT(numbers_of(result) == numbers_of(apply(evaluated)));
      check_pieces(result);
    }
  }));
}

TEST(Transposed, ReadsLargeTensorsInPieces) {
  const Tensor source = counting({700, 900}, DataType::float32);
  const Tensor result = transposed(source, Dims{1, 0});
  std::vector<std::byte> piece(1024 * 1024);
  ASSERT_TRUE(read_content(result, 4 * 700 * 100 + 8, piece));
  float found = 0;
  std::memcpy(&found, piece.data(), 4);
  EXPECT_EQ(found, 2 * 900 + 100);
  std::memcpy(&found, piece.data() + 4 * 700, 4);
  EXPECT_EQ(found, 2 * 900 + 101);
}

TEST(Transposed, OfUnitAxesMovesNothing) {
  const Tensor source = counting({1, 5, 1, 3});
  const Tensor result = transposed(source, Dims{1, 0, 3, 2});
  EXPECT_EQ(result.dims(), (Dims{5, 1, 3, 1}));
  EXPECT_TRUE(std::holds_alternative<Tensor::Bytes>(result.content()));
}

TEST(Transposed, TwiceIsTheSourceAgain) {
  const Tensor source = counting({4, 5});
  const Tensor result = transposed(transposed(source, Dims{1, 0}), Dims{1, 0});
  EXPECT_TRUE(std::holds_alternative<Tensor::Bytes>(result.content()));
}

TEST(Converted, GoesToAndFromEveryNumericType) {
  const std::vector<double> numbers = {0, 1, 2, 100};
  for (const DataType from :
       {DataType::float32, DataType::int64, DataType::float16, DataType::bfloat16, DataType::uint8})
    for (const DataType to : {DataType::float32, DataType::float64, DataType::int32,
                              DataType::float16, DataType::bfloat16, DataType::int8})
      EXPECT_EQ(numbers_of(converted(Tensor::of(from, {4}, numbers), to)), numbers);
  EXPECT_EQ(numbers_of(converted(Tensor::of(DataType::float32, {4}, numbers), DataType::boolean)),
            (std::vector<double>{0, 1, 1, 1}));
}

TEST(Scaled, MultipliesLikeTheTypeItself) {
  const Tensor tensor = Tensor::of(DataType::float32, {2}, std::vector<double>{0.1, 3});
  EXPECT_EQ(numbers_of(scaled(tensor, 0.125F)),
            (std::vector<double>{static_cast<double>(0.1F * 0.125F), 0.375}));
  EXPECT_THROW(static_cast<void>(scaled(counting({2}), 2)), InternalError);
}

TEST(RecipeKeys, AreEqualForTheSameStepsFromTheSameContent) {
  const auto packed = [](double last) {
    const Tensor one = Tensor::of(DataType::float32, {2}, std::vector<double>{1, 2});
    const Tensor two = Tensor::of(DataType::float32, {2}, std::vector<double>{3, last});
    return concatenated(std::vector{one, two}, 0);
  };
  EXPECT_EQ(content_key(packed(4)), content_key(packed(4)));
  EXPECT_NE(content_key(packed(4)), content_key(packed(5)));
  EXPECT_NE(content_key(packed(4)), content_key(scaled(packed(4), 2)));
  EXPECT_NE(content_key(scaled(packed(4), 2)), content_key(scaled(packed(4), 3)));
}

TEST(SameBytes, ComparesContentHoweverItIsMade) {
  const Tensor source = counting({40, 50});
  const Tensor evaluated =
      Tensor(source.dtype(), {50, 40}, *transposed(source, Dims{1, 0}).bytes());
  EXPECT_TRUE(*same_bytes(transposed(source, Dims{1, 0}), evaluated));
  EXPECT_FALSE(*same_bytes(source, evaluated));
  EXPECT_EQ(*content_sample(transposed(source, Dims{1, 0})), *content_sample(evaluated));
}

}  // namespace
}  // namespace ortopt
