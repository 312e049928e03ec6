"""What PEFT makes of target, exclude, layer and pattern settings: `peft_targets.json`, a list of `{config, modules}`.

`modules` maps each module that PEFT adapts to its rank and scaling; the model has 12 layers, so that layer 1 and
layer 11 can be confused.
"""

import json

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from transformers import LlamaConfig, LlamaForCausalLM

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


def resolve(settings):
    config = LlamaConfig(vocab_size=8, hidden_size=4, intermediate_size=4, num_hidden_layers=LAYERS,
                         num_attention_heads=2)
    with torch.device("meta"):
        model = get_peft_model(LlamaForCausalLM(config), LoraConfig(task_type="CAUSAL_LM", **settings))
    return {name.removeprefix("base_model.model."): dict(r=layer.r["default"], scaling=layer.scaling["default"])
            for name, layer in model.named_modules() if isinstance(layer, LoraLayer)}


rows = [dict(config=settings, modules=resolve(settings)) for settings in CONFIGS]
path = golden.path("model", "peft_targets").with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(path.relative_to(golden.ROOT), [len(row["modules"]) for row in rows])
