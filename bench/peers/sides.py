"""Runs one side on one task in a process of its own: Transformers and PEFT, Hone, or the matrix products alone."""

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys

from subjects import HERE, RUN


@dataclasses.dataclass(frozen=True)
class Task:
    """Steps to take, the same on every side.

    `adapter` is None for full training.
    """
    model: pathlib.Path
    adapter: pathlib.Path | None
    rows: pathlib.Path
    batch_size: int
    warmup: int
    steps: int
    threads: int

    def options(self):
        adapter = ["--adapter", self.adapter] if self.adapter else []
        return ["--model", self.model, *adapter, "--rows", self.rows, "--batch-size", self.batch_size,
                "--warmup", self.warmup, "--steps", self.steps, "--threads", self.threads]

    def tokens(self):
        """Tokens of the steps that count, padding left out."""
        lengths = [len(row["ids"]) for row in json.loads(self.rows.read_text())]
        batches = [sum(lengths[i:i + self.batch_size]) for i in range(0, len(lengths), self.batch_size)]
        return sum(batches[step % len(batches)] for step in range(self.warmup, self.warmup + self.steps))


@dataclasses.dataclass(frozen=True)
class Side:
    """Who takes the steps.

    `flags` are StepBench's; None for the rival. `tolerance` is how far losses and gradient norms may lie from the
    rival's, relatively; None where they are others. `preload` is a library to load first, such as an allocator.
    """
    name: str
    flags: tuple | None = ()
    tolerance: float | None = 1e-4
    preload: str | None = None

    def run(self, task):
        """What the process printed, with the seconds of the steps that count."""
        command = [sys.executable, HERE / "step_reference.py"] if self.flags is None else [RUN, "StepBench", *self.flags]
        done = subprocess.run([str(part) for part in [*command, *task.options()]], capture_output=True, text=True,
                              env={**os.environ, **({"LD_PRELOAD": self.preload} if self.preload else {})})
        if done.returncode:
            sys.exit(f"{self.name} failed:\n{done.stderr[-3000:]}")
        result = json.loads(done.stdout.splitlines()[-1])
        return {**result, "counted_seconds": sum(result["seconds"][task.warmup:])}


def differences(side, ours, theirs):
    """In which figures of which step `side` differs from the rival."""
    if side.tolerance is None:
        return []
    return [f"{side.name}: {figure} of step {step}: {x!r}, the rival's {y!r}"
            for figure in ("losses", "gradient_norms") for step, (x, y) in enumerate(zip(ours[figure], theirs[figure]))
            if not abs(x / y - 1) <= side.tolerance]


def median_and_range(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
