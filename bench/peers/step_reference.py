"""The rival: times training steps with Transformers and PEFT on rows of token ids, and prints one line of JSON.

    step_reference.py --model DIR [--adapter DIR] --rows FILE --batch-size N [--steps N] [--warmup N] [--threads N]

What `bench/run StepBench` does with the same files, as its competent user would: batches padded on the right to their
longest row with an attention mask (which Transformers drops where nothing is padded), SDPA attention, labels of -100
where nothing is trained, the model's own loss, gradients clipped at norm 1, and the fused AdamW that Trainer takes.
"""

import argparse
import json
import pathlib
import time

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
from transformers.utils import logging

IGNORED = -100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--adapter", help="a PEFT adapter to go on from; without one, the whole model is trained")
    parser.add_argument("--rows", required=True, type=pathlib.Path)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def load(base, adapter):
    model, info = AutoModelForCausalLM.from_pretrained(
        base, dtype=torch.float32, attn_implementation="sdpa", output_loading_info=True)
    assert not info["missing_keys"], info["missing_keys"]
    model.config.use_cache = False
    if adapter:
        model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    return model.train()


def collate(rows):
    longest = max(len(row["ids"]) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for b, row in enumerate(rows):
        end, first = len(row["ids"]), row["trained_from"]
        ids[b, :end] = torch.tensor(row["ids"])
        mask[b, :end] = 1
        labels[b, first:end] = ids[b, first:end]
    return dict(input_ids=ids, attention_mask=mask, labels=labels)


def seconds_since_start():
    ticks = int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100


def peak_bytes():
    """The most memory that was resident; `getrusage` would count the process that started this one."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def exact_norm(parameters, clipped_at):
    """The norm before it was clipped, added up in float64: in float32 that of 135M gradients is 1e-4 too small."""
    norms = [torch.linalg.vector_norm(p.grad, dtype=torch.float64) for p in parameters]
    return torch.linalg.vector_norm(torch.stack(norms)).item() * max(1.0, clipped_at + 1e-6)


def main():
    args = arguments()
    logging.disable_progress_bar()
    torch.set_num_threads(args.threads)
    model = load(args.model, args.adapter)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0, fused=True)
    rows = json.loads(args.rows.read_text())
    batches = [rows[i:i + args.batch_size] for i in range(0, len(rows) - args.batch_size + 1, args.batch_size)]
    seconds, losses, norms, first_step = [], [], [], 0.0
    for step in range(args.warmup + args.steps):
        started = time.perf_counter()
        optimizer.zero_grad()
        loss = model(**collate(batches[step % len(batches)])).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0).item()
        optimizer.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - started)
        norms.append(exact_norm(trained, norm))
        first_step = first_step or seconds_since_start()
    print(json.dumps(dict(
        what="rival", warmup=args.warmup, seconds=seconds, losses=losses, gradient_norms=norms,
        seconds_to_first_step=first_step, peak_bytes=peak_bytes(), threads=args.threads)))


main()
