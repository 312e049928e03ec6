#!/usr/bin/env python3
"""Writes ladder's golden scores: pairs of texts with what sacrebleu 2.6.0, NLTK 3.10.3, RapidFuzz 3.14.6 and torchmetrics
1.9.0 (whose ROUGE is rouge-score's) make of them, and labels with scikit-learn 1.9.1.

    v/bin/pip install sacrebleu==2.6.0 scikit-learn nltk rapidfuzz torchmetrics
    v/bin/python tools/parity/metrics.py
"""

import gzip
import json
import os
import random

from nltk.translate.gleu_score import sentence_gleu
from rapidfuzz import fuzz
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sklearn.metrics import f1_score
from torchmetrics.functional.text import rouge_score

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


ROUGE = [f"rouge{n}" for n in (1, 2, 3, 4, 5, "L")]
TOKENS = Tokenizer13a()


def similarity(answer, reference):
    """GLEU over BLEU's tokens, ROUGE-1 to 5, ROUGE-L, and RapidFuzz's ratio."""
    gleu = sentence_gleu([TOKENS(reference).split()], TOKENS(answer).split())
    rouge = rouge_score(answer, reference, rouge_keys=tuple(ROUGE))
    return [gleu, *(float(rouge[f"{key}_fmeasure"]) for key in ROUGE), fuzz.ratio(answer, reference) / 100]


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
        "similarity": [similarity(a, r) for a, r in pairs],
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
