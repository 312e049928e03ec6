"""Golden gradients of the whole decoder, for full and for LoRA training.

Each file: `w.*` weights (and A, B under the names that PEFT saves), `ids`, `mask` (B, T), `lengths` (B),
`loss_sum` (1), `count` (1), and `g.*`, the gradient of `loss_sum` for everything that is trained. Rows are padded
here only; the padding has no influence, which is checked.
"""

import torch

import golden
import tiny

rng = golden.deterministic(3)


def check_padding(model, batch, loss):
    """Rows alone, without padding, give the same sum."""
    with torch.no_grad():
        alone = sum(tiny.loss_sum(model, dict(ids=batch["ids"][b:b + 1, :n], mask=batch["mask"][b:b + 1, :n],
                                              lengths=batch["lengths"][b:b + 1]))[0]
                    for b, n in enumerate(batch["lengths"].tolist()))
    assert abs(alone - loss) < 1e-5 * abs(loss), (alone, loss)


def write(name, model, weights, rename, **metadata):
    """Computes loss and gradients and saves them; `rename` maps a trained parameter to its golden name."""
    batch = tiny.batch(rng, rows=3, time=17, vocab=tiny.SHAPE["vocab_size"])
    loss, count = tiny.loss_sum(model, batch)
    loss.backward()
    check_padding(model, batch, loss.detach())
    grads = {"g." + rename(k): p.grad for k, p in model.named_parameters() if p.requires_grad}
    assert all(g.abs().max() > 0 for g in grads.values())
    golden.save("model", "gradients/" + name,
                dict(weights, **batch, loss_sum=loss.reshape(1), count=torch.tensor([count], dtype=torch.int32), **grads),
                **metadata)


def full(name):
    model = tiny.model(name, rng)
    write("full_" + name, model, tiny.weights(model), lambda k: k, **tiny.config_texts(model))


def lora(name, base, **settings):
    model = tiny.model(base, rng)
    weights, texts = tiny.weights(model), tiny.config_texts(model)
    peft_model = tiny.with_lora(model, rng, **settings)
    write("lora_" + name, peft_model, dict(weights, **tiny.adapter(peft_model)), tiny.saved_name,
          lora=settings, scaling=tiny.scalings(peft_model), **texts)


full("gqa_tied")
full("mha_untied_bias")
lora("all_linear", "gqa_tied", r=4, lora_alpha=8, target_modules="all-linear")
lora("all_linear_bias", "mha_untied_bias", r=4, lora_alpha=8, target_modules="all-linear")
lora("rslora", "gqa_tied", r=4, lora_alpha=8, target_modules="all-linear", use_rslora=True)
lora("q_v", "gqa_tied", r=3, lora_alpha=8, target_modules=["q_proj", "v_proj"])
lora("dora", "gqa_tied", r=4, lora_alpha=8, target_modules="all-linear", use_dora=True)
lora("dora_bias", "mha_untied_bias", r=4, lora_alpha=8, target_modules=["q_proj", "o_proj", "down_proj"], use_dora=True)
lora("tokens", "gqa_tied", r=3, lora_alpha=8, target_modules=["q_proj", "v_proj"], trainable_token_indices=[40, 7, 9, 60])
lora("tokens_untied", "mha_untied_bias", r=3, lora_alpha=8, target_modules=["q_proj", "v_proj"],
     trainable_token_indices={"embed_tokens": [40, 7, 60], "lm_head": [11, 40]})
