#!/usr/bin/env bash
# A base in 8 bits trains as well as one in float32, within 0.5 % of the held-out loss; eval gives tune's figure again without
# being told of it, and so does the merged model.
set -euo pipefail

base=$SHARED/models/tinystories-656k
data=$SHARED/data/plain-english
head -n 3000 "$data/train.jsonl" > "$OUT/train.jsonl"

tune() { # base dtype
  "$HONE" tune --base "$base" --base-dtype "$1" --data "$OUT/train.jsonl" --valid "$data/valid.jsonl" --out "$OUT/$1" \
    --lr 3e-3 --epochs 1 --batch-size 32 --eval-every 0
}

loss() { # directory of a run
  sed -n 's/^ *"held_out_loss_after" : \([0-9.]*\),$/\1/p' "$1/summary.json"
}

eval_loss() { # options of eval
  "$HONE" eval "$@" --data "$data/valid.jsonl" --json | sed -n 's/.*"held_out_loss" *: *\([0-9.]*\).*/\1/p'
}

near() { # what, value, expected, share that it may be off
  echo "$1: $2, expected $3"
  awk -v x="$2" -v y="$3" -v s="$4" 'BEGIN { exit !(x != "" && x >= y * (1 - s) && x <= y * (1 + s)) }' || {
    echo "$1 is off by more than $4 of it"
    exit 1
  }
}

tune float32
tune int8
near "held-out loss on int8" "$(loss "$OUT/int8")" "$(loss "$OUT/float32")" 0.005
near "eval's loss" "$(eval_loss --base "$base" --adapter "$OUT/int8")" "$(loss "$OUT/int8")" 0.000001

"$HONE" merge --base "$base" --adapter "$OUT/int8" --out "$OUT/merged" --dtype float32
near "the merged model's loss" "$(eval_loss --base "$OUT/merged")" "$(loss "$OUT/int8")" 0.00001

if "$HONE" chat --base "$base" --base-dtype float32 --adapter "$OUT/int8" --prompt Hello 2> "$OUT/refused"; then
  echo "an adapter of int8 ran on float32"
  exit 1
fi
grep -q "was trained on a base in int8, not in float32" "$OUT/refused"
