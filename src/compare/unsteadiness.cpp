#include "compare/unsteadiness.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "engine/random.h"

namespace ortopt {
namespace {

constexpr float upwards = std::numeric_limits<float>::infinity();

/// The same numbers, each a last place up or down; others than float32 as they are.
Result<Tensor> nudged(const NamedTensor& feed) {
  if (feed.tensor.dtype() != DataType::float32) return feed.tensor;
  const Result<Tensor::Bytes> bytes = feed.tensor.bytes();
  if (!bytes) return pass_on(bytes.error());
  auto changed = std::make_shared<std::vector<std::byte>>(**bytes);
  Random random(1, feed.name);
  for (std::size_t at = 0; at + sizeof(float) <= changed->size(); at += sizeof(float)) {
    float number = 0;
    std::memcpy(&number, changed->data() + at, sizeof(float));
    // Zeros and ones of a mask are exact.
    if (!std::isfinite(number) || number == 0 || number == 1) continue;
    number = std::nextafter(number, random.between(0, 1) == 0 ? upwards : -upwards);
    std::memcpy(changed->data() + at, &number, sizeof(float));
  }
  return Tensor(feed.tensor.dtype(), feed.tensor.dims(), std::move(changed));
}

double movement(const CaseRun& run, const Tensor& before, const Tensor& after) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (before.dims() != after.dims()) return infinity;
  DifferenceMeter meter("", {});
  meter.add("", before, after, undefined_elements(run.inputs, before.dims()));
  const Difference difference = meter.result();
  return difference.first_non_finite ? infinity : difference.relative_norm;
}

}  // namespace

Result<std::vector<double>> measure_unsteadiness(Session& session,
                                                 const std::vector<CaseRun>& runs) {
  std::vector<double> most;
  for (const CaseRun& run : runs) {
    std::vector<NamedTensor> feeds = run.feeds;
    for (NamedTensor& feed : feeds) {
      Result<Tensor> changed = nudged(feed);
      if (!changed) return pass_on(changed.error());
      feed.tensor = *std::move(changed);
    }
    const Result<std::vector<NamedTensor>> outputs = session.run(feeds);
    if (!outputs) return pass_on(outputs.error());
    most.resize(outputs->size());
    for (std::size_t i = 0; i < outputs->size(); ++i)
      most[i] = std::max(most[i], movement(run, run.outputs[i].tensor, (*outputs)[i].tensor));
  }
  return most;
}

}  // namespace ortopt
