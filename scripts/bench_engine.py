#!/usr/bin/env python3
"""The Python side of ort-bench: exports models, runs the incumbent optimizer, and runs models in PyTorch.

    bench_engine.py '{"engine": "torch", "model": "bert-base-cased", "batch": 1, "sequence": 128, "threads": 1}'

A program that answers questions, one JSON object a line, on its standard streams (docs/measuring.md has the protocol);
ort-bench holds it within itself and starts it with --python. It measures nothing by itself but single runs: when they are
made, how many, and what follows from them is ort-bench's business, the same for all engines. Needs torch and transformers for
"export" and the engines, onnxruntime and onnx for "optimise".
"""
import json
import os
import resource
import sys
import time

QUESTIONS = sys.stdin
# Libraries that print must not be taken for answers.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def model_config(name):
    """Of a model that cannot be fetched: the sizes that its name stands for, which are what transformers begins with."""
    import transformers

    large = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
    known = {
        "bert-base-cased": lambda: transformers.BertConfig(vocab_size=28996),
        "bert-base-uncased": transformers.BertConfig,
        "bert-large-cased": lambda: transformers.BertConfig(vocab_size=28996, **large),
        "bert-large-uncased": lambda: transformers.BertConfig(**large),
        "roberta-base": lambda: transformers.RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1),
        "distilbert-base-uncased": transformers.DistilBertConfig,
        "distilroberta-base": lambda: transformers.RobertaConfig(
            vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, num_hidden_layers=6),
        "gpt2": transformers.GPT2Config,
        "distilgpt2": lambda: transformers.GPT2Config(n_layer=6),
    }
    return known[name]() if name in known else None


def load_model(settings):
    """The model, and a remark when its weights are made up."""
    import torch
    import transformers

    name, cache = settings["model"], settings.get("cache_dir")
    model_class = getattr(transformers, settings.get("model_class", "AutoModel"))
    layers = settings.get("layers", 0)
    remarks = []
    config = model_config(name)
    try:
        config = transformers.AutoConfig.from_pretrained(name, cache_dir=cache)
    except (OSError, ValueError):
        if config is None:
            raise
        remarks.append(f"'{name}' could not be fetched: its sizes, with random weights")
    if layers > 0:
        config.num_hidden_layers = layers
    # Tuples of plain tensors, as tracing wants them.
    config.return_dict = False
    config.use_cache = False
    if remarks:
        torch.manual_seed(0)
        model = model_class.from_config(config)
    else:
        model = model_class.from_pretrained(name, config=config, cache_dir=cache)
    return model.eval(), remarks


def make_inputs(model, batch, sequence, count):
    """Input ids, and a mask of ones and segments of zeros as far as the model takes them."""
    import inspect

    import torch

    generator = torch.Generator().manual_seed(0)
    taken = inspect.signature(model.forward).parameters
    made = {
        "input_ids": torch.randint(0, model.config.vocab_size - 1, (batch, sequence), generator=generator),
        "attention_mask": torch.ones(batch, sequence, dtype=torch.int64),
        "token_type_ids": torch.zeros(batch, sequence, dtype=torch.int64),
    }
    return {name: made[name] for name in INPUTS[:count] if name in taken}


def export(settings):
    """Writes the model as ONNX, by the exporter that every version of torch has."""
    import inspect

    import torch
    import transformers

    model, remarks = load_model(settings)
    inputs = make_inputs(model, 2, 8, settings.get("inputs", 1))
    names = list(inputs)

    class ByPlace(torch.nn.Module):
        """Exporters of different age take names of inputs in different ways; places they all take."""

        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *values):
            return self.model(**dict(zip(names, values)))

    axes = {name: {0: "batch", 1: "sequence"} for name in inputs}
    options = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    temporary = settings["output"] + ".part"
    with torch.no_grad():
        torch.onnx.export(ByPlace(), tuple(inputs.values()), temporary, input_names=names, dynamic_axes=axes, opset_version=17,
                          **options)
    os.replace(temporary, settings["output"])
    return {"remarks": remarks, "torch": torch.__version__, "transformers": transformers.__version__}


