#!/usr/bin/env python3
"""How often perf_test is right: a model against its copy (A/A), and against one with 5 % more work in it.

    validate_perf_test.py --perf_test build/release/bin/perf_test --trials 100

The model is a row of equal blocks, MatMul and Tanh, each of which reads what the one before gave: one block more in
twenty is 5 % more work, which no optimiser can take away. Needs onnx and numpy.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH = 512


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


def verdict(arguments, baseline, candidate):
    command = [arguments.perf_test, candidate, "--against", baseline, "-b", "1", "-s", str(arguments.sequence),
               "-n", str(arguments.threads), "--samples", "1", "--seconds", str(arguments.seconds),
               "--results", "none", "--json", "-"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    cases = json.loads(done.stdout)["cases"]
    return cases[1]["comparison"], cases[0]["latency"]["p50"], cases[0]["waiting_share"]


def run_trials(arguments, name, expected, baseline, candidate):
    counts, latencies, waits, widths, ratios = collections.Counter(), [], [], [], []
    for trial in range(arguments.trials):
        comparison, latency, waiting = verdict(arguments, baseline, candidate)
        counts[comparison["verdict"]] += 1
        latencies.append(latency)
        waits.append(waiting)
        ratios.append(comparison["ratio"])
        widths.append((comparison["interval"][1] - comparison["interval"][0]) / 2)
        if arguments.verbose:
            print(f"  {name} {trial + 1}: {comparison['verdict']}, ratio {comparison['ratio']:.4f}", flush=True)
    right = counts[expected]
    print(f"{name}: '{expected}' in {right} of {arguments.trials}; {dict(counts)}; "
          f"median latency {1e3 * numpy.median(latencies):.2f} ms, ratio {numpy.median(ratios):.4f}, "
          f"half interval {100 * numpy.median(widths):.2f} %, {100 * numpy.mean(waits):.0f} % of the time in line",
          flush=True)
    return right >= 0.95 * arguments.trials


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perf_test", default="build/release/bin/perf_test", type=pathlib.Path)
    parser.add_argument("--trials", default=100, type=int)
    parser.add_argument("--seconds", default=10, type=float)
    parser.add_argument("--threads", default=1, type=int)
    parser.add_argument("--sequence", default=128, type=int, help="rows of the matrix: how long a run takes")
    parser.add_argument("--blocks", default=20, type=int)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, blocks in (("plain", arguments.blocks), ("copy", arguments.blocks), ("slow", arguments.blocks + 1)):
            make_model(folder / f"{name}.onnx", blocks)
        good = run_trials(arguments, "A/A", "no difference", folder / "plain.onnx", folder / "copy.onnx")
        share = 100 / arguments.blocks
        good &= run_trials(arguments, f"{share:g} % more work", "slower", folder / "plain.onnx", folder / "slow.onnx")
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
