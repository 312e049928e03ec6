"""Looks for other data in what the embedded model was trained on: leaks.py DATA TRAINING...

DATA is a folder of .jsonl, .json, .csv and .txt files, also gzipped; TRAINING are files of JSON Lines. For each file of DATA it
prints how many of its rows have a run of 13 words in common with a training row (the measure of GPT-3's authors, Brown et al. 2020,
arXiv 2005.14165, appendix C); of shorter rows, with 6 words or more, the whole.
"""

import collections
import csv
import gzip
import json
import pathlib
import re
import sys

RUN, LEAST = 13, 6
WORD = re.compile(r"\w+")


def texts(value):
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def rows(path):
    """The strings of each row of a file."""
    name = path.name.removesuffix(".gz")
    with gzip.open(path, "rt") if path.name.endswith(".gz") else path.open() as file:
        if name.endswith(".jsonl"):
            yield from (list(texts(json.loads(line))) for line in file if line.strip())
        elif name.endswith(".json"):
            whole = file.read()
            try:
                yield from ([text] for text in texts(json.loads(whole)))
            except json.JSONDecodeError:  # JSON Lines by another name
                yield from (list(texts(json.loads(line))) for line in whole.splitlines() if line.strip())
        elif name.endswith(".csv"):
            yield from csv.reader(file)
        else:
            yield from ([line] for line in file)


def runs(text, length):
    words = WORD.findall(text.lower())
    return (hash(tuple(words[i:i + length])) for i in range(len(words) - length + 1))


def main(data, training):
    wanted = collections.defaultdict(dict)  # length: run: the rows that have it
    counts = collections.Counter()
    for path in sorted(p for p in data.rglob("*") if p.is_file() and p.suffix in (".jsonl", ".json", ".csv", ".txt", ".gz")):
        name = str(path.relative_to(data))
        for number, row in enumerate(rows(path)):
            counts[name] += 1
            for text in row:
                length = min(RUN, len(WORD.findall(text)))
                if length >= LEAST:
                    for run in runs(text, length):
                        wanted[length].setdefault(run, set()).add((name, number))
    found = collections.defaultdict(set)
    for path in training:
        for row in rows(path):
            for text in row:
                words = WORD.findall(text.lower())
                for length, index in wanted.items():
                    for i in range(len(words) - length + 1):
                        for name, number in index.get(hash(tuple(words[i:i + length])), ()):
                            found[name].add(number)
    for name, count in sorted(counts.items()):
        print(f"{len(found[name]):8,} of {count:8,}  {name}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), [pathlib.Path(name) for name in sys.argv[2:]])
