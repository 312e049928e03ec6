#!/usr/bin/env bash
# Malformed files of every kind, through the command: one clear line and exit code 2 or 1; never a stack trace, a hang or a
# half-written result.
set -euo pipefail

real=$SHARED/models/tinystories-656k
good=$OUT/good.jsonl
head -n 200 "$SHARED/data/plain-english/train.jsonl" >"$good"
cases=0
failures=0

# run WHAT COMMAND...: must fail within a minute, say "error:" once, and leave nothing at $OUT/out
run() {
  local what=$1 code=0
  shift
  rm -rf "$OUT/out"
  timeout 60 "$HONE" "$@" >"$OUT/stdout" 2>"$OUT/stderr" || code=$?
  cases=$((cases + 1))
  local problem=""
  [ "$code" -eq 1 ] || [ "$code" -eq 2 ] || problem="exit code $code"
  [ "$(grep -c '^error: ' "$OUT/stderr")" -eq 1 ] || problem="$problem; not one error line"
  ! grep -qE '^\s+at |Exception|WARNING' "$OUT/stderr" || problem="$problem; a stack trace"
  if [ -e "$OUT/out/adapter_config.json" ] || [ -e "$OUT/out/config.json" ]; then
    problem="$problem; a result was left"
  fi
  if [ -n "$problem" ]; then
    failures=$((failures + 1))
    echo "BAD  $what: ${problem#; }"
    sed 's/^/     /' "$OUT/stderr" | head -n 8
  else
    echo "ok   $what: $(grep '^error: ' "$OUT/stderr" | sed "s#$OUT/##g" | cut -c8-150)"
  fi
}

