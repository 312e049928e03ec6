"""Measures how the cost of a training step grows on both sides, and draws it.

    PYTHON bench/peers/scaling.py ../shared [--axes length batch rank threads width] [--out docs/plots]

PYTHON has torch, transformers, peft and matplotlib. From one point, LoRA of rank 16 on 4 rows of 256 tokens with two
threads, one thing is changed at a time; the model is SmolLM2-135M with six layers instead of thirty, so that the whole
takes minutes. Writes `scaling.csv` and a plot for each axis. With --resume, points that the file holds already are not
measured again.
"""

import argparse
import csv
import dataclasses
import json
import pathlib
import statistics

import matplotlib
import matplotlib.pyplot as plt

import subjects
from sides import Side, Task

WARMUP, STEPS, LAYERS = 3, 4, 6
SIDES = [Side("Transformers + PEFT", None), Side("Hone")]
AXES = {
    "length": ([64, 128, 256, 512, 1024], "tokens of a row, 4 rows"),
    "batch": ([1, 2, 4, 8, 16], "rows of 256 tokens"),
    "rank": ([2, 8, 16, 32, 64, 128], "rank of the adapter"),
    "threads": ([1, 2], "threads"),
    "width": ([192, 384, 576, 768, 1152], "width of the model"),
}
FIELDS = [*AXES, "side", "seconds_per_step", "tokens_per_second", "peak_bytes"]


@dataclasses.dataclass(frozen=True)
class Point:
    length: int = 256
    batch: int = 4
    rank: int = 16
    threads: int = 2
    width: int = 576

    def task(self, work, shared):
        heads = self.width // 64
        shape = dict(num_hidden_layers=LAYERS, hidden_size=self.width, intermediate_size=self.width * 8 // 3,
                     num_attention_heads=heads, num_key_value_heads=heads // 3)
        subject = subjects.Subject(work, shared, "smollm2-135m", shape)
        rows = subject.rows("uniform", 2 * self.batch, self.length)
        return Task(subject.model(), subject.adapter(self.rank), rows, self.batch, WARMUP, STEPS, self.threads)

    def measure(self, side, task):
        result = side.run(task)
        seconds = statistics.median(result["seconds"][WARMUP:])
        return {**dataclasses.asdict(self), "side": side.name, "seconds_per_step": round(seconds, 4),
                "tokens_per_second": round(self.batch * self.length / seconds, 1), "peak_bytes": result["peak_bytes"]}


class Measurements:
    """The lines of the CSV file, which is written after each."""

    def __init__(self, file, resume):
        self.file, self.lines = file, {}
        if resume and file.exists():
            for line in csv.DictReader(file.open()):
                point = Point(**{axis: int(line[axis]) for axis in AXES})
                self.lines[point, line["side"]] = {
                    key: line[key] if key == "side" else json.loads(line[key]) for key in FIELDS}

    def add(self, point, side, work, shared):
        if (point, side.name) in self.lines:
            return
        line = self.lines[point, side.name] = point.measure(side, point.task(work, shared))
        print(line, flush=True)
        with self.file.open("w", newline="") as out:
            writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.lines.values())

    def along(self, axis, values, side, figure):
        return [self.lines[point(axis, value), side.name][figure] for value in values]


def point(axis, value):
    return dataclasses.replace(Point(), **{axis: value})


def draw(measured, axis, file):
    values, label = AXES[axis]
    figure, panels = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
    for panel, (name, key, unit) in zip(panels, [("seconds a step", "seconds_per_step", 1),
                                                 ("tokens a second", "tokens_per_second", 1),
                                                 ("peak memory, GB", "peak_bytes", 1e9)]):
        for side in SIDES:
            panel.plot(values, [x / unit for x in measured.along(axis, values, side, key)], "o-", label=side.name)
        panel.set(title=name, xlabel=label, ylim=(0, None), xticks=values)
        panel.set_xscale("log", base=2)
        panel.set_xticks(values, [str(value) for value in values])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    panels[0].legend(frameon=False, loc="lower right")
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--axes", nargs="+", choices=AXES, default=list(AXES))
    parser.add_argument("--out", type=pathlib.Path, default=subjects.HERE.parents[1] / "docs" / "plots")
    parser.add_argument("--work", type=pathlib.Path, default=subjects.HERE.parent / "target" / "peers")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def main():
    args = arguments()
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "hone", "font.size": 9})
    args.out.mkdir(parents=True, exist_ok=True)
    measured = Measurements(args.out / "scaling.csv", args.resume)
    for axis in args.axes:
        for value in AXES[axis][0]:
            for side in SIDES:
                measured.add(point(axis, value), side, args.work.resolve(), args.shared.resolve())
        draw(measured, axis, args.out / f"scaling-{axis}.svg")


main()
