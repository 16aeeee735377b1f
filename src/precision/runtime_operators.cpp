#include "precision/runtime_operators.h"

#include <algorithm>
#include <iterator>

namespace ortopt {
namespace {

constexpr std::string_view contrib = "com.microsoft";
constexpr bool no_bfloat16 = false;

/// From the schemas of ONNX Runtime 1.31. The norms of ONNX's own domain are here because the runtime
/// takes them at any opset; their statistics are float32 whatever they norm.
constexpr RuntimeOperator operators[] = {
    {"", "LayerNormalization", "TTT", "T.."},
    {"", "SimplifiedLayerNormalization", "TT", "T."},
    {contrib, "Attention", "TTT.TT.", "TT"},
    {contrib, "BiasAdd", "TTT", "T", no_bfloat16},
    {contrib, "BiasDropout", "TTTR.", "T."},
    {contrib, "BiasGelu", "TT", "T"},
    {contrib, "BiasSoftmax", "TT", "T", no_bfloat16},
    {contrib, "BiasSplitGelu", "TT", "T", no_bfloat16},
    {contrib, "ComplexMul", "TT", "T", no_bfloat16},
    {contrib, "ComplexMulConj", "TT", "T", no_bfloat16},
    {contrib, "ConvTransposeWithDynamicPads", "TT.T", "T", no_bfloat16},
    {contrib, "CropAndResize", "TT..", "T", no_bfloat16},
    {contrib, "DecoderAttention", "TTTTT.TT....", "TTT", no_bfloat16},
    {contrib, "DecoderMaskedMultiHeadAttention", "TTT.TTT...T", "TTTT", no_bfloat16},
    {contrib, "DecoderMaskedSelfAttention", "TTT.TT...", "TT", no_bfloat16},
    {contrib, "EmbedLayerNormalization", "..TTTTT..", "T.T", no_bfloat16},
    {contrib, "ExpandDims", "T.", "T", no_bfloat16},
    {contrib, "FastGelu", "TT", "T"},
    {contrib, "FusedConv", "TTTT", "T", no_bfloat16},
    {contrib, "FusedGemm", "TTT", "T", no_bfloat16},
    {contrib, "FusedMatMul", "TT", "T"},
    {contrib, "FusedMatMulActivation", "TT", "T"},
    {contrib, "GatedRelativePositionBias", "TTTTTT.", "T", no_bfloat16},
    {contrib, "GatherND", "T.", "T", no_bfloat16},
    {contrib, "Gelu", "T", "T"},
    {contrib, "GemmFastGelu", "TTT", "T"},
    {contrib, "GridSample", "TT", "T", no_bfloat16},
    // The scale and the shift may have a type of their own and hold statistics of a kind.
    {contrib, "GroupNorm", "TMM", "T", no_bfloat16},
    {contrib, "GroupQueryAttention", "TTTTT..TT.TT..TT", "TTTT"},
    {contrib, "Inverse", "T", "T", no_bfloat16},
    {contrib, "LongformerAttention", "TTTTTT.", "T", no_bfloat16},
    {contrib, "MatMulBnb4", "T.T.T", "T"},
    {contrib, "MatMulNBits", "T.TT.T", "T"},
    {contrib, "MoE", "TTTTTTTT", "T"},
    {contrib, "MultiHeadAttention", "TTTT.TTT..", "TTTT"},
    {contrib, "NhwcConv", "TTT", "T", no_bfloat16},
    {contrib, "NhwcFusedConv", "TTTT", "T", no_bfloat16},
    {contrib, "PackedAttention", "TTT..T", "T", no_bfloat16},
    {contrib, "PackedMultiHeadAttention", "TTTT..T", "T", no_bfloat16},
    {contrib, "Pad", "T.T", "T", no_bfloat16},
    {contrib, "QuickGelu", "T", "T"},
    {contrib, "RelativePositionBias", "T..", "T", no_bfloat16},
    {contrib, "RemovePadding", "T.", "T...", no_bfloat16},
    {contrib, "RestorePadding", "T.", "T", no_bfloat16},
    {contrib, "RotaryEmbedding", "T.TT", "T"},
    {contrib, "SkipGroupNorm", "TMMTT", "TT", no_bfloat16},
    {contrib, "SkipLayerNormalization", "TTTTT", "T..T"},
    {contrib, "SkipSimplifiedLayerNormalization", "TTTT", "T..T"},
    {contrib, "SparseAttention", "TTTTT....TT", "TTT"},
    {contrib, "TransposeMatMul", "TT", "T"},
    {contrib, "Trilu", "T.", "T"},
};

}  // namespace

const RuntimeOperator* find_runtime_operator(std::string_view domain, std::string_view op) {
  const auto found = std::ranges::find_if(operators, [&](const RuntimeOperator& row) {
    return row.domain == domain && row.name == op;
  });
  return found == std::end(operators) ? nullptr : &*found;
}

}  // namespace ortopt
