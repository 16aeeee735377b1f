#pragma once

#include <array>
#include <string_view>

namespace ortopt::tool {

/// A flag of `onnxruntime.transformers.optimizer` that switches fusions off.
struct FusionSwitch {
  std::string_view flag;
  std::string_view help;
  std::array<std::string_view, 3> passes;  ///< Ids, as far as they exist.
};

inline constexpr std::array<FusionSwitch, 8> fusion_switches = {{
    {"--disable_attention", "No attention fusion", {"attention"}},
    {"--disable_layer_norm", "No LayerNormalization fusion", {"layer_norm", "rms_norm"}},
    {"--disable_skip_layer_norm", "No SkipLayerNormalization fusion", {"skip_layer_norm"}},
    {"--disable_embed_layer_norm", "No EmbedLayerNormalization fusion", {"embed_layer_norm"}},
    {"--disable_gelu", "No Gelu and FastGelu fusion", {"gelu", "fast_gelu", "quick_gelu"}},
    {"--disable_bias_gelu", "No bias in Gelu", {"bias_gelu", "bias_fast_gelu"}},
    {"--disable_rotary_embeddings", "No RotaryEmbedding fusion", {"rotary_embedding"}},
    {"--disable_group_norm", "No GroupNorm fusion", {"group_norm"}},
}};

/// A flag of the incumbent that changes nothing here, with the reason.
struct IneffectiveFlag {
  std::string_view flag;
  std::string_view reason;
};

inline constexpr std::array<IneffectiveFlag, 12> ineffective_flags = {{
    {"--disable_shape_inference", "shapes are inferred only where a fusion needs them"},
    {"--disable_symbolic_shape_infer", "shapes are inferred only where a fusion needs them"},
    {"--convert_attribute", "tensor attributes of Constant nodes always become initializers"},
    {"--enable_gemm_fast_gelu", "that operator has no CPU kernel and no pass here"},
    {"--no_merge_qkv_weights", "packed weights cost nothing to make"},
    {"--disable_skip_group_norm", "there is no such fusion here"},
    {"--disable_packed_kv", "there is no such fusion here"},
    {"--disable_packed_qkv", "there is no such fusion here"},
    {"--disable_bias_add", "there is no such fusion here"},
    {"--disable_bias_splitgelu", "there is no such fusion here"},
    {"--disable_nhwc_conv", "there is no such fusion here"},
    {"--use_group_norm_channels_first", "there is no such fusion here"},
}};

/// Values of --model_type that scripts use. Fusions are found by structure whatever is given.
inline constexpr std::array<std::string_view, 37> model_types = {
    "auto",    "albert",     "bart",    "bert",       "bert_keras", "bert_tf",    "camembert",
    "clip",    "conformer",  "deberta", "distilbert", "electra",    "flaubert",   "gpt2",
    "gpt2_tf", "gpt_neox",   "gptj",    "layoutlm",   "llama",      "longformer", "mistral",
    "mmdit",   "mpnet",      "phi",     "qwen2",      "qwen3",      "roberta",    "sam2",
    "swin",    "t5",         "tnlr",    "unet",       "vae",        "vit",        "whisper",
    "xlm",     "xlm-roberta"};

}  // namespace ortopt::tool
