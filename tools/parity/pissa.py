"""Where PiSSA begins: `pissa/start` has a weight `w` and what PEFT makes of it, `ba` (scale · B·A) and the `lengths` of the rows of A.

`pissa` finds the directions by a full decomposition; which way each of them points is left open, so their product is
compared. Here of rank 4 with alpha 6; in `tune`.
"""

import torch
from peft import LoraConfig, get_peft_model

import golden

rng = golden.deterministic(8)
out, width, rank, alpha = 24, 40, 4, 6
net = torch.nn.Sequential(torch.nn.Linear(width, out, bias=False))
with torch.no_grad():
    net[0].weight.copy_(torch.randn(net[0].weight.shape, generator=rng))
weight = net[0].weight.detach().clone()
made = get_peft_model(net, LoraConfig(r=rank, lora_alpha=alpha, target_modules=["0"], init_lora_weights="pissa"))
layer = made.base_model.model[0]
a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
product = layer.scaling["default"] * b @ a
assert (layer.base_layer.weight + product - weight).abs().max() < 1e-5
golden.save("tune", "pissa/start", dict(w=weight, ba=product, lengths=a.norm(dim=1)), rank=rank, scale=alpha / rank)
