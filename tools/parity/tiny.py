"""The tiny Llama models that the golden files share, with weights drawn here and never by transformers."""

import json

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig, Phi3Config

SHAPE = dict(vocab_size=61, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, rms_norm_eps=1e-5, max_position_embeddings=128, tie_word_embeddings=True,
             bos_token_id=1, eos_token_id=2, rope_parameters=dict(rope_type="default", rope_theta=10000.0))
LLAMA3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
CONFIGS = {
    "gqa_tied": {},
    "mha_untied_bias": dict(num_key_value_heads=4, head_dim=12, attention_bias=True, mlp_bias=True,
                            tie_word_embeddings=False),
    "llama3_rope": dict(rope_parameters=LLAMA3),
    "yarn_rope": dict(rope_parameters=dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, beta_fast=2.0,
                                           original_max_position_embeddings=32)),
    "longrope": dict(rope_parameters=dict(rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.3, 2.1, 4.7],
                                          long_factor=[9.0, 9.0, 9.0, 9.0], original_max_position_embeddings=64)),
    "linear_rope": dict(rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=2.0)),
}

KEYS = set("""attention_bias attention_dropout bos_token_id eos_token_id head_dim hidden_act hidden_size
    initializer_range intermediate_size max_position_embeddings mlp_bias model_type num_attention_heads
    num_hidden_layers num_key_value_heads pad_token_id pretraining_tp rms_norm_eps rope_parameters
    tie_word_embeddings transformers_version use_cache vocab_size""".split())


def model(name, rng):
    """Model `name` in f32 with weights large enough for logits of order 1, no norm at one and no bias at zero."""
    return drawn(LlamaConfig(**{**SHAPE, **CONFIGS[name]}), rng)


def phi3(rng):
    """The same of Phi-3: q, k and v are one module, and half of each head is not rotated."""
    rope = dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)
    return drawn(Phi3Config(**{**SHAPE, "tie_word_embeddings": False, "rope_parameters": rope, "pad_token_id": 0,
                               "attention_dropout": 0.0}), rng)


def drawn(config, rng):
    config._attn_implementation = "eager"
    made = AutoModelForCausalLM.from_config(config).float()
    with torch.no_grad():
        for key, parameter in made.named_parameters():
            draw = torch.randn(parameter.shape, generator=rng) * 0.3
            parameter.copy_(1 + draw if "norm" in key else draw)
    return made


def weights(made, prefix="w."):
    """Parameters under their Hugging Face names; a tied head appears once, as the embedding."""
    return {prefix + key: value.detach().clone() for key, value in made.named_parameters()}


def config_texts(made):
    """config.json as transformers 5 writes it, and in the older spelling (`rope_theta`, `rope_scaling`, no head_dim)."""
    saved = json.loads(made.config.to_json_string(use_diff=False))
    config = {key: saved[key] for key in sorted(KEYS & saved.keys())}
    config.update(architectures=["LlamaForCausalLM"], dtype="float32")
    older = dict(config, torch_dtype=config["dtype"])
    del older["dtype"]
    rope = dict(older.pop("rope_parameters"))
    older["rope_theta"] = rope.pop("rope_theta")
    older["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    if older["head_dim"] * older["num_attention_heads"] == older["hidden_size"]:
        del older["head_dim"]
    return dict(config=config, config_v4=older)


def with_lora(made, rng, **settings):
    """`made` under a PEFT adapter whose A and B are both random, so that no gradient is zero by construction."""
    peft_model = get_peft_model(made, LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **settings))
    with torch.no_grad():
        for key, parameter in peft_model.named_parameters():
            if "lora_magnitude_vector" in key:
                parameter.mul_(1 + torch.randn(parameter.shape, generator=rng) * 0.2)
            elif is_saved(key):
                parameter.add_(torch.randn(parameter.shape, generator=rng) * 0.1)
            elif "lora_" in key:
                parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.2)
    return peft_model


def is_saved(key):
    """Whether a parameter is that of a module that PEFT trains as a whole, or rows of tokens."""
    return ".modules_to_save." in key or ".trainable_tokens_delta" in key


def saved_name(key):
    """The name that PEFT's `save_pretrained` gives to an adapter's parameter."""
    return key.replace(".lora_magnitude_vector.default.weight", ".lora_magnitude_vector").replace(".modules_to_save.default.", ".").replace(
        ".default.", ".").replace("trainable_tokens_delta.default", "trainable_tokens_delta")


def adapter(peft_model, prefix="w."):
    """A, B, magnitudes and whole modules under the names that PEFT saves."""
    return {prefix + saved_name(k): v.detach().clone() for k, v in peft_model.named_parameters()
            if "lora_" in k or is_saved(k)}


def scalings(peft_model):
    """What each adapted module multiplies `B·A·x` with, by module name."""
    return {k.removeprefix("base_model.model."): m.scaling["default"]
            for k, m in peft_model.named_modules() if hasattr(m, "lora_A")}


def batch(rng, rows, time, vocab):
    """Rows of unequal length, padded on the right: `ids` and `mask` (B, T) i32, `lengths` (B) i32.

    `mask` marks the trained tokens: token t is a target, predicted from token t-1. A row starts untrained, and the
    first row also has a hole, as a conversation with two answers has.
    """
    lengths = torch.randint(time // 2, time + 1, (rows,), generator=rng)
    lengths[0] = time
    ids = torch.randint(3, vocab, (rows, time), generator=rng)
    ids[:, 0] = 1
    mask = torch.zeros(rows, time, dtype=torch.int32)
    for row, length in enumerate(lengths.tolist()):
        ids[row, length:] = 0
        start = int(torch.randint(1, length - 1, (1,), generator=rng))
        mask[row, start:length] = 1
    mask[0, 1:time] = 1
    mask[0, time // 3:time // 2] = 0
    return dict(ids=ids.int(), mask=mask, lengths=lengths.int())


def loss_sum(made, batch):
    """`(sum of cross-entropy over trained tokens, their number)`."""
    ids, time = batch["ids"].long(), batch["ids"].shape[1]
    attention = (torch.arange(time)[None, :] < batch["lengths"][:, None]).long()
    logits = made(input_ids=ids, attention_mask=attention).logits
    trained = batch["mask"][:, 1:].bool()
    return F.cross_entropy(logits[:, :-1][trained], ids[:, 1:][trained], reduction="sum"), int(trained.sum())