model() { # a fresh copy of the real model, to spoil
  rm -rf "$OUT/model"
  cp -r "$real" "$OUT/model"
  chmod -R u+w "$OUT/model"
}
inspect() { run "$1" inspect "$OUT/model"; }
tune() { run "$1" tune --base "$OUT/model" --data "$good" --out "$OUT/out" --epochs 1; }
data() { # what, then the file on standard input
  cat >"$OUT/bad.jsonl"
  run "$1" tune --base "$real" --data "$OUT/bad.jsonl" --out "$OUT/out" --epochs 1
}
edit() { # sed program on config.json
  model
  sed -i "$1" "$OUT/model/config.json"
}
header() { # python-free: a safetensors file from a JSON header and some bytes of data
  local json=$1 size=$2
  local n=${#json} i
  for i in 0 8 16 24 32 40 48 56; do
    printf "\\x$(printf %02x $(((n >> i) & 255)))"
  done >"$OUT/model/model.safetensors"
  printf '%s' "$json" >>"$OUT/model/model.safetensors"
  head -c "$size" /dev/zero >>"$OUT/model/model.safetensors"
}

# weights
for size in 0 4 8 100 2000 3000 1000000 2626167; do
  model
  truncate -s "$size" "$OUT/model/model.safetensors"
  tune "weights cut to $size bytes"
done
model; printf '\377\377\377\377\377\377\377\177' | dd of="$OUT/model/model.safetensors" conv=notrunc status=none; tune "huge header length"
model; head -c 3000 /dev/urandom >"$OUT/model/model.safetensors"; tune "random weights file"
model; echo tail >>"$OUT/model/model.safetensors"; tune "bytes after the last tensor"
model; header '{"lm_head.weight":{"dtype":"F32","shape":[2048,128],"data_offsets":[0,1048576]},"model.norm.weight":{"dtype":"F32","shape":[128],"data_offsets":[1048000,1048512]}}' 1048576; tune "overlapping tensors"
model; header '{"lm_head.weight":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,1024]}}' 1024; tune "absurd shape"
model; header '{"lm_head.weight":{"dtype":"F32","shape":[-2048,-128],"data_offsets":[0,1048576]}}' 1048576; tune "negative shape"
model; header '{"lm_head.weight":{"dtype":"I8","shape":[2048,128],"data_offsets":[0,262144]}}' 262144; tune "wrong dtype"
model; header '{"lm_head.weight":{"dtype":"F99","shape":[2048,128],"data_offsets":[0,262144]}}' 262144; tune "unknown dtype"
model; header '{"lm_head.weight":{"dtype":"F32","shape":[2048,128]' 262144; tune "cut header"
model; header '{}' 0; tune "no tensors"
model; rm "$OUT/model/model.safetensors"; tune "no weights"
model; rm "$OUT/model/model.safetensors"; mkdir "$OUT/model/model.safetensors"; tune "weights are a directory"

# config and tokenizer
model; : >"$OUT/model/config.json"; inspect "empty config"
model; head -c 300 "$real/config.json" >"$OUT/model/config.json"; inspect "cut config"
edit 's/"llama"/"gpt_neox"/; s/LlamaForCausalLM/GPTNeoXForCausalLM/'; inspect "another architecture"
edit 's/"hidden_size": 128/"hidden_size": -128/'; inspect "negative hidden size"
edit 's/"num_key_value_heads": 4/"num_key_value_heads": 3/'; inspect "heads that do not divide"
edit 's/"hidden_size": 128/"hidden_size": "wide"/'; inspect "hidden size in words"
edit 's/"vocab_size": 2048/"vocab_size": 99999999999/'; inspect "vocabulary beyond all bounds"
edit 's/"vocab_size": 2048/"vocab_size": 2047/'; tune "vocabulary unlike the weights"
edit 's/"num_hidden_layers": 2/"num_hidden_layers": 3/'; tune "a layer without weights"
edit 's/"rope_scaling": null/"rope_scaling": {"rope_type":"yarn","factor":4}/'; inspect "unknown rope scaling"
edit 's/"hidden_act": "silu"/"hidden_act": "gelu"/'; inspect "unknown activation"
model; rm "$OUT/model/tokenizer.json"; tune "no tokenizer"
model; head -c 5000 "$real/tokenizer.json" >"$OUT/model/tokenizer.json"; tune "cut tokenizer"
model; echo '{"model":{}}' >"$OUT/model/tokenizer.json"; tune "empty tokenizer"
model; printf '{%% for %%}' >"$OUT/model/chat_template.jinja"; tune "broken chat template"

# data
model
data "empty data" </dev/null
printf '{"prompt": "a", "completion": "b"\n' | data "cut JSON"
printf '{"prompt": "a", "completion": "b"}\n{"prompt": 3, "completion": "b"}\n' | data "wrong type"
printf '{"question": "a", "answer": "b"}\n{"question": "a", "answer": "b"}\n' | data "unknown fields"
printf '{"messages": [{"role": "wizard", "content": "x"}]}\n' | data "unknown role"
printf '{"messages": []}\n{"messages": []}\n' | data "no messages"
printf '{"messages": [{"role": "user", "content": "x"}]}\n' | data "nothing to learn"
printf '{"prompt": "a", "completion": ""}\n' | data "empty answer"
printf '{"prompt": "a\377\376", "completion": "b"}\n' | data "bad UTF-8"
head -c 4000 /dev/urandom | data "random bytes"
printf '{"prompt": "a", "completion": "b"}\n' | data "one row"
run "no such data" tune --base "$real" --data "$OUT/nowhere.jsonl" --out "$OUT/out"
run "data is a directory" tune --base "$real" --data "$SHARED/data" --out "$OUT/out"
run "answers cut away" tune --base "$real" --data "$good" --out "$OUT/out" --max-length 8
run "held-out rows in training" tune --base "$real" --data "$good" --valid "$good" --out "$OUT/out"

# the command itself
run "no such base" tune --base "$OUT/nowhere" --data "$good" --out "$OUT/out"
run "rank zero" tune --base "$real" --data "$good" --out "$OUT/out" --rank 0
run "unknown target" tune --base "$real" --data "$good" --out "$OUT/out" --targets no_proj
run "length beyond the context" tune --base "$real" --data "$good" --out "$OUT/out" --max-length 100000
run "no such adapter" chat --base "$real" --adapter "$OUT/nowhere" --prompt hello
run "a base as adapter" chat --base "$real" --adapter "$real" --prompt hello
mkdir -p "$OUT/full" && echo kept >"$OUT/full/letter.txt"
run "a full output directory" tune --base "$real" --data "$good" --out "$OUT/full"
grep -q kept "$OUT/full/letter.txt"
run "output is a file" tune --base "$real" --data "$good" --out "$good"
run "more memory than there is" tune --base "$real" --data "$good" --out "$OUT/out" --rank 5000000

# a disk that cannot be written to, and one that is full, where this may be mounted
if mkdir -p "$OUT/tiny" && mount -t tmpfs -o size=200k tmpfs "$OUT/tiny" 2>/dev/null; then
  run "full disk" tune --base "$real" --data "$good" --out "$OUT/tiny/out" --epochs 1
  [ ! -e "$OUT/tiny/out/adapter_config.json" ] || failures=$((failures + 1))
  mount -o remount,ro "$OUT/tiny"
  run "read-only disk" tune --base "$real" --data "$good" --out "$OUT/tiny/other" --epochs 1
  umount "$OUT/tiny"
fi

echo "$cases cases, $failures wrong"
[ "$cases" -ge 40 ] && [ "$failures" -eq 0 ]