def optimise(settings):
    """The incumbent optimizer, as its benchmark calls it."""
    from onnxruntime.transformers import optimizer

    model = optimizer.optimize_model(settings["input"], settings["model_type"], 0, 0, opt_level=0)
    if settings.get("precision") == "fp16":
        model.convert_float_to_float16(keep_io_types=True)
    model.save_model_to_file(settings["output"])
    return {"operators": model.get_fused_operator_statistics()}


class WaitingClock:
    """How long this thread stood in line for a processor; the kernel counts it."""

    def __init__(self, threads):
        self.file = None
        try:
            if threads <= len(os.sched_getaffinity(0)):
                self.file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            pass

    def seconds(self):
        return int(os.pread(self.file, 128, 0).split()[1]) * 1e-9 if self.file is not None else 0.0


class Engine:
    """PyTorch: eager, traced, or compiled."""

    def __init__(self, settings):
        import torch

        self.settings = settings
        threads = settings.get("threads", 0)
        if threads > 0:
            torch.set_num_threads(threads)
        self.clock = WaitingClock(torch.get_num_threads())
        self.device = "cuda" if settings.get("use_gpu") else "cpu"

    def open(self):
        import torch

        model, remarks = load_model(self.settings)
        batch, sequence = self.settings["batch"], self.settings["sequence"]
        most = getattr(model.config, "max_position_embeddings", sequence)
        if sequence > most:
            return {"error": f"the model takes {most} words at most, not {sequence}", "code": 1}
        inputs = make_inputs(model, batch, sequence, self.settings.get("inputs", 1))
        self.inputs = {name: value.to(self.device) for name, value in inputs.items()}
        began = time.perf_counter()
        self.model = self.prepared(model.to(self.device))
        creation = time.perf_counter() - began
        return {
            "creation": creation,
            "first_run": self.run_once()[0],
            "version": torch.__version__,
            "inputs": f"batch {batch}, sequence {sequence}",
            "batch": batch,
            "remarks": remarks,
            "counts_waiting": self.clock.file is not None,
        }

    def prepared(self, model):
        import torch

        if self.settings.get("precision") == "fp16":
            model = model.half()
        engine = self.settings["engine"]
        if engine == "torchscript":
            with torch.inference_mode():
                return torch.jit.freeze(torch.jit.trace(model, example_kwarg_inputs=self.inputs, strict=False))
        return torch.compile(model) if engine == "torch2" else model

    def run_once(self):
        import torch

        waited = self.clock.seconds()
        began = time.perf_counter()
        with torch.inference_mode():
            self.model(**self.inputs)
        if self.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - began, self.clock.seconds() - waited

    def run(self, settle, count):
        for _ in range(settle):
            self.run_once()
        timings = [self.run_once() for _ in range(count)]
        return {"seconds": [seconds for seconds, _ in timings], "waiting": [waiting for _, waiting in timings]}


def answer(engine, settings, question):
    what = question["do"]
    if what == "export":
        return export(settings)
    if what == "optimise":
        return optimise(settings)
    if what == "open":
        return engine().open()
    if what == "run":
        return engine().run(question.get("settle", 0), question.get("count", 1))
    if what == "memory":
        return {"peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    return {"error": f"no answer to '{what}'", "code": 1}


def main():
    settings = json.loads(sys.argv[1])
    engines = []

    def engine():
        if not engines:
            engines.append(Engine(settings))
        return engines[0]

    for line in QUESTIONS:
        try:
            reply = answer(engine, settings, json.loads(line))
        except Exception as error:  # the tool that asked tells it
            text = (str(error).strip() or "unknown").splitlines()[0]
            reply = {"error": f"{type(error).__name__}: {text}", "code": 1}
        print(json.dumps(reply), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main()
