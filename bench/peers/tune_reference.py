"""Fine-tunes with Transformers and PEFT what `hone tune` fine-tunes, as their users do: the rival to compare with.

    tune_reference.py --base DIR --data DIR/train.jsonl --valid DIR/valid.jsonl --method lora|full [--max-steps N]

Rows are `{"prompt", "completion"}`. Input: BOS, the prompt and a newline; target: the completion and EOS; the two are
tokenised apart, and the loss is on the target only. A batch is padded to its longest row, its loss is the mean over
its trained tokens. AdamW without weight decay, 3 % warm-up then linear to zero, gradients clipped at norm 1. Prints
one JSON line; held-out loss is the sum over the trained tokens of all rows divided by their number.
"""

import argparse
import json
import math
import pathlib
import resource
import time

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, get_linear_schedule_with_warmup
from transformers.utils import logging

IGNORED = -100
LEARNING_RATES = {"lora": 3e-3, "full": 1e-3}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--valid", required=True, type=pathlib.Path)
    parser.add_argument("--method", choices=LEARNING_RATES, default="lora")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--max-steps", type=int, help="stop early; the schedule stays that of the whole run")
    parser.add_argument("--lr", type=float, help="3e-3 for lora, 1e-3 for full")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", help="where to save the adapter or the model")
    return parser.parse_args()


def load(base, method):
    """Model and tokenizer, past two traps.

    A tied checkpoint may store `lm_head.weight` only, which must not leave a random embedding. And AutoTokenizer of
    transformers 5 rebuilds Llama tokenizers from their vocabulary: other ids than tokenizer.json gives, where a
    character is unknown.
    """
    model, info = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, output_loading_info=True)
    assert not info["missing_keys"], info["missing_keys"]
    if method == "lora":
        model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32,
                                                 target_modules="all-linear"))
    return model, PreTrainedTokenizerFast.from_pretrained(base)


def read(file, tokenizer):
    """Pairs of input ids and target ids."""
    def ids(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [([tokenizer.bos_token_id] + ids(row["prompt"] + "\n"), ids(row["completion"]) + [tokenizer.eos_token_id])
            for row in rows]


def collate(rows):
    """`input_ids`, `attention_mask` and `labels`, padded on the right to the longest row."""
    longest = max(len(source) + len(target) for source, target in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for b, (source, target) in enumerate(rows):
        end = len(source) + len(target)
        ids[b, :end] = torch.tensor(source + target)
        mask[b, :end] = 1
        labels[b, len(source):end] = torch.tensor(target)
    return ids, mask, labels


def loss_sum(model, rows):
    """`(sum of cross-entropy over the targets, their number, all tokens)`."""
    ids, mask, labels = collate(rows)
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    labels = labels[:, 1:]
    loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
    return loss, int((labels != IGNORED).sum()), int(mask.sum())


@torch.no_grad()
def evaluate(model, rows, batch_size):
    model.eval()
    by_length = sorted(rows, key=lambda row: len(row[0]) + len(row[1]))
    total = count = 0
    for start in range(0, len(rows), batch_size):
        loss, targets, _ = loss_sum(model, by_length[start:start + batch_size])
        total, count = total + loss.item(), count + targets
    model.train()
    return total / count, count


def batches(rows, batch_size, epochs, seed):
    rng = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        order = torch.randperm(len(rows), generator=rng).tolist()
        for start in range(0, len(rows), batch_size):
            yield [rows[i] for i in order[start:start + batch_size]]


def train(model, rows, args):
    """Returns steps, trained tokens, all tokens and seconds."""
    steps = args.epochs * math.ceil(len(rows) / args.batch_size)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.lr or LEARNING_RATES[args.method], weight_decay=0.0)
    scheduler = get_linear_schedule_with_warmup(optimizer, math.ceil(0.03 * steps), steps)
    step = trained_tokens = all_tokens = 0
    start = time.perf_counter()
    for step, batch in enumerate(batches(rows, args.batch_size, args.epochs, args.seed), start=1):
        loss, targets, tokens = loss_sum(model, batch)
        (loss / targets).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        trained_tokens, all_tokens = trained_tokens + targets, all_tokens + tokens
        if step == args.max_steps:
            break
    return step, trained_tokens, all_tokens, time.perf_counter() - start


def main():
    args = arguments()
    logging.disable_progress_bar()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model, tokenizer = load(args.base, args.method)
    rows, valid = read(args.data, tokenizer), read(args.valid, tokenizer)
    before, valid_tokens = evaluate(model, valid, args.batch_size)
    steps, trained_tokens, all_tokens, seconds = train(model, rows, args)
    after, _ = evaluate(model, valid, args.batch_size)
    if args.out:
        model.save_pretrained(args.out)
    print(json.dumps(dict(
        method=args.method, steps=steps, threads=args.threads, seed=args.seed,
        rows=len(rows), valid_rows=len(valid), valid_trained_tokens=valid_tokens,
        data_trained_tokens=sum(len(target) for _, target in rows),
        data_tokens=sum(len(source) + len(target) for source, target in rows),
        trained_parameters=sum(p.numel() for p in model.parameters() if p.requires_grad),
        held_out_loss_before=before, held_out_loss_after=after,
        trained_tokens=trained_tokens, all_tokens=all_tokens, train_seconds=seconds,
        trained_tokens_per_second=trained_tokens / seconds, tokens_per_second=all_tokens / seconds,
        peak_rss_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))


main()
