"""A tiny Llama model as a GGUF file with many block types in it, written by the gguf package, and Transformers' logits.

The weights that Transformers computes with are what the package decodes the blocks to. Types that it cannot quantise are
drawn as blocks. Rows of q and k are put in pairs, as llama.cpp's converter does."""

import gguf
import torch
from gguf import GGMLQuantizationType as Type
from transformers import LlamaConfig, LlamaForCausalLM

import blocks
import golden

WIDE, HEADS, KV, VOCAB, LAYERS = 256, 4, 2, 64, 1
KINDS = [Type.IQ4_NL, Type.Q4_K, Type.Q6_K, Type.Q5_K, Type.Q3_K, Type.Q2_K, Type.Q4_0, Type.Q5_0]  # embedding first
NAMES = dict(q_proj="attn_q", k_proj="attn_k", v_proj="attn_v", o_proj="attn_output", gate_proj="ffn_gate", up_proj="ffn_up",
             down_proj="ffn_down")
rng = golden.deterministic(21)
llama3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=8192)
config = LlamaConfig(vocab_size=VOCAB, hidden_size=WIDE, intermediate_size=WIDE, num_hidden_layers=LAYERS,
                     num_attention_heads=HEADS, num_key_value_heads=KV, rms_norm_eps=1e-5, max_position_embeddings=128,
                     tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, rope_parameters=llama3)
config._attn_implementation = "eager"
model = LlamaForCausalLM(config).float()
writer = gguf.GGUFWriter(golden.path("model", "gguf/many_types").with_suffix(".gguf"), "llama")
writer.add_block_count(LAYERS)
writer.add_context_length(128)
writer.add_embedding_length(WIDE)
writer.add_feed_forward_length(WIDE)
writer.add_head_count(HEADS)
writer.add_head_count_kv(KV)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_rope_freq_base(10000.0)
writer.add_rope_dimension_count(WIDE // HEADS)
letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
merged = ["▁t", "▁th", "▁the", "he", "▁a", "at", "▁c", "▁cat", "▁m", "▁mat", "▁s", "▁sat", "in", "on", "er"]
pieces = ["▁"] + letters + ["."] + merged
tokens = ["<unk>", "<s>", "</s>", "<|turn|>"] + pieces + [f"<pad{i}>" for i in range(VOCAB - 4 - len(pieces))]
writer.add_tokenizer_model("llama")
writer.add_token_list(tokens)
writer.add_token_scores([0.0] * 4 + [-1000.0 - i for i in range(len(pieces) - len(merged))] +
                        [-float(i) for i in range(len(merged))] + [0.0] * (VOCAB - 4 - len(pieces)))
writer.add_token_types([2, 3, 3, 4] + [1] * len(pieces) + [5] * (VOCAB - 4 - len(pieces)))
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_eot_token_id(3)
writer.add_unk_token_id(0)
writer.add_chat_template("{% for m in messages %}{{ m.content }}<|turn|>{% endfor %}")


def paired(w, heads):
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def in_order(w, heads):
    return w.reshape(heads, w.shape[0] // heads // 2, 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


kinds = iter(KINDS)
with torch.no_grad():
    for key, parameter in model.named_parameters():
        draw = torch.randn(parameter.shape, generator=rng)
        if "norm" in key:
            parameter.copy_(1 + draw * 0.3)
            name = dict(input_layernorm="attn_norm", post_attention_layernorm="ffn_norm").get(key.split(".")[-2])
            name = f"blk.{key.split('.')[2]}.{name}.weight" if name else "output_norm.weight"
            writer.add_tensor(name, parameter.numpy().copy())
            continue
        kind = next(kinds)
        heads = HEADS if "q_proj" in key else KV if "k_proj" in key else 0
        x = (draw / 16).numpy()
        if kind in blocks.HALVES:
            stored = blocks.drawn(kind, *x.shape, 0.02 if kind != Type.IQ4_NL else 0.001)
        else:
            stored = gguf.quantize(paired(x, heads) if heads else x, kind)
        w = gguf.dequantize(stored, kind).reshape(x.shape)
        parameter.copy_(torch.from_numpy(in_order(w, heads) if heads else w))
        module = key.split(".")
        name = "token_embd.weight" if "embed" in key else f"blk.{module[2]}.{NAMES[module[4]]}.weight"
        writer.add_tensor(name, stored, raw_dtype=kind)
    # what llama.cpp's converter makes of llama3's scaling
    inverse = 1.0 / (10000.0 ** (torch.arange(0, 64, 2).float() / 64))
    scaled = model.model.rotary_emb.inv_freq
    writer.add_tensor("rope_freqs.weight", (inverse / scaled).numpy())
    ids = torch.randint(VOCAB, (2, 40), generator=rng)
    logits = model(ids).logits
writer.open_output_file()
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
print(f"logits of standard deviation {logits.std():.2f}")
golden.save("model", "gguf/many_types", dict(ids=ids.int(), logits=logits, q_proj=model.model.layers[0].self_attn.q_proj.weight[:8]))
