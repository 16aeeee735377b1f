#!/usr/bin/env python3
"""Shows how the exports in models/ are made: tiny transformers of seeded random weights, written by real exporters.

    pip install torch transformers onnx onnxscript
    python3 scripts/export_models.py --folder exports                        everything that this torch can do
    python3 scripts/export_models.py --folder exports --family bert --exporter dynamo --opset 18 --attention sdpa

Files are named like those in models/: family, exporter, attention, opset. What comes out depends on the versions of torch and
transformers; models/manifest.json says for each file which wrote it. To add one: export it, look that ONNX Runtime runs it,
copy it to models/, and write its entry: inputs with their meaning, heads, layers, hidden size, and the counts that a perfect
optimizer reaches, from the architecture and not from what the tool happens to find.
"""
import argparse
import inspect
import pathlib
import warnings

import torch
import transformers

BATCH, LENGTH = 2, 8
TEXT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 100}


def text_inputs(*names):
    generator = torch.Generator().manual_seed(0)
    made = {
        "input_ids": torch.randint(3, 100, (BATCH, LENGTH), generator=generator),
        "attention_mask": torch.ones(BATCH, LENGTH, dtype=torch.int64),
        "token_type_ids": torch.zeros(BATCH, LENGTH, dtype=torch.int64),
    }
    return {name: made[name] for name in names}


def bert():
    config = transformers.BertConfig(**TEXT, max_position_embeddings=64)
    return transformers.BertModel, config, text_inputs("input_ids", "attention_mask", "token_type_ids")


def distilbert():
    config = transformers.DistilBertConfig(vocab_size=100, max_position_embeddings=64, dim=48, hidden_dim=96, n_layers=3, n_heads=6)
    return transformers.DistilBertModel, config, text_inputs("input_ids", "attention_mask")


def roberta():
    config = transformers.RobertaConfig(**TEXT, max_position_embeddings=66, type_vocab_size=1)
    return transformers.RobertaModel, config, text_inputs("input_ids", "attention_mask")


def albert():
    config = transformers.AlbertConfig(**TEXT, embedding_size=16, max_position_embeddings=64)
    return transformers.AlbertModel, config, text_inputs("input_ids", "attention_mask", "token_type_ids")


def gpt2():
    config = transformers.GPT2Config(vocab_size=100, n_positions=64, n_embd=32, n_layer=2, n_head=4, use_cache=False)
    return transformers.GPT2Model, config, text_inputs("input_ids")


def vit():
    config = transformers.ViTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32, patch_size=8)
    return transformers.ViTModel, config, {"pixel_values": torch.randn(BATCH, 3, 32, 32)}


def bloom():
    config = transformers.BloomConfig(vocab_size=100, hidden_size=32, n_layer=2, n_head=4, use_cache=False)
    return transformers.BloomModel, config, text_inputs("input_ids", "attention_mask")


def opt():
    config = transformers.OPTConfig(
        vocab_size=100, max_position_embeddings=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, word_embed_proj_dim=32, use_cache=False
    )
    return transformers.OPTModel, config, text_inputs("input_ids", "attention_mask")


def squeezebert():
    groups = {name + "_groups": 2 for name in ("q", "k", "v", "intermediate", "output")}
    config = transformers.SqueezeBertConfig(**TEXT, max_position_embeddings=64, embedding_size=32, post_attention_groups=1, **groups)
    return transformers.SqueezeBertModel, config, text_inputs("input_ids", "attention_mask", "token_type_ids")


FAMILIES = {"bert": bert, "distilbert": distilbert, "roberta": roberta, "albert": albert, "gpt2": gpt2, "vit": vit, "bloom": bloom, "opt": opt, "squeezebert": squeezebert}


def move_weights(model):
    """Biases away from 0 and norms away from 1: a fusion that swaps or drops one is found out."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))


def build(family, attention):
    torch.manual_seed(0)
    model_class, config, inputs = FAMILIES[family]()
    config._attn_implementation = attention
    config.return_dict = False  # plain tuples of tensors, as exporters want them
    model = model_class(config).eval()
    move_weights(model)
    return model, inputs


def export(family, exporter, attention, opset, folder):
    model, inputs = build(family, attention)
    path = folder / f"{family}-{exporter}-{attention}-op{opset}.onnx"
    axes = {name: {0: "batch"} | ({1: "sequence"} if value.dim() == 2 else {}) for name, value in inputs.items()}
    if exporter == "legacy":
        options = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
        # A last argument that is a dictionary holds the inputs by name.
        torch.onnx.export(model, (inputs,), str(path), input_names=list(inputs), dynamic_axes=axes, opset_version=opset, **options)
        return path
    sizes = {"batch": torch.export.Dim("batch", min=2), "sequence": torch.export.Dim("sequence", min=2, max=64)}
    shapes = {name: {axis: sizes[size] for axis, size in dims.items()} for name, dims in axes.items()}
    torch.onnx.export(
        model, (), str(path), kwargs=inputs, input_names=list(inputs), dynamic_shapes=shapes, opset_version=opset, dynamo=True, external_data=False
    )
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--family", choices=sorted(FAMILIES), action="append")
    parser.add_argument("--exporter", choices=["legacy", "dynamo"], action="append")
    parser.add_argument("--attention", choices=["eager", "sdpa"], action="append")
    parser.add_argument("--opset", type=int, action="append", help="default: 14 and 17 for legacy, 18 and 20 for dynamo")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
    failures = 0
    for family in options.family or FAMILIES:
        for exporter in options.exporter or ["legacy", "dynamo"]:
            for attention in options.attention or ["eager", "sdpa"]:
                for opset in options.opset or ([14, 17] if exporter == "legacy" else [18, 20]):
                    try:
                        print("wrote ", export(family, exporter, attention, opset, options.folder))
                    except Exception as error:  # an exporter that cannot do one model may do the next
                        failures += 1
                        print(f"failed {family} {exporter} {attention} opset {opset}: {str(error).splitlines()[0]}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
