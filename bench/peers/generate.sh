#!/usr/bin/env bash
# Decodes with Hone and with Transformers by turns and prints a table of medians:
#   bench/peers/generate.sh PYTHON MODEL [ROUNDS] [ADAPTER]
# Both must choose the same tokens from the same logits before anything counts; after a tie (two logits that differ by
# rounding) they may part. Environment: PROMPT_TOKENS (512), TOKENS (64), THREADS (2).
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,5s/^# //p' "$0" >&2
  exit 2
fi
python=$1 model=$2 rounds=${3:-5}
options=(--model "$model" --prompt-tokens "${PROMPT_TOKENS:-512}" --tokens "${TOKENS:-64}" --threads "${THREADS:-2}")
[ $# -lt 4 ] || options+=(--adapter "$4")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for round in $(seq "$rounds"); do
  "$here/../run" DecodeBench "${options[@]}" --rounds 3 2>"$work/hone.log" >>"$work/hone.json" || { cat "$work/hone.log" >&2; exit 1; }
  "$python" "$here/generate_reference.py" "${options[@]}" --rounds 2 2>"$work/peer.log" >>"$work/peer.json" ||
    { cat "$work/peer.log" >&2; exit 1; }
  echo "round $round of $rounds done" >&2
done

"$python" - "$work" <<'EOF'
import json, statistics, sys

def read(name):
    return [json.loads(line) for line in open(f"{sys.argv[1]}/{name}.json")]

ours, theirs = read("hone"), read("peer")
same = sum(1 for a, b in zip(ours[0]["ids"], theirs[0]["ids"]) if a == b)
logits = list(zip(ours[0]["best_logits"], theirs[0]["best_logits"]))
apart = max(abs(a - b) / abs(b) for a, b in logits)
print(f"{same} of {len(ours[0]['ids'])} tokens alike; best logits of the first {len(logits)} steps at most {apart:.1e} apart")
if apart > 1e-3 or ours[0]["ids"][0] != theirs[0]["ids"][0]:
    sys.exit("not the same model: nothing is compared")

def median(runs, key):
    return statistics.median(run[key] for run in runs)

print(f"\n| {len(ours)} rounds, medians | Hone | Transformers | ratio | of the bound |\n|---|---|---|---|---|")
for what, bound in (("decode", "decode_fraction_of_read"), ("prefill", "prefill_fraction_of_products")):
    key = f"{what}_tokens_per_second"
    a, b = median(ours, key), median(theirs, key)
    ratio = statistics.median(x[key] / y[key] for x, y in zip(ours, theirs))
    print(f"| {what}, tokens/s | {a:.1f} | {b:.1f} | {ratio:.2f} | {100 * median(ours, bound):.0f} % |")
print(f"\nread {median(ours, 'read_bytes_per_second') / 1e9:.1f} GB/s, products"
      f" {median(ours, 'product_flops_per_second') / 1e9:.0f} GFLOP/s; {ours[0]['on']}")
EOF
