#!/usr/bin/env bash
# Hone against Transformers and PEFT on the same machine, same rows, same settings, by turns:
#   bench/peers/compare.sh PYTHON MODEL TRAIN.jsonl VALID.jsonl [ROUNDS]
# PYTHON is one that has torch, transformers and peft (tools/parity/README.md). Prints both runs of every round and the ratio
# of their training speeds (all tokens per second, padding not counted); held-out losses must agree within 2 %, or it fails.
set -euo pipefail

if [ $# -lt 4 ]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 2
fi
python=$1 model=$2 train=$3 valid=$4 rounds=${5:-3}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

hone() { # method, learning rate, further options
  rm -rf "$work/run"
  "$here/../../hone" tune --base "$model" --data "$train" --valid "$valid" --out "$work/run" --method "$1" --lr "$2" --epochs 1 \
    --batch-size 32 --weight-decay 0 --eval-every 0 --threads 2 "${@:3}" >"$work/hone.log" 2>&1 || { cat "$work/hone.log"; exit 1; }
  cp "$work/run/summary.json" "$work/hone.json"
}

for round in $(seq "$rounds"); do
  for method in lora full; do
    if [ "$method" = lora ]; then
      hone lora 3e-3 --rank 16 --alpha 32
    else
      hone full 1e-3
    fi
    "$python" "$here/tune_reference.py" --base "$model" --data "$train" --valid "$valid" --method "$method" --threads 2 \
      2>"$work/peer.log" | tail -n 1 >"$work/peer.json"
    "$python" - "$round" "$method" "$work" <<'EOF'
import json, sys
round, method, work = sys.argv[1:]
ours, theirs = (json.load(open(f"{work}/{name}.json")) for name in ("hone", "peer"))
loss, other = ours["held_out_loss_after"], theirs["held_out_loss_after"]
print(f"round {round} {method:4}: {ours['tokens_per_second']:8.0f} against {theirs['tokens_per_second']:6.0f} tokens/s,"
      f" {ours['tokens_per_second'] / theirs['tokens_per_second']:.2f} times as fast;"
      f" peak {ours['peak_memory_bytes'] / 1e6:.0f} against {theirs['peak_rss_bytes'] / 1e6:.0f} MB;"
      f" held-out loss {loss:.4f} against {other:.4f}", flush=True)
sys.exit(abs(loss / other - 1) > 0.02)
EOF
  done
done
