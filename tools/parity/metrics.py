#!/usr/bin/env python3
"""Writes ladder's golden scores: pairs of texts with what sacrebleu 2.6.0 and scikit-learn 1.9.1 make of them.

    v/bin/pip install sacrebleu==2.6.0 scikit-learn
    v/bin/python tools/parity/metrics.py
"""

import gzip
import json
import os
import random

from sacrebleu.metrics import BLEU, CHRF
from sklearn.metrics import f1_score

OUT = "ladder/src/test/resources/golden/metrics.json.gz"
WORDS = (
    "the a tea, pot kettle. 30 days 3-5 4.50 1,000 return don't \"nest\" (bench) naïve über Tee 茶 £12 e-mail no? "
    "is are been order ordered; label: & < 50% hello-world U.S. it's"
).split()


def text(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, 14)))


def near(rng, words):
    """A text that is like another one."""
    kept = [w for w in words.split() if rng.random() > 0.25]
    for _ in range(rng.randint(0, 3)):
        kept.insert(rng.randint(0, len(kept)), rng.choice(WORDS))
    return " ".join(kept)


def main():
    rng = random.Random(7)
    bleu, sentence, chrf = BLEU(), BLEU(effective_order=True), CHRF()
    pairs = []
    for _ in range(1000):
        reference = text(rng)
        answer = near(rng, reference) if rng.random() < 0.8 else text(rng)
        pairs.append((answer, reference))
    answers, references = [a for a, _ in pairs], [r for _, r in pairs]
    labels = ["refund", "order", "track", "cancel"]
    gold = [rng.choice(labels) for _ in range(300)]
    given = [g if rng.random() < 0.6 else rng.choice(labels + ["unknown"]) for g in gold]
    golden = {
        "pairs": [
            [a, r, sentence.sentence_score(a, [r]).score, chrf.sentence_score(a, [r]).score] for a, r in pairs
        ],
        "bleu": bleu.corpus_score(answers, [references]).score,
        "chrf": chrf.corpus_score(answers, [references]).score,
        "gold": gold,
        "given": given,
        "macro_f1": f1_score(gold, given, average="macro"),
    }
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with gzip.GzipFile(OUT, "wb", mtime=0) as out:
        out.write(json.dumps(golden, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
