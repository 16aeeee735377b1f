#!/usr/bin/env python3
"""How often perf_test is right: a model against its copy (A/A), and against one with 5 % more work in it.

    validate_perf_test.py --perf_test build/release/bin/perf_test --trials 100 --json validation.json

The model is a row of equal blocks, MatMul and Tanh, each of which reads what the one before gave: one block more in
twenty is 5 % more work, which no optimiser can take away. Both kinds of trials are made in turns. On an idle machine
a trial takes about as long as --seconds says, 100 of both kinds a quarter of an hour; on a busy one perf_test goes on
for up to six times as long. Needs onnx and numpy. Exit code 1 when less than 95 % of either kind were right.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH = 512
BAR = 0.95


def make_model(path, blocks):
    generator = numpy.random.default_rng(1)
    nodes, weights, before = [], [], "x"
    for i in range(blocks):
        weight = generator.normal(0, WIDTH**-0.5, (WIDTH, WIDTH)).astype(numpy.float32)
        weights.append(numpy_helper.from_array(weight, f"w{i}"))
        nodes.append(helper.make_node("MatMul", [before, f"w{i}"], [f"product{i}"]))
        after = "y" if i == blocks - 1 else f"block{i}"
        nodes.append(helper.make_node("Tanh", [f"product{i}"], [after]))
        before = after
    shape = ["batch", "sequence", WIDTH]
    graph = helper.make_graph(
        nodes, "blocks",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)


def measure(arguments, baseline, candidate):
    """One trial: the verdict, and what it came from."""
    command = [arguments.perf_test, candidate, "--against", baseline, "-b", "1", "-s", str(arguments.sequence),
               "-n", str(arguments.threads), "--samples", "1", "--seconds", str(arguments.seconds),
               "--results", "none", "--json", "-"]
    if arguments.ort_lib:
        command += ["--ort-lib", arguments.ort_lib]
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    first, second = json.loads(done.stdout)["cases"]
    return second["comparison"] | {
        "seconds": time.monotonic() - began,
        "load": os.getloadavg()[0],
        "latency": first["latency"]["p50"],
        "waiting_share": first["waiting_share"],
    }


class Series:
    """Trials with one answer that is right."""

    def __init__(self, name, expected, candidate):
        self.name, self.expected, self.candidate = name, expected, candidate
        self.trials = []

    def right(self):
        return sum(trial["verdict"] == self.expected for trial in self.trials)

    def column(self, key):
        return [trial[key] for trial in self.trials]

    def holds(self):
        return self.right() >= BAR * len(self.trials)

    def summary(self):
        verdicts = self.column("verdict")
        half = [(high - low) / 2 for low, high in self.column("interval")]
        return {
            "name": self.name,
            "expected": self.expected,
            "trials": len(self.trials),
            "right": self.right(),
            "verdicts": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
            "median_latency": float(numpy.median(self.column("latency"))),
            "median_ratio": float(numpy.median(self.column("ratio"))),
            "median_half_interval": float(numpy.median(half)),
            "mean_waiting_share": float(numpy.mean(self.column("waiting_share"))),
            "mean_seconds": float(numpy.mean(self.column("seconds"))),
        }

    def text(self):
        facts = self.summary()
        return (f"{self.name}: '{self.expected}' in {facts['right']} of {facts['trials']}; {facts['verdicts']}; "
                f"median latency {1e3 * facts['median_latency']:.2f} ms, ratio {facts['median_ratio']:.4f}, "
                f"half interval {100 * facts['median_half_interval']:.2f} %, "
                f"{100 * facts['mean_waiting_share']:.0f} % of the time in line, {facts['mean_seconds']:.1f} s each")


def run(arguments, folder):
    for name, blocks in (("plain", arguments.blocks), ("copy", arguments.blocks), ("slow", arguments.blocks + 1)):
        make_model(folder / f"{name}.onnx", blocks)
    both = [
        Series("A/A", "no difference", folder / "copy.onnx"),
        Series(f"{100 / arguments.blocks:g} % more work", "slower", folder / "slow.onnx"),
    ]
    for number in range(1, arguments.trials + 1):
        for series in both:
            trial = measure(arguments, folder / "plain.onnx", series.candidate)
            series.trials.append(trial)
            low, high = trial["interval"]
            print(f"{number:3} {series.name}: {trial['verdict']}, ratio {trial['ratio']:.4f} ({low:.4f} to {high:.4f}), "
                  f"{trial['seconds']:.1f} s, load {trial['load']:.1f}; right in {series.right()} of {number}", flush=True)
    return both


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perf_test", default="build/release/bin/perf_test", type=pathlib.Path)
    parser.add_argument("--ort-lib", type=pathlib.Path, help="as perf_test takes it; without it ORTOPT_RUNTIME")
    parser.add_argument("--trials", default=100, type=int)
    parser.add_argument("--seconds", default=4, type=float)
    parser.add_argument("--threads", default=1, type=int)
    parser.add_argument("--sequence", default=128, type=int, help="rows of the matrix: how long a run takes")
    parser.add_argument("--blocks", default=20, type=int)
    parser.add_argument("--json", type=pathlib.Path, help="everything, each trial included")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        both = run(arguments, pathlib.Path(folder))
    print()
    for series in both:
        print(series.text())
    if arguments.json:
        facts = [series.summary() | {"results": series.trials} for series in both]
        arguments.json.write_text(json.dumps(facts, indent=1))
    raise SystemExit(0 if all(series.holds() for series in both) else 1)


if __name__ == "__main__":
    main()
