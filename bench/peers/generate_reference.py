"""Generates with Transformers what `bench/run DecodeBench` decodes, as its users do: the rival to compare with.

    generate_reference.py --model DIR [--adapter DIR] [--prompt-tokens 512] [--tokens 64] [--threads 2]

Greedy, batch 1, float32, with the KV cache that `generate` uses by default. The prompt's ids are `(7919 i + 13) mod V`.
Prefill is a `generate` of one token, decoding what each further token takes beyond it. Prints one JSON line with the
medians, the ids, and the best logit of the first steps.
"""

import argparse
import json
import statistics
import time

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--adapter", help="a PEFT adapter on top of it")
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count, after one that does not")
    return parser.parse_args()


def load(args):
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    if args.adapter:
        from peft import PeftModel
        model = PeftModel.from_pretrained(model, args.adapter)
    return model.eval()


@torch.inference_mode()
def generate(model, prompt, tokens):
    """Seconds, and what `generate` returns."""
    started = time.perf_counter()
    out = model.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=tokens,
                         min_new_tokens=tokens, pad_token_id=0, output_logits=True, return_dict_in_generate=True)
    return time.perf_counter() - started, out


def main():
    args = arguments()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.set_num_threads(args.threads)
    model = load(args)
    vocab = model.config.vocab_size
    prompt = torch.tensor([[(7919 * i + 13) % vocab for i in range(args.prompt_tokens)]])
    prefills, decodes = [], []
    for round in range(args.rounds + 1):
        prefill, _ = generate(model, prompt, 1)
        whole, out = generate(model, prompt, args.tokens + 1)
        if round > 0:
            prefills.append(prefill)
            decodes.append(whole - prefill)
    print(json.dumps(dict(
        what="transformers", prompt_tokens=args.prompt_tokens, tokens=args.tokens, threads=args.threads,
        decode_tokens_per_second=args.tokens / statistics.median(decodes),
        prefill_tokens_per_second=args.prompt_tokens / statistics.median(prefills),
        ids=out.sequences[0, args.prompt_tokens:args.prompt_tokens + args.tokens].tolist(),
        best_logits=[step[0].max().item() for step in out.logits[:8]])))


main()
