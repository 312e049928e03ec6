"""Golden logits and gradients of a tiny model of each family but Llama, whose own stand in decoder.py and gradients.py.

Each file as those of gradients.py, with `logits` (B, T, V) of the padded rows: `families/NAME` everything is trained,
`families/NAME_lora` an adapter on all linear layers. `config` is config.json as transformers saves it.
"""

import json

import torch
from transformers import AutoConfig, AutoModelForCausalLM

import golden
import tiny

SHAPE = dict(vocab_size=61, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0)
THETA = dict(rope_type="default", rope_theta=10000.0)
SLIDING = ["sliding_attention", "full_attention"]
FAMILIES = {
    "mistral": dict(head_dim=12, sliding_window=5),
    "qwen2": dict(use_sliding_window=True, sliding_window=6, max_window_layers=1, tie_word_embeddings=True),
    "qwen3": dict(head_dim=12, tie_word_embeddings=True),
    "smollm3": dict(no_rope_layers=[1, 0]),
    "granite": dict(embedding_multiplier=3.0, residual_multiplier=0.6, attention_multiplier=0.2, logits_scaling=2.0),
    "olmo2": dict(),
    "gemma2": dict(head_dim=12, query_pre_attn_scalar=10, sliding_window=5, attn_logit_softcapping=4.0,
                   final_logit_softcapping=6.0),
    "gemma3_text": dict(head_dim=12, query_pre_attn_scalar=10, sliding_window=5, layer_types=SLIDING,
                        rope_parameters=dict(full_attention=dict(rope_type="linear", rope_theta=50000.0, factor=2.0),
                                             sliding_attention=THETA)),
    "phi3": dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5),
                 attention_dropout=0.0),
}
rng = golden.deterministic(9)


def model(family, settings):
    """In f32 with weights large enough for logits of order 1, no norm and no bias at what it does nothing at."""
    config = AutoConfig.for_model(family, **{**SHAPE, **settings})
    config._attn_implementation = "eager"
    made = AutoModelForCausalLM.from_config(config).float()
    one = 0 if family.startswith("gemma") else 1
    with torch.no_grad():
        for key, parameter in made.named_parameters():
            draw = torch.randn(parameter.shape, generator=rng) * 0.3
            parameter.copy_(one + draw if "norm" in key else draw)
    return made


def write(name, made, weights, rename, **metadata):
    batch = tiny.batch(rng, rows=3, time=19, vocab=SHAPE["vocab_size"])
    ids, time = batch["ids"].long(), batch["ids"].shape[1]
    mask = (torch.arange(time)[None, :] < batch["lengths"][:, None]).long()
    with torch.no_grad():
        logits = made(input_ids=ids, attention_mask=mask).logits * mask[:, :, None]
    loss, count = tiny.loss_sum(made, batch)
    loss.backward()
    grads = {"g." + rename(k): p.grad for k, p in made.named_parameters() if p.requires_grad}
    assert all(g.abs().max() > 0 for g in grads.values())
    print(f"{name}: logits of standard deviation {logits.std():.2f}, loss {loss / count:.2f}")
    golden.save("model", "families/" + name,
                dict(weights, **batch, logits=logits, loss_sum=loss.reshape(1).detach(),
                     count=torch.tensor([count], dtype=torch.int32), **grads), **metadata)


for family, settings in FAMILIES.items():
    made = model(family, settings)
    made.config.architectures = [type(made).__name__]
    texts = dict(config=json.loads(made.config.to_json_string()))
    weights = tiny.weights(made)
    write(family, made, weights, lambda k: k, **texts)
    made.zero_grad()
    lora = dict(r=4, lora_alpha=8, target_modules="all-linear")
    adapted = tiny.with_lora(made, rng, **lora)
    write(family + "_lora", adapted, dict(weights, **tiny.adapter(adapted)), tiny.saved_name, lora=lora,
          scaling=tiny.scalings(adapted), **texts)
