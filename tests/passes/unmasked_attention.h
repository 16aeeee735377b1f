#pragma once

#include <string>

#include "tests/support/attention_text.h"

/// Attentions of two heads without a mask.
namespace ortopt::unmasked_attention {

/// `y` from `p`, as TorchScript spells it.
inline const std::string torch_result = R"(
    o0 = MatMul(p, v) o1 = Transpose<perm = [0, 2, 1, 3]>(o0) y = Reshape(o1, merge))";
/// `p` without a mask.
inline const std::string torch_scores = " s0 = MatMul(q, kt) s = Div(s0, c) p = Softmax(s)";

inline std::string graph(const std::string& constants, const std::string& body) {
  return test_support::attention_graph("(float[B, S, 8] x) => (float[B, S, 8] y)", constants, body);
}

/// The same with five positions.
inline std::string graph_of_five(const std::string& constants, const std::string& body) {
  return test_support::attention_graph("(float[B, 5, 8] x) => (float[B, 5, 8] y)", constants, body);
}

inline std::string fused(const test_support::AttentionNumbers& numbers = {},
                         const std::string& length = "S") {
  const std::string shape = "float[B, " + length + ", 8]";
  return "g (" + shape + " x) => (" + shape + " y) <" + numbers.packed() +
         "> { y = com.microsoft.Attention<num_heads = 2>(x, w, b) }";
}

}  // namespace ortopt::unmasked_attention
