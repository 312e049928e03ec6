"""Draws the embedded model's curves: plots.py PRETRAINED STAGE2 FIGURES OUT

PRETRAINED and STAGE2 are the run directories (their metrics.csv is read), FIGURES a CSV file `measure,hone,tinystories-656k`
in percent; OUT gets base-loss.svg and base-comparison.svg. Needs matplotlib.
"""

import csv
import pathlib
import sys

import matplotlib
import matplotlib.pyplot as plt

OURS, OTHER = "#1f77b4", "#bbbbbb"


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def smooth(values, width=25):
    return [sum(values[max(0, i - width + 1):i + 1]) / min(width, i + 1) for i in range(len(values))]


def draw_losses(pretrained, stage2, out):
    figure, axes = plt.subplots(1, 2, figsize=(8, 3))
    for axis, run, title in zip(axes, (pretrained, stage2), ("pre-training", "second stage")):
        metrics = rows(run / "metrics.csv")
        steps = [row for row in metrics if row["loss"]]
        tokens, seen = 0, []
        for row in steps:
            tokens += int(row["tokens"])
            seen.append(tokens / 1e6)
        at = dict(zip((row["step"] for row in steps), seen)) | {"0": 0}
        held_out = [(at[row["step"]], float(row["held_out_loss"])) for row in metrics if row["held_out_loss"]]
        axis.plot(seen, smooth([float(row["loss"]) for row in steps]), color=OURS, label="training, mean of 25 steps")
        axis.plot(*zip(*held_out), "o", color="black", markersize=3, label="held out")
        axis.set(title=title, xlabel="million tokens", ylabel="nats per token")
        axis.legend(frameon=False)
        axis.spines[["top", "right"]].set_visible(False)
    save(figure, out / "base-loss.svg")


def draw_comparison(figures, out):
    table = rows(figures)
    figure, axis = plt.subplots(figsize=(8, 0.45 * len(table) + 1))
    for i, row in enumerate(reversed(table)):
        for offset, name, color in ((0.2, "hone", OURS), (-0.2, "tinystories-656k", OTHER)):
            value = float(row[name])
            axis.barh(i + offset, value, 0.38, color=color, label=name if i == 0 else None)
            axis.text(value + 0.5, i + offset, f"{value:.1f}", va="center")
    axis.set_yticks(range(len(table)), [row["measure"] for row in reversed(table)])
    axis.set(xlabel="%", xlim=(0, 105))
    axis.legend(frameon=False, loc="lower right")
    axis.spines[["top", "right"]].set_visible(False)
    save(figure, out / "base-comparison.svg")


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "hone", "font.size": 9})
    pretrained, stage2, figures, out = map(pathlib.Path, sys.argv[1:])
    draw_losses(pretrained, stage2, out)
    draw_comparison(figures, out)
