"""Tiny base models as Hugging Face directories, adapters that PEFT saved for them, and the logits of each.

`peft/base`, `peft/{all_linear,rslora_q_v,patterns,dora,saved,tokens}` as `save_pretrained` writes them; `peft/logits`: `ids` (B, T),
`base`, and per adapter `NAME` (adapter at run time) and `NAME.merged` (after `merge_and_unload`), all (B, T, V). The same
of Phi-3, whose q, k and v are one module and gate and up another, under `peft/phi3`.
"""

import json
import shutil

import torch
from peft import PeftModel
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

import golden
import tiny

TEXT = ["the cat sat on the mat and the rat ran", "a small house stands near the sea", "Who is there? It is me."]
ADAPTERS = {
    "all_linear": dict(r=4, lora_alpha=8, target_modules="all-linear"),
    "rslora_q_v": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], use_rslora=True),
    "patterns": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"],
                     rank_pattern={"layers.0.self_attn.q_proj": 2, "down_proj": 3},
                     alpha_pattern={"layers.1.self_attn.v_proj": 12, "down_proj": 5}),
    "dora": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"], use_dora=True),
    "saved": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], modules_to_save=["embed_tokens", "norm"],
                  ensure_weight_tying=True),
    "tokens": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], trainable_token_indices=[40, 7, 9, 60]),
}
FUSED = {
    "all_linear": dict(r=4, lora_alpha=8, target_modules="all-linear"),
    "rslora_qkv": dict(r=4, lora_alpha=8, target_modules=["qkv_proj"], use_rslora=True),
    "patterns": dict(r=4, lora_alpha=8, target_modules=["qkv_proj", "gate_up_proj", "down_proj"],
                     rank_pattern={"layers.0.self_attn.qkv_proj": 2, "down_proj": 3},
                     alpha_pattern={"layers.1.mlp.gate_up_proj": 12, "down_proj": 5}),
    "dora": dict(r=4, lora_alpha=8, target_modules=r".*\.(qkv|gate_up|o)_proj", use_dora=True),
    "saved": dict(r=4, lora_alpha=8, target_modules=["qkv_proj"], exclude_modules=["layers.0.self_attn.qkv_proj"],
                  modules_to_save=["lm_head", "norm"]),
    "tokens": dict(r=4, lora_alpha=8, target_modules=["qkv_proj"], trainable_token_indices=[40, 7, 9, 60]),
}
ROOT = golden.path("model", "peft/logits").parent
rng = golden.deterministic(5)


def tokenizer():
    """Byte-level BPE cut down to the bytes of `TEXT`, with `<s>` set before a text as Llama tokenizers do."""
    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=tiny.SHAPE["vocab_size"], special_tokens=["<unk>", "<s>", "</s>"],
                                  show_progress=False)
    made.train_from_iterator(TEXT, trainer)
    assert made.get_vocab_size() == tiny.SHAPE["vocab_size"]
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>")


def logits(model, ids):
    with torch.no_grad():
        return model(ids).logits


def save_base(here, model):
    """The base directory; without the fields that change from run to run."""
    model.generation_config.bos_token_id, model.generation_config.eos_token_id = 1, 2
    model.save_pretrained(here / "base")
    tokenizer().save_pretrained(here / "base")


def save_adapter(here, name, settings):
    base = AutoModelForCausalLM.from_pretrained(here / "base")
    base.config._name_or_path = base.name_or_path = "base"
    adapted = tiny.with_lora(base, rng, **settings)
    adapted.save_pretrained(here / name)
    (here / name / "README.md").unlink()
    config = here / name / "adapter_config.json"
    fields = json.loads(config.read_text())
    if isinstance(fields["target_modules"], list):  # PEFT keeps a set, whose order changes from run to run
        fields["target_modules"].sort()
    config.write_text(json.dumps(fields, indent=2) + "\n")


def rows():
    ids = torch.randint(3, tiny.SHAPE["vocab_size"], (2, 11), generator=rng)
    ids[:, 0] = 1
    return ids


def save_all(prefix, model, adapters, ids=None):
    """Returns the rows that the logits are of, drawn here where they are not given."""
    here = golden.path("model", prefix + "/logits").parent
    save_base(here, model)
    ids = rows() if ids is None else ids
    answers = dict(ids=ids.int(), base=logits(AutoModelForCausalLM.from_pretrained(here / "base"), ids))
    for name, settings in adapters.items():
        save_adapter(here, name, settings)
        loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(here / "base"), here / name)
        answers[name] = logits(loaded, ids)
        answers[name + ".merged"] = logits(loaded.merge_and_unload(), ids)
        assert (answers[name] - answers["base"]).abs().max() > 0.1
    golden.save("model", prefix + "/logits", answers)
    return ids


shutil.rmtree(ROOT, ignore_errors=True)
drawn = save_all("peft", tiny.model("gqa_tied", rng), ADAPTERS)
save_all("peft/phi3", tiny.phi3(rng), FUSED, drawn)
for file in sorted(ROOT.rglob("*")):
    if file.is_file():
        print(f"{file.relative_to(golden.ROOT)}  {file.stat().st_size:,} bytes")
