#!/usr/bin/env python3
"""Writes SQuAD as documents and questions: squad.py SHARED OUT.

OUT/docs/ARTICLE.jsonl has an article's paragraphs as records, OUT/questions.jsonl a thousand questions of the 13 held-out
articles. The thousand are those of the trial in the reference: ids sorted, shuffled as java.util.Collections does with
java.util.Random(7), the first thousand.
"""

import json
import os
import sys


class JavaRandom:
    def __init__(self, seed):
        self.seed = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def next(self, bits):
        self.seed = (self.seed * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        value = self.seed >> (48 - bits)
        return value - (1 << bits) if value >= 1 << (bits - 1) else value

    def next_int(self, bound):
        value = self.next(31) & 0x7FFFFFFF
        if bound & (bound - 1) == 0:
            return (bound * value) >> 31
        while True:
            rest = value % bound
            if value - rest + bound - 1 < 1 << 31:
                return rest
            value = self.next(31) & 0x7FFFFFFF


def shuffle(rows, random):
    for i in range(len(rows), 1, -1):
        j = random.next_int(i)
        rows[i - 1], rows[j] = rows[j], rows[i - 1]


def main(shared, out):
    os.makedirs(f"{out}/docs", exist_ok=True)
    seen = set()
    questions = []
    for part in ("dev-13articles", "train-quarter"):
        with open(f"{shared}/data/squad/{part}.json", encoding="utf-8") as file:
            articles = json.load(file)["data"]
        for article in articles:
            source = article["title"].replace("/", "_") + ".jsonl"
            with open(f"{out}/docs/{source}", "w", encoding="utf-8") as docs:
                for i, paragraph in enumerate(article["paragraphs"]):
                    text = paragraph["context"]
                    if text not in seen:
                        seen.add(text)
                        docs.write(json.dumps({"id": str(i), "text": text}) + "\n")
                    if part.startswith("dev"):
                        questions += [(q["id"], question(q, source, i)) for q in paragraph["qas"]]
    questions.sort(key=lambda q: q[0])
    shuffle(questions, JavaRandom(7))
    with open(f"{out}/questions.jsonl", "w", encoding="utf-8") as file:
        for _, row in questions[:1000]:
            file.write(json.dumps(row) + "\n")


def question(qa, source, paragraph):
    return {
        "question": qa["question"],
        "source": source,
        "metadata": {"id": str(paragraph)},
        "answers": list(dict.fromkeys(answer["text"] for answer in qa["answers"])),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
