#!/usr/bin/env bash
# GGUF files: one that others wrote is the model that llama2.c has, to the bit and in its loss; one of ours answers as its model does.
set -euo pipefail

fail() {
  echo "$1"
  exit 1
}
loss() { # model, data
  "$HONE" eval --base "$1" --data "$2" --train-on-prompt --json 2>/dev/null |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["held_out_loss"])'
}
gguf=$SHARED/models/stories260k-gguf/stories260Ktok512.gguf
text='Once upon a time, there was a little girl named Lily. She loved to play outside in the park.'
echo "{\"text\": \"$text\"}" >"$OUT/text.jsonl"

"$HONE" export --base "$gguf" --to hf --out "$OUT/hf" >/dev/null
hone=$(loss "$gguf" "$OUT/text.jsonl")
python3 - "$SHARED/models/stories260k" "$OUT/hf/model.safetensors" "$text" "$hone" <<'PYTHON' || fail "it is another model"
import array, json, math, struct, sys
folder, hf, text, hone = sys.argv[1:5]
raw = open(folder + "/stories260K.bin", "rb").read()
dim, hidden, layers, heads, kv, vocab, context = struct.unpack("7i", raw[:28])
rest = array.array("f", raw[28:])
shared, vocab, at, d = vocab > 0, abs(vocab), 0, dim // heads
def take(rows, cols):
    global at
    part = [rest[at + r * cols:at + (r + 1) * cols] for r in range(rows)]
    at += rows * cols
    return part
def each(rows, cols):
    return [take(rows, cols) for _ in range(layers)]
embedding, att_norm = take(vocab, dim), take(layers, dim)
q, k, v, o = each(heads * d, dim), each(kv * d, dim), each(kv * d, dim), each(dim, heads * d)
mlp_norm = take(layers, dim)
gate, down, up, norm = each(hidden, dim), each(dim, hidden), each(hidden, dim), take(1, dim)[0]
at += 2 * context * d // 2
head = embedding if shared else take(vocab, dim)

file = open(hf, "rb").read()
size = struct.unpack("<Q", file[:8])[0]
header = json.loads(file[8:8 + size])
def stored(name):
    begin, end = header[name]["data_offsets"]
    return array.array("f", file[8 + size + begin:8 + size + end])
