"""Golden runs of ten AdamW steps, and the tables of learning rates.

`steps/{full,lora,lora_plus,dora,saved,tokens}`: `w.*` weights at the start, step s trains on `ids[s]`, `mask[s]` (B, T) and `lengths[s]` (B) with
the mean loss over the trained tokens of that batch; `losses` before each update, `grad_norms` before clipping,
`lrs` (f64), `f.*` what was trained, after the last step. Warm-up starts at zero, so the first step changes nothing.
`schedules`: `{kind}_{warmup}_{total}` (f64), the factor of every step from transformers' `get_scheduler`.
"""

import torch
from peft.optimizers import create_loraplus_optimizer
from transformers import get_scheduler

import golden
import tiny

STEPS, WARMUP = 10, 3
rng = golden.deterministic(4)


def decay_groups(model, weight_decay):
    """Weight decay for matrices and embeddings only, as the Trainer of transformers groups them."""
    trained = [p for p in model.parameters() if p.requires_grad]
    return [dict(params=[p for p in trained if p.dim() >= 2], weight_decay=weight_decay),
            dict(params=[p for p in trained if p.dim() < 2], weight_decay=0.0)]


def adamw(model, lr, weight_decay, plus_ratio):
    if plus_ratio == 1:
        return torch.optim.AdamW(decay_groups(model, weight_decay), lr=lr, foreach=False)
    return create_loraplus_optimizer(model, torch.optim.AdamW, lr=lr, loraplus_lr_ratio=plus_ratio,
                                     loraplus_weight_decay=weight_decay, foreach=False)


def train(model, batches, lr, weight_decay, plus_ratio=1):
    """Runs the steps; returns losses, gradient norms and learning rates."""
    optimizer = adamw(model, lr, weight_decay, plus_ratio)
    scheduler = get_scheduler("linear", optimizer, num_warmup_steps=WARMUP, num_training_steps=STEPS)
    losses, norms, lrs = [], [], []
    for batch in batches:
        total, count = tiny.loss_sum(model, batch)
        loss = total / count
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=False).item())
        lrs.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return dict(losses=torch.tensor(losses), grad_norms=torch.tensor(norms), lrs=torch.tensor(lrs, dtype=torch.float64))


def write(name, model, weights, final, lr, weight_decay, plus_ratio=1, **metadata):
    batches = [tiny.batch(rng, rows=3, time=13, vocab=tiny.SHAPE["vocab_size"]) for _ in range(STEPS)]
    record = train(model, batches, lr, weight_decay, plus_ratio)
    print(name, [f"{loss:.4f}" for loss in record["losses"]], [f"{norm:.2f}" for norm in record["grad_norms"]])
    stacked = {key: torch.stack([batch[key] for batch in batches]) for key in batches[0]}
    golden.save("tune", "steps/" + name, dict(weights, **stacked, **record, **final(model)), lr=lr,
                weightDecay=weight_decay, warmupSteps=WARMUP, totalSteps=STEPS, schedule="linear", clip=1.0,
                beta1=0.9, beta2=0.999, eps=1e-8, **metadata)


def full():
    model = tiny.model("gqa_tied", rng)
    write("full", model, tiny.weights(model), lambda m: tiny.weights(m, "f."), 1e-3, 0.1, **tiny.config_texts(model))


def lora(name="lora", lr=1e-2, weight_decay=0.0, kind={}, **more):
    model = tiny.model("gqa_tied", rng)
    weights, texts = tiny.weights(model), tiny.config_texts(model)
    settings = dict(r=4, lora_alpha=8, target_modules="all-linear", **kind)
    peft_model = tiny.with_lora(model, rng, **settings)
    write(name, peft_model, dict(weights, **tiny.adapter(peft_model)), lambda m: tiny.adapter(m, "f."), lr, weight_decay,
          lora=settings, scaling=tiny.scalings(peft_model), **more, **texts)


def schedules():
    tables = {}
    for kind, scheduler_type in ("linear", "linear"), ("cosine", "cosine"), ("constant", "constant_with_warmup"):
        for warmup, total in (0, 10), (3, 10), (1, 7), (5, 5), (26, 862):
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
            scheduler = get_scheduler(scheduler_type, optimizer, num_warmup_steps=warmup, num_training_steps=total)
            factors = []
            for _ in range(total):
                factors.append(scheduler.get_last_lr()[0])
                optimizer.step()
                scheduler.step()
            tables[f"{kind}_{warmup}_{total}"] = torch.tensor(factors, dtype=torch.float64)
    golden.save("tune", "schedules", tables)


full()
lora()
schedules()
lora("lora_plus", 2e-3, 0.1, plus_ratio=16, loraPlusRatio=16)
lora("dora", kind=dict(use_dora=True))
lora("saved", kind=dict(modules_to_save=["embed_tokens", "norm"], ensure_weight_tying=True))
lora("tokens", kind=dict(trainable_token_indices=[40, 7, 9, 60]))
