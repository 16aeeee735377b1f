#include "measure/blocks.h"

namespace ortopt {

std::vector<double> joined(const Blocks& blocks) {
  std::vector<double> all;
  for (const std::vector<double>& block : blocks) all.insert(all.end(), block.begin(), block.end());
  return all;
}

Blocks independent_blocks(const Blocks& rounds) {
  constexpr std::size_t enough_rounds = 6;
  if (rounds.size() >= enough_rounds) return rounds;
  const std::vector<double> all = joined(rounds);
  return cut_into_blocks(all, find_block_length(all));
}

}  // namespace ortopt