def paired(rows):  # llama2.c rotates neighbours, Hugging Face's checkpoints halves
    return [rows[r - r % d + r % d % (d // 2) * 2 + r % d // (d // 2)] for r in range(len(rows))]
flat = lambda rows: array.array("f", [x for row in rows for x in row])
names = {"model.embed_tokens.weight": embedding, "lm_head.weight": head, "model.norm.weight": [norm]}
for l in range(layers):
    at_l = f"model.layers.{l}."
    names |= {at_l + "self_attn.q_proj.weight": paired(q[l]), at_l + "self_attn.k_proj.weight": paired(k[l]),
              at_l + "self_attn.v_proj.weight": v[l], at_l + "self_attn.o_proj.weight": o[l],
              at_l + "mlp.gate_proj.weight": gate[l], at_l + "mlp.up_proj.weight": up[l], at_l + "mlp.down_proj.weight": down[l],
              at_l + "input_layernorm.weight": [att_norm[l]], at_l + "post_attention_layernorm.weight": [mlp_norm[l]]}
different = [n for n, rows in names.items() if n in header and stored(n) != flat(rows)]
print(f"{len(names)} tensors of llama2.c's file, different: {different}")

tokens = open(folder + "/tok512.bin", "rb").read()
pieces, at_t = [], 4
for _ in range(vocab):
    score, length = struct.unpack("<fi", tokens[at_t:at_t + 8])
    pieces.append((tokens[at_t + 8:at_t + 8 + length].decode("utf-8", "replace"), score))
    at_t += 8 + length
ids = {}
for i, (piece, _) in enumerate(pieces):
    ids.setdefault(piece, i)
row = [ids[c] for c in " " + text]
while True:
    joined = [(pieces[ids[pieces[a][0] + pieces[b][0]]][1], -i) for i, (a, b) in enumerate(zip(row, row[1:]))
              if pieces[a][0] + pieces[b][0] in ids]
    if not joined:
        break
    i = -max(joined)[1]
    row[i:i + 2] = [ids[pieces[row[i]][0] + pieces[row[i + 1]][0]]]
row = [1] + row + [2]

def product(w, x):
    return [math.fsum(a * b for a, b in zip(r, x)) for r in w]
def rms(x, w):
    s = 1 / math.sqrt(sum(a * a for a in x) / len(x) + 1e-5)
    return [a * s * b for a, b in zip(x, w)]
def rotate(x, t):
    y = list(x)
    for i in range(0, len(x), 2):
        angle = t * 10000.0 ** (-(i % d) / d)
        y[i] = x[i] * math.cos(angle) - x[i + 1] * math.sin(angle)
        y[i + 1] = x[i] * math.sin(angle) + x[i + 1] * math.cos(angle)
    return y
keys, values, total = [[] for _ in range(layers)], [[] for _ in range(layers)], 0.0
for t, token in enumerate(row[:-1]):
    x = list(embedding[token])
    for l in range(layers):
        h = rms(x, att_norm[l])
        query = rotate(product(q[l], h), t)
        keys[l].append(rotate(product(k[l], h), t))
        values[l].append(product(v[l], h))
        mixed = []
        for i in range(heads):
            g = i // (heads // kv) * d
            scores = [sum(a * b for a, b in zip(query[i * d:i * d + d], key[g:g + d])) / math.sqrt(d) for key in keys[l]]
            top = max(scores)
            e = [math.exp(s - top) for s in scores]
            mixed += [sum(w * value[g + j] for w, value in zip(e, values[l])) / sum(e) for j in range(d)]
        x = [a + b for a, b in zip(x, product(o[l], mixed))]
        h = rms(x, mlp_norm[l])
        m = [a / (1 + math.exp(-a)) * b for a, b in zip(product(gate[l], h), product(up[l], h))]
        x = [a + b for a, b in zip(x, product(down[l], m))]
    logits = product(head, rms(x, norm))
    top = max(logits)
    total += math.log(sum(math.exp(a - top) for a in logits)) + top - logits[row[t + 1]]
mine = total / (len(row) - 1)
print(f"loss of {len(row) - 1} tokens: {mine:.6f} as llama2.c computes it, {float(hone):.6f} as Hone does")
sys.exit(bool(different) or abs(float(hone) / mine - 1) > 1e-5)
PYTHON

model=$SHARED/models/tinystories-656k
head -n 60 "$SHARED/data/support/valid.jsonl" >"$OUT/valid.jsonl"
"$HONE" export --base "$model" --to gguf --type F32 --out "$OUT/f32.gguf" >/dev/null
for base in "$model" "$OUT/f32.gguf"; do
  "$HONE" chat --base "$base" --prompt 'Once upon a time' --max-tokens 40 2>/dev/null >"$OUT/$(basename "$base").txt"
done
cmp "$OUT/tinystories-656k.txt" "$OUT/f32.gguf.txt" || fail "other words in F32"
"$HONE" export --base "$model" --to gguf --data "$OUT/valid.jsonl" --out "$OUT/best.gguf" 2>/dev/null

# An adapter that is trained on a quantised file runs on it, and merged into it gives the same.
"$HONE" export --base "$model" --to gguf --type Q4_0 --out "$OUT/q4.gguf" >/dev/null
"$HONE" tune --base "$OUT/q4.gguf" --data "$OUT/valid.jsonl" --epochs 2 --out "$OUT/run" >"$OUT/tune.log" 2>&1 || fail "$(tail -n 5 "$OUT/tune.log")"
"$HONE" merge --base "$OUT/q4.gguf" --adapter "$OUT/run" --out "$OUT/merged" --dtype float32
"$HONE" export --base "$OUT/q4.gguf" --adapter "$OUT/run" --to gguf-lora --out "$OUT/lora.gguf"
