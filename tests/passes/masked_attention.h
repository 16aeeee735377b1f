#pragma once

#include <string>

#include "tests/support/attention_text.h"

/// Attentions of two heads with something between their scores and their softmax.
namespace ortopt::masked_attention {

inline const std::string result = R"(
    p = Softmax(s) o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";
inline const std::string scaled = " s0 = MatMul(q, kt) s1 = Div(s0, c)";
inline const std::string output = " => (float[B, S, 8] y)";

/// An attention whose scores `s1` become `s` by `masking`.
inline std::string masked(const std::string& inputs, const std::string& masking,
                          const std::string& constants = "") {
  return test_support::attention_graph("(float[B, S, 8] x" + inputs + ")" + output,
                                       test_support::AttentionNumbers{}.text() + constants,
                                       test_support::torch_operands() + scaled + masking + result);
}

/// What becomes of it: `body` with the packed projections `w`, `b`.
inline std::string fused(const std::string& inputs, const std::string& body,
                         const std::string& constants = "") {
  return test_support::attention_graph("(float[B, S, 8] x" + inputs + ")" + output,
                                       test_support::AttentionNumbers{}.packed() + constants, body);
}

inline const std::string causal = R"(
    shape = Shape(x) n = Gather(shape, i1) r = Range(i0, n, i1) rows = Unsqueeze(r, at1)
    seen = LessOrEqual(r, rows))";
inline const std::string range_ends = ", int64 i0 = {0}, int64 i1 = {1}";
// The lowest number swallows every score, so that rows that see no key come out equal too.
inline const std::string lowest = ", float lowest = {-3.4028235e38}";

}  // namespace ortopt::masked_attention
