"""Golden logits of tiny Llama models: `w.*` weights, `ids` (B, T), `logits` (B, T, V)."""

import torch

import golden
import tiny

rng = golden.deterministic(2)
for name, (batch, time) in {"gqa_tied": (3, 17), "mha_untied_bias": (2, 17), "llama3_rope": (2, 40),
                            "linear_rope": (2, 23), "yarn_rope": (2, 60), "longrope": (2, 50)}.items():
    model = tiny.model(name, rng)
    ids = torch.randint(model.config.vocab_size, (batch, time), generator=rng)
    with torch.no_grad():
        logits = model(ids).logits
    print(f"{name}: logits of standard deviation {logits.std():.2f}")
    golden.save("model", "decoder/" + name, dict(tiny.weights(model), ids=ids.int(), logits=logits),
                **tiny.config_texts(model))
