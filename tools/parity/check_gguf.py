"""Opens a GGUF file of Hone's with the gguf package, decodes every tensor, and holds what it says to a Hugging Face directory.

    check_gguf.py FILE.gguf [MODEL_DIR [TOLERANCE]]

With MODEL_DIR, the file's tensors, decoded by the package and brought into Hugging Face's order by this script's own rules,
must be the directory's within TOLERANCE (relative to each tensor's largest value; default 0)."""

import json
import pathlib
import sys

import gguf
import numpy
from safetensors.numpy import load_file

reader = gguf.GGUFReader(sys.argv[1])
keys = {name: field.contents() for name, field in reader.fields.items()}
architecture = keys["general.architecture"]
tensors = {t.name: (gguf.dequantize(t.data, t.tensor_type), t.tensor_type.name) for t in reader.tensors}
assert all(numpy.isfinite(w).all() for w, _ in tensors.values())
print(f"{architecture}, {len(tensors)} tensors: {sorted({kind for _, kind in tensors.values()})}")
print("keys:", ", ".join(sorted(k for k in keys if not k.startswith("GGUF."))))
if "tokenizer.ggml.tokens" in keys:
    n = len(keys["tokenizer.ggml.tokens"])
    assert n == len(keys["tokenizer.ggml.token_type"]) == tensors["token_embd.weight"][0].shape[0]
if len(sys.argv) > 2:
    folder = pathlib.Path(sys.argv[2])
    config = json.loads((folder / "config.json").read_text())
    weights = {}
    for part in folder.glob("*.safetensors"):
        weights.update(load_file(part))
    tolerance = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    heads = {"q": config["num_attention_heads"], "k": config.get("num_key_value_heads", config["num_attention_heads"])}
    mapping = gguf.get_tensor_name_map(gguf.MODEL_ARCH_NAMES and next(
        a for a, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture), config["num_hidden_layers"])
    worst = 0.0
    for name, w in weights.items():
        stored = mapping.get_name(name, try_suffixes=(".weight", ".bias"))
        if stored == "output.weight" and stored not in tensors:
            stored = "token_embd.weight"
        given = tensors[stored][0].reshape(w.shape)
        w = w.astype(numpy.float32)
        if architecture in ("llama", "granite", "smollm3") and (".q_proj." in name or ".k_proj." in name):
            h = heads[name.split("_proj")[0][-1]]
            given = given.reshape(h, w.shape[0] // h // 2, 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)
        if architecture.startswith("gemma") and name.endswith("norm.weight"):
            given = given - 1
        worst = max(worst, float(abs(given - w).max() / abs(w).max()))
    print(f"largest difference from {folder}: {worst:.2g} of a tensor's largest value")
    sys.exit(worst > tolerance)
