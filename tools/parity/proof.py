"""Loading of models for the checks, and the comparison with the logits that Hone wrote down."""

import json
import sys

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

LIMIT = 1e-4
FIRST = 256
WHOLE_UP_TO = 4096


def load(directory):
    """The model of a Hugging Face directory in f32; refuses weights that transformers had to invent."""
    logging.disable_progress_bar()
    model, info = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, output_loading_info=True)
    if info["missing_keys"]:
        sys.exit(f"{directory} lacks {sorted(info['missing_keys'])}")
    return model.eval()


def last_logits(model, ids, is_earlier=False):
    """Logits at the last position: all of them up to a vocabulary of 4096, else the first 256 and those of `ids`.

    Earlier versions of Hone kept none of `ids`.
    """
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0, -1]
    if len(logits) <= WHOLE_UP_TO:
        return logits
    return logits[:FIRST] if is_earlier else torch.cat([logits[:FIRST], logits[ids]])


def errors(model, prompts, field="logits"):
    """The relative error of each prompt's logits."""
    return [relative_error(last_logits(model, p["ids"], len(p[field]) == FIRST), p[field]) for p in prompts]


def relative_error(expected, actual):
    """`max|expected - actual| / max|expected|`."""
    if len(expected) != len(actual):
        sys.exit(f"{len(actual)} logits where transformers gives {len(expected)}")
    return ((expected - torch.tensor(actual)).abs().max() / expected.abs().max()).item()


def read_prompts(directory):
    """The prompts of `hone_proof.json`: `ids`, `logits_base`, `logits`."""
    prompts = json.loads((directory / "hone_proof.json").read_text())["prompts"]
    if not prompts:
        sys.exit(f"{directory / 'hone_proof.json'} has no prompts")
    return prompts


def judge(name, errors):
    """Prints the worst error; returns whether it is within the limit (NaN is not)."""
    within = all(error <= LIMIT for error in errors)
    print(f"{name}: max relative error {max(errors):.3g} over {len(errors)} prompts, limit {LIMIT:g}: "
          f"{'agrees' if within else 'DISAGREES'}")
    return within


def print_logits(model, ids_file):
    """Prints `[{"ids": [...], "logits": [...]}]` for a JSON file of id lists."""
    rows = json.loads(ids_file.read_text())
    print(json.dumps([dict(ids=ids, logits=last_logits(model, ids).tolist()) for ids in rows]))
