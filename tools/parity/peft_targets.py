"""What PEFT makes of target, exclude, layer and pattern settings: `peft_targets.json`, a list of `{config, modules}`, for
a Llama, and `peft_targets_phi3.json` for a Phi-3, whose modules for q, k and v and for gate and up are fused.

`modules` maps each module that PEFT adapts to its rank and scaling; the model has 12 layers, so that layer 1 and
layer 11 can be confused.
"""

import json

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from transformers import AutoModelForCausalLM, LlamaConfig, Phi3Config

import golden

LAYERS = 12
CONFIGS = [
    dict(target_modules="all-linear"),
    dict(target_modules="ALL-LINEAR", exclude_modules=["down_proj"]),
    dict(target_modules=None),
    dict(target_modules=["q_proj"]),
    dict(target_modules=["self_attn.q_proj", "model.layers.1.mlp.up_proj"]),
    dict(target_modules=["1.mlp.up_proj"]),
    dict(target_modules=["q_proj", "no_such_proj"]),
    dict(target_modules=r"model\.layers\.(1|3)\..*_proj"),
    dict(target_modules=r".*\.(?P<half>self_attn)\.[qv]_proj"),
    dict(target_modules=["q_proj", "v_proj"], exclude_modules=r".*\.1\..*"),
    dict(target_modules=["q_proj", "v_proj"], exclude_modules=["model.layers.2.self_attn.q_proj", "v_proj"]),
    dict(target_modules=["q_proj"], layers_to_transform=[1, 5]),
    dict(target_modules=["q_proj"], layers_to_transform=1),
    dict(target_modules=["q_proj", "model.layers.7.mlp.up_proj"], layers_to_transform=[1]),
    dict(target_modules=["q_proj"], layers_to_transform=[2], layers_pattern="layers"),
    dict(target_modules=["q_proj"], layers_to_transform=[2], layers_pattern=["blocks", "layers"]),
    dict(target_modules="all-linear", r=16, lora_alpha=32, use_rslora=True),
    dict(target_modules=["q_proj", "v_proj"], rank_pattern={"layers.1.self_attn.q_proj": 2, "q_proj": 3}),
    dict(target_modules=["q_proj", "v_proj"], rank_pattern={"q_proj": 3, "layers.1.self_attn.q_proj": 2}),
    dict(target_modules=["q_proj", "v_proj"], rank_pattern={r"^model\.layers\.[01]\..*": 5}, alpha_pattern={"v_proj": 1}),
    dict(target_modules=["q_proj", "o_proj"], rank_pattern={"proj": 5, ".*o_proj": 6}, alpha_pattern={r"1\d.self_attn.o_proj": 2.5},
         use_rslora=True),
    dict(target_modules=["gate_proj"], r=6, lora_alpha=9, lora_dropout=0.1),
]


FUSED = [
    dict(target_modules="all-linear"),
    dict(target_modules="all-linear", exclude_modules=["qkv_proj"]),
    dict(target_modules=["qkv_proj"]),
    dict(target_modules=["up_proj", "q_proj", "down_proj"]),
    dict(target_modules=["self_attn.qkv_proj", "model.layers.1.mlp.gate_up_proj"]),
    dict(target_modules=r".*v_proj"),
    dict(target_modules=["qkv_proj", "gate_up_proj"], rank_pattern={"layers.1.self_attn.qkv_proj": 2, "up_proj": 3, "gate_up_proj": 5},
         alpha_pattern={"qkv_proj": 3}, use_rslora=True),
    dict(target_modules=["gate_up_proj"], layers_to_transform=[1, 5]),
]


def resolve(settings, kind):
    config = kind(vocab_size=8, hidden_size=4, intermediate_size=4, num_hidden_layers=LAYERS, num_attention_heads=2,
                  bos_token_id=1, eos_token_id=2, pad_token_id=0)
    with torch.device("meta"):
        model = get_peft_model(AutoModelForCausalLM.from_config(config), LoraConfig(task_type="CAUSAL_LM", **settings))
    return {name.removeprefix("base_model.model."): dict(r=layer.r["default"], scaling=layer.scaling["default"])
            for name, layer in model.named_modules() if isinstance(layer, LoraLayer)}


def write(name, kind, configs):
    rows = [dict(config=settings, modules=resolve(settings, kind)) for settings in configs]
    path = golden.path("model", name).with_suffix(".json")
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(path.relative_to(golden.ROOT), [len(row["modules"]) for row in rows])


write("peft_targets", LlamaConfig, CONFIGS)
write("peft_targets_phi3", Phi3Config, FUSED)
