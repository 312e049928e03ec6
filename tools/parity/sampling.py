"""What Transformers makes of logits before it draws, and greedy answers of its own `generate`.

`sampling/processors`: `logits` (V), `ids` (T) seen so far, and per case `NAME` the `probabilities` (V) to draw from,
with its settings in the metadata. Order and settings come from `GenerationMixin._get_logits_processor` itself.
`sampling/generate`: a tiny model, `prompt` (T), and per repetition penalty the `greedy` ids that follow it.
"""

import torch
from transformers import GenerationConfig

import golden
import tiny

CASES = {
    "plain": {},
    "temperature": dict(temperature=0.7),
    "hot": dict(temperature=2.5),
    "top_k": dict(top_k=5),
    "top_k_ties": dict(top_k=8),
    "top_k_all": dict(top_k=1000),
    "top_p": dict(top_p=0.8),
    "top_p_tiny": dict(top_p=1e-4),
    "top_p_flat": dict(temperature=3.0, top_p=0.95),
    "min_p": dict(min_p=0.05),
    "min_p_one": dict(min_p=1.0),
    "penalty": dict(repetition_penalty=1.3),
    "reward": dict(repetition_penalty=0.8),
    "top_k_top_p": dict(top_k=20, top_p=0.7),
    "all": dict(repetition_penalty=1.2, temperature=1.5, top_k=40, top_p=0.9, min_p=0.04),
}
rng = golden.deterministic(7)
model = tiny.model("gqa_tied", rng)

logits = torch.randn(1, 301, generator=rng) * 1.5
best = logits.argsort(descending=True)[0]
logits[0, best[8:11]] = logits[0, best[7]].item()  # the eighth is one of four equal ones
seen = torch.cat([best[[0, 3, 50, 3]], torch.randint(301, (20,), generator=rng)])[None]

tensors, settings = dict(logits=logits[0], ids=seen[0].int()), {}
for name, case in CASES.items():
    settings[name] = dict(dict(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, repetition_penalty=1.0), **case)
    config = GenerationConfig(do_sample=True, **settings[name])
    processors = model._get_logits_processor(config, input_ids_seq_length=seen.shape[1], device="cpu")
    tensors[name] = processors(seen, logits.clone()).softmax(-1)[0]
    print(f"{name}: {int((tensors[name] > 0).sum())} tokens left")
golden.save("model", "sampling/processors", tensors, settings=settings)

prompt = torch.randint(3, 61, (1, 9), generator=rng)
answers = {}
for penalty in (1.0, 1.3):
    answer = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=40,
                            repetition_penalty=penalty, eos_token_id=None, pad_token_id=0)[0, prompt.shape[1]:]
    print(f"penalty {penalty}: {answer.tolist()}")
    answers[f"greedy_{penalty}"] = answer.int()
golden.save("model", "sampling/generate", dict(tiny.weights(model), prompt=prompt[0].int(), **answers),
            **tiny.config_texts(model))
