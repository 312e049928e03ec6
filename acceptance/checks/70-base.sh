#!/usr/bin/env bash
# The embedded model does what its card says, and a pre-training that is killed comes to the same end.
set -euo pipefail

fail() {
  echo "$1"
  exit 1
}
value() { # file, key: a number from JSON
  sed -n "s/^ *\"$2\" : \([-0-9.E]*\).*/\1/p" "$1"
}
above() { # a, b
  awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'
}

# The demo: in minutes, from a directory of its own, and the tuned model predicts the shop's answers better.
SECONDS=0
"$HONE" demo --out "$OUT/demo" >"$OUT/demo.log" 2>&1 || fail "demo ends with $?: $(tail -n 5 "$OUT/demo.log")"
echo "hone demo: $SECONDS s"
[ "$SECONDS" -lt 480 ] || fail "the demo took $SECONDS s"
sed -n '/^The verdicts:/,/^$/p' "$OUT/demo.log"
for task in canned orders voice facts; do
  grep -q "^$task " "$OUT/demo.log" || fail "the demo has no verdict on $task"
  [ -s "$OUT/demo/reports/$task/report.html" ] || fail "no report on $task"
done
summary=$OUT/demo/run/summary.json
before=$(value "$summary" held_out_loss_before)
after=$(value "$summary" held_out_loss_after)
echo "held-out loss $before before, $after after"
above "$(awk "BEGIN { print 0.6 * $before }")" "$after" || fail "the demo's loss fell from $before to $after only"
grep -q '^after .*Kettle & Crane' "$OUT/demo.log" || fail "no answer after tuning has the shop's sign-off"
grep '^before .*Kettle & Crane' "$OUT/demo.log" && fail "the model knew the shop before"

# Grammar, by BLiMP's pairs.
cat "$SHARED"/data/blimp/*.jsonl >"$OUT/blimp.jsonl"
"$HONE" eval --base hone --data "$OUT/blimp.jsonl" --metric minimal-pairs --json >"$OUT/blimp.json"
blimp=$(value "$OUT/blimp.json" accuracy)
echo "minimal pairs: $blimp"
above "$blimp" 0.62 || fail "minimal pairs: $blimp"

# Answers from a passage, and refusals.
"$(dirname "$HONE")"/base/recipe/rows.sh "$SHARED" "$OUT/rows" --rows 100 >"$OUT/rows.log" 2>&1 || fail "$(cat "$OUT/rows.log")"
exact() { # eval file
  "$HONE" eval --base hone --data "$OUT/rows/eval/$1.jsonl" --metric answers --max-tokens 48 \
    --answers "$OUT/$1.answers" --json >"$OUT/$1.json"
  value "$OUT/$1.json" exact_match
}
with=$(exact passage-with)
without=$(exact passage-without)
refused=$(exact passage-unanswerable)
echo "exact match with the passage $with, without $without; unanswerable ones refused $refused"
above "$with" "$(awk -v w="$without" 'BEGIN { print w + 0.07 }')" || fail "the passage hardly helps"
above "$refused" 0.5 || fail "unanswerable questions are answered more often than refused"

# A format that only examples tell.
none=$(exact format-0-examples)
one=$(exact format-1-examples)
four=$(exact format-4-examples)
echo "format, exact match after 0, 1, 4 examples: $none, $one, $four"
above "$one" "$none" && above "$four" "$one" || fail "examples do not help"

# A pre-training that is killed twice and resumed gives the same bytes.
gzip -cd "$SHARED/corpora/dialogue-00.jsonl.gz" | sed -n '1,1000p' >"$OUT/talk-00.jsonl"
pretrain() { # out, more options
  local out=$1
  shift
  "$HONE" pretrain --data "$OUT/talk-00.jsonl" --out "$out" --vocab-size 512 --layers 2 --width 64 --heads 2 --kv-heads 1 \
    --mlp 128 --context 128 --epochs 1 --batch-size 16 --checkpoint-every 5 "$@" >>"$OUT/pretrain.log" 2>&1
}
pretrain "$OUT/whole" || fail "$(tail -n 5 "$OUT/pretrain.log")"
more=
for kill_at in 10 20; do
  pretrain "$OUT/killed" $more &
  parent=$!
  until [ -f "$OUT/killed/model/metrics.csv" ] && [ "$(wc -l <"$OUT/killed/model/metrics.csv")" -gt "$kill_at" ]; do
    kill -0 "$parent" 2>/dev/null || fail "it ended before it was killed"
    sleep 0.05
  done
  pkill -9 -f "[-]-out $OUT/killed" || fail "nothing to kill"
  wait "$parent" 2>/dev/null && fail "it was not killed"
  more=--resume
done
pretrain "$OUT/killed" --resume || fail "$(tail -n 5 "$OUT/pretrain.log")"
cmp "$OUT/whole/model/model.safetensors" "$OUT/killed/model/model.safetensors" || fail "killed and resumed, it differs"
