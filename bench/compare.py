#!/usr/bin/env python3
"""Time and memory of ort-opt on full-size BERT, beside a plain copy of the file and beside the incumbent optimizer.

    scripts/bench                            BERT-base and BERT-large, 11 rounds
    scripts/bench --sizes base --rounds 1    a quick look

Every round runs each command once, in turn, so that what the machine does meanwhile falls on all of them alike. The input
is in the page cache; what an earlier command left to write is on disk before the next starts. Memory is the largest
resident set, mapped pages counted. The models are made on the spot: the graph of a real export, random weights, a seed.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADS = {"base": (12, 768), "large": (16, 1024)}
BARS = {"wall_of_cp": 2.0, "peak_mb": 150.0, "cpu_below_incumbent": 20.0, "float16_peak_mb": 200.0}


@dataclasses.dataclass
class Measurement:
    wall_s: float
    cpu_s: float
    peak_mb: float


def make_model(size, folder):
    path = folder / f"bert-{size}.onnx"
    if not path.exists():
        print(f"making {path.name}", file=sys.stderr)
        command = [sys.executable, str(ROOT / "scripts" / "grow_bert.py"), "--size", size, "--output", str(path)]
        subprocess.run(command, check=True)
    return path


def warm(path):
    """Reads the file, so that it is in the page cache; keeps nothing, for a child's memory would count it."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def commands(size, source, folder, tool, skip_incumbent):
    heads, hidden = HEADS[size]
    target = folder / "result.onnx"
    known = ["--model_type", "bert", "--num_heads", str(heads), "--hidden_size", str(hidden)]
    incumbent = [sys.executable, "-m", "onnxruntime.transformers.optimizer", "--input", str(source), "--output", str(target), "--opt_level", "0", *known]
    rows = {
        "cp": ["cp", "--reflink=never", str(source), str(target)],
        "ort-opt": [str(tool), "--input", str(source), "--output", str(target), "--verify", "off"],
        "ort-opt, float16": [str(tool), "--input", str(source), "--output", str(target), "--verify", "off", "--float16"],
    }
    if not skip_incumbent:
        rows["incumbent"] = incumbent
        rows["incumbent, no shape inference"] = [*incumbent, "--disable_shape_inference", "--disable_symbolic_shape_infer"]
        rows["incumbent, float16"] = [*incumbent, "--float16"]
    return rows, target


def measure(command, target):
    for leftover in target.parent.glob(target.name + "*"):
        leftover.unlink()
    os.sync()
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or not target.exists():
        raise SystemExit(f"'{' '.join(command)}' ended with {process.returncode}: {message[-400:]}")
    return Measurement(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def medians(measurements):
    return Measurement(*(statistics.median(getattr(m, f.name) for m in measurements) for f in dataclasses.fields(Measurement)))


def judge(rows):
    """The bars that ort-opt is held to, as (text, value, held)."""
    ours = rows["ort-opt"]
    wall = ours.wall_s / rows["cp"].wall_s
    half = rows["ort-opt, float16"]
    half_wall = half.wall_s / rows["cp"].wall_s
    verdicts = [
        (f"wall {wall:.2f} x cp, at most {BARS['wall_of_cp']:g}", wall, wall <= BARS["wall_of_cp"]),
        (f"peak memory {ours.peak_mb:.0f} MB, at most {BARS['peak_mb']:g}", ours.peak_mb, ours.peak_mb <= BARS["peak_mb"]),
        (f"float16: wall {half_wall:.2f} x cp, at most {BARS['wall_of_cp']:g}", half_wall, half_wall <= BARS["wall_of_cp"]),
        (f"float16: peak memory {half.peak_mb:.0f} MB, at most {BARS['float16_peak_mb']:g}", half.peak_mb, half.peak_mb <= BARS["float16_peak_mb"]),
    ]
    if "incumbent" in rows:
        cpu = rows["incumbent"].cpu_s / ours.cpu_s
        verdicts.append((f"CPU time {cpu:.0f} x below the incumbent's, at least {BARS['cpu_below_incumbent']:g}", cpu, cpu >= BARS["cpu_below_incumbent"]))
    return verdicts


def show(size, source, rounds, rows):
    print(f"\nBERT-{size}, {source.stat().st_size / 1e6:.0f} MB, medians of {rounds} rounds")
    print(f"{'':32s}{'wall':>9s}{'/ cp':>7s}{'CPU':>10s}{'/ ort-opt':>11s}{'peak memory':>14s}")
    for name, row in rows.items():
        print(
            f"{name:32s}{row.wall_s:8.2f}s{row.wall_s / rows['cp'].wall_s:7.2f}{row.cpu_s:9.2f}s"
            f"{row.cpu_s / rows['ort-opt'].cpu_s:11.2f}{row.peak_mb:11.0f} MB"
        )
    for text, _, held in judge(rows):
        print(f"  {'held  ' if held else 'MISSED'}  {text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/release/bin/ort-opt")
    parser.add_argument("--sizes", default="base,large")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench", help="where the models go")
    parser.add_argument("--json", type=pathlib.Path, help="default: results.json in the folder")
    parser.add_argument("--skip-incumbent", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    results, all_held = [], True
    for size in options.sizes.split(","):
        source = make_model(size, options.folder)
        table, target = commands(size, source, options.folder, options.tool, options.skip_incumbent)
        measurements = {name: [] for name in table}
        warm(source)
        measure(table["cp"], target)  # not counted: the first copy waits for the disk to settle
        for number in range(options.rounds):
            print(f"BERT-{size}, round {number + 1} of {options.rounds}", file=sys.stderr)
            for name, command in table.items():
                measurements[name].append(measure(command, target))
        target.unlink()
        rows = {name: medians(all_of_it) for name, all_of_it in measurements.items()}
        show(size, source, options.rounds, rows)
        verdicts = judge(rows)
        all_held = all_held and all(held for _, _, held in verdicts)
        results.append(
            {
                "model": f"bert-{size}",
                "bytes": source.stat().st_size,
                "rounds": options.rounds,
                "medians": {name: dataclasses.asdict(row) for name, row in rows.items()},
                "bars": [{"text": text, "value": value, "held": held} for text, value, held in verdicts],
                "measurements": {name: [dataclasses.asdict(m) for m in many] for name, many in measurements.items()},
            }
        )
    path = options.json or options.folder / "results.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nevery measurement: {path}")
    return 0 if all_held else 1


if __name__ == "__main__":
    sys.exit(main())
