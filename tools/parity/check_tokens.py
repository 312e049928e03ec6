"""check_tokens.py BASE DIR TOKEN...: does transformers load what hone tokens made of BASE, with these tokens?

Each token must be one id in the middle of a text and come back; every other text keeps its ids; the new rows of embedding
and head are the means of the rows that spelled the token in BASE; all other weights are BASE's bytes. Where DIR has a
hone_proof.json, its logits and its prompts' ids are held to transformers'. Exits 1 where anything differs.
"""

import json
import pathlib
import sys

import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import AutoTokenizer

import proof

TEXT = "once upon a time{} there was a cat,{} and it said: hello!"
ROWS = {"model.embed_tokens.weight", "lm_head.weight"}


def weights(directory):
    found = {}
    for file in sorted(pathlib.Path(directory).glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            found.update({name: tensors.get_tensor(name) for name in tensors.keys()})
    found.setdefault("model.embed_tokens.weight", found.get("lm_head.weight"))  # tied ones have either name
    return found


def check_tokenizer(base, directory, tokens):
    before, after = AutoTokenizer.from_pretrained(base), AutoTokenizer.from_pretrained(directory)
    assert len(after) == len(before) + len(tokens), (len(before), len(after))
    assert after(TEXT).input_ids == before(TEXT).input_ids
    plain = Tokenizer.from_file(str(directory / "tokenizer.json"))
    for token in tokens:
        id = after.convert_tokens_to_ids(token)
        for ids in (after(TEXT.format(token, " " + token)).input_ids, plain.encode(TEXT.format(token, token)).ids):
            assert ids.count(id) == 2, (token, id, ids)
        assert token in after.decode(ids) and after.decode([id]) == token, token
        special = plain.get_added_tokens_decoder()[id].special
        assert (token in after.decode(ids, skip_special_tokens=True)) != special
    return after


def check_weights(base, directory, tokens, tokenizer):
    spelt = Tokenizer.from_file(str(base / "tokenizer.json"))
    spelt.no_truncation(), spelt.no_padding()
    before, after = weights(base), weights(directory)
    size = json.loads((directory / "config.json").read_text())["vocab_size"]
    worst = 0.0
    for name, w in after.items():
        if name not in ROWS:
            assert torch.equal(w, before[name]) and w.dtype == before[name].dtype, name
            continue
        assert w.shape[0] == size >= len(tokenizer) and w.dtype == before[name].dtype
        ids = tokenizer.convert_tokens_to_ids(tokens)
        old = [i for i in range(len(before[name])) if i not in ids]
        assert torch.equal(w[old], before[name][old]), name
        for token, id in zip(tokens, ids):
            mean = before[name][spelt.encode(token, add_special_tokens=False).ids].double().mean(0)
            rounded = mean.to(w.dtype).double()
            worst = max(worst, ((w[id].double() - rounded).abs().max() / rounded.abs().max()).item())
    print(f"{len(after)} tensors, {len(tokens)} new rows of {size}: largest difference from the mean {worst:.2g} relative")
    return worst <= 1e-6


def main(base, directory, *tokens):
    base, directory, tokens = pathlib.Path(base), pathlib.Path(directory), list(tokens)
    tokenizer = check_tokenizer(base, directory, tokens)
    agrees = check_weights(base, directory, tokens, tokenizer)
    model = proof.load(directory)
    assert model.get_input_embeddings().weight.shape[0] >= len(tokenizer)
    if (directory / "hone_proof.json").exists():
        prompts = proof.read_prompts(directory)
        new = sum(tokenizer.convert_tokens_to_ids(t) in p["ids"] for p in prompts for t in tokens)
        for p in prompts:
            text = tokenizer.decode(p["ids"])
            assert all(m["content"] in text or "<unk>" in text for m in p["messages"]), text
        print(f"{new} of the proof's prompts have new tokens")
        agrees &= proof.judge("with new tokens", proof.errors(model, prompts))
    sys.exit(not agrees)


if len(sys.argv) < 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
