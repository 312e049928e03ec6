"""Trains by turns with Transformers + PEFT and with Hone on the same rows, and prints tables of what both need.

    PYTHON bench/peers/speed.py ../shared [--shape NAME] [--rows KIND ...] [--methods lora full] [--rounds N]

PYTHON has torch, transformers and peft (tools/parity/README.md). Before anything is timed, losses and gradient norms
of the first steps must agree to 1e-4, and they are compared again in every round; otherwise it fails and says what
differs. Rates are of the rows' own tokens, padding not counted; a ratio is the median of the rounds' own ratios, with
the lowest and the highest. The floor is the time of the step's matrix products alone (`StepBench --floor`).

Models, rows and results (`results-SHAPE.jsonl`) stay in the work folder. With --resume, rounds that are there are not
run again, so that a long run can be taken in parts: `--rounds 1`, `--resume --rounds 2`, ...
"""

import argparse
import itertools
import json
import pathlib
import statistics

import sides
import subjects
from sides import Side, Task, median_and_range

RANK, UNIFORM_BATCH, PARITY_STEPS = 16, 4, 2
HONE = Side("Hone")
INT8 = Side("Hone, 8-bit base", ("--base-dtype", "int8"), 0.05)
FLOOR = Side("matrix products alone", ("--floor",), None)
# What rows of users allow, added one by one; the last step is Hone as it is. With every logit, losses are others.
LADDER = [
    Side("padded, every logit, prefixes repeated", ("--pad", "--all-logits", "--no-shared-prefix"), None),
    Side("+ real lengths, packed", ("--all-logits", "--no-shared-prefix"), None),
    Side("+ logits of trained tokens only", ("--no-shared-prefix",)),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--shape", choices=subjects.SHAPES, default="smollm2-135m")
    parser.add_argument("--rows", nargs="+", choices=subjects.ROWS, default=subjects.ROWS)
    parser.add_argument("--methods", nargs="+", choices=("lora", "full"), default=("lora", "full"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=1, help="steps before those that count (default: 1)")
    parser.add_argument("--steps", type=int, default=2, help="steps that count (default: 2)")
    parser.add_argument("--batch-size", type=int, default=8, help="of conversations (default: 8); uniform: 4 x 256")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rival-preload", metavar="LIBRARY", help="an allocator for the rival, such as libjemalloc.so.2")
    parser.add_argument("--work", type=pathlib.Path, default=subjects.HERE.parent / "target" / "peers")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def rival(preload):
    name = "Transformers + PEFT"
    return Side(f"{name}, {pathlib.Path(preload).name}", None, preload=preload) if preload else Side(name, None)


class Results:
    """What has been run so far, a line of JSON for each run."""

    def __init__(self, file, resume):
        self.file = file
        if not resume:
            file.unlink(missing_ok=True)
        self.all = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def get(self, workload, round, side, task):
        """The result of a run, which is made where it is not there."""
        for found in self.of(workload, side):
            if found["round"] == round:
                return found
        result = {"workload": workload, "round": round, "side": side.name, **side.run(task)}
        print(f"{workload}, round {round}: {side.name}: {result['counted_seconds']:.2f} s", flush=True)
        with self.file.open("a") as out:
            out.write(json.dumps(result) + "\n")
        self.all.append(result)
        return result

    def of(self, workload, side):
        return [result for result in self.all if (result["workload"], result["side"]) == (workload, side.name)]


class Workload:
    """Rows of a kind, trained by a method."""

    def __init__(self, subject, kind, method, args):
        batch_size = UNIFORM_BATCH if kind == "uniform" else args.batch_size
        rows = subject.rows(kind, batch_size * min(args.warmup + args.steps, 50))
        adapter = subject.adapter(RANK) if method == "lora" else None
        self.name = f"{kind}, {method}"
        self.task = Task(subject.model(), adapter, rows, batch_size, args.warmup, args.steps, args.threads)
        self.rival = rival(args.rival_preload)
        self.ladder = [] if kind == "uniform" else LADDER
        self.compared = [self.rival, HONE, *([INT8] if method == "lora" else [])]
        self.has_floor = kind == "uniform"  # which shares no beginnings: the floor computes whole rows
        self.sides = [self.rival, *self.ladder, *self.compared[1:], *([FLOOR] if self.has_floor else [])]

    def check(self, results):
        """Round 0: nothing is timed before both sides compute the same."""
        first = Task(**{**vars(self.task), "warmup": 0, "steps": PARITY_STEPS})
        self.compare({side.name: results.get(self.name, 0, side, first) for side in (self.rival, HONE)})

    def run(self, results, round):
        """One round; every second one goes backwards, so that a machine that slows down favours nobody."""
        order = self.sides if round % 2 else self.sides[::-1]
        self.compare({side.name: results.get(self.name, round, side, self.task) for side in order})

    def compare(self, found):
        wrong = [line for side in self.sides if side.name in found
                 for line in sides.differences(side, found[side.name], found[self.rival.name])]
        if wrong:
            raise SystemExit("\n".join([f"{self.name}: the two do not compute the same", *wrong]))

    def lines(self, results):
        """Its lines in the table of both sides."""
        rival = Measured(results, self, self.rival)
        for side in self.compared:
            found = Measured(results, self, side)
            yield [self.name, side.name, f"{found.tokens_per_second:.0f}", median_and_range(found.ratios(rival)),
                   f"{found.gigabytes:.2f}", f"{found.gigabytes / rival.gigabytes:.2f}", f"{found.first_step:.1f}",
                   median_and_range(found.ratios(Measured(results, self, FLOOR))) if self.has_floor else ""]

    def ladder_lines(self, results):
        """Its lines in the table of what each saving gives."""
        rival = before = Measured(results, self, self.rival)
        yield [self.name, self.rival.name, f"{rival.rows_per_second:.2f}", "1", "1"]
        for side in [*self.ladder, HONE]:
            found = Measured(results, self, side)
            name = "+ shared prefixes: Hone" if side is HONE else side.name
            yield [self.name, name, f"{found.rows_per_second:.2f}", median_and_range(found.ratios(rival)),
                   median_and_range(found.ratios(before))]
            before = found


class Measured:
    """A side's timed rounds of a workload."""

    def __init__(self, results, workload, side):
        rounds = sorted((r for r in results.of(workload.name, side) if r["round"]), key=lambda r: r["round"])
        self.seconds = [result["counted_seconds"] for result in rounds]
        self.gigabytes = statistics.median(result["peak_bytes"] for result in rounds) / 1e9
        self.first_step = statistics.median(result["seconds_to_first_step"] for result in rounds)
        task = workload.task
        self.tokens_per_second = task.tokens() / statistics.median(self.seconds)
        self.rows_per_second = task.batch_size * task.steps / statistics.median(self.seconds)

    def ratios(self, other):
        """How many times as fast as the other, round by round."""
        return [theirs / ours for ours, theirs in zip(self.seconds, other.seconds)]


def table(head, lines):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines]) + "\n"


def main():
    args = arguments()
    args.work.mkdir(parents=True, exist_ok=True)
    subject = subjects.Subject(args.work.resolve(), args.shared.resolve(), args.shape)
    workloads = [Workload(subject, *names, args) for names in itertools.product(args.rows, args.methods)]
    results = Results(args.work / f"results-{args.shape}.jsonl", args.resume)
    for workload in workloads:
        workload.check(results)
    for round in range(1, args.rounds + 1):
        for workload in workloads:
            workload.run(results, round)
    print(f"\n{args.shape}, {args.threads} threads, medians, rounds: {args.rounds}; losses and gradient norms agree.\n")
    print(table(["rows, method", "", "tokens/s", "ratio", "peak GB", "ratio", "s to first step", "floor / its step"],
                [line for workload in workloads for line in workload.lines(results)]))
    ladders = [line for workload in workloads if workload.ladder for line in workload.ladder_lines(results)]
    if ladders:
        print(table(["rows, method", "", "rows/s", "against the rival", "against the line above"], ladders))


main()
