#!/usr/bin/env bash
# Ten times kill -9 at random moments, each time resumed: the final files have the bytes of a run never interrupted.
set -euo pipefail

base=$SHARED/models/tinystories-656k
head -n 600 "$SHARED/data/plain-english/train.jsonl" >"$OUT/train.jsonl"

tune() { # directory, further options
  local out=$1
  shift
  exec "$HONE" tune --base "$base" --data "$OUT/train.jsonl" --out "$out" --lr 3e-3 --epochs 2 --batch-size 16 --rank 8 \
    --dropout 0.1 --eval-every 50 --checkpoint-every 7 --threads 2 --seed 5 "$@"
}

SECONDS=0
(tune "$OUT/whole") >"$OUT/whole.log" 2>&1
whole=$SECONDS
echo "uninterrupted: $whole s"

check() { # the files of a finished run
  for file in adapter_model.safetensors adapter_config.json hone.json hone_proof.json valid.jsonl split.json; do
    cmp "$OUT/whole/$file" "$OUT/killed/$file"
  done
  # Every step stands once in the metrics, with the same loss.
  for run in whole killed; do
    cut -d, -f1-5,10 "$OUT/$run/metrics.csv" >"$OUT/$run.steps"
  done
  cmp "$OUT/whole.steps" "$OUT/killed.steps"
}

RANDOM=${KILL_SEED:-4711}
kills=0
while [ "$kills" -lt 10 ]; do
  # moments from the start to the end of a whole run, so that some hit the data, some training, some saving
  delay=$(awk -v r="$RANDOM" -v w="$whole" 'BEGIN { print 0.2 + r / 32768 * w * 0.8 }')
  (tune "$OUT/killed" --resume) >"$OUT/killed.log" 2>&1 &
  pid=$!
  sleep "$delay"
  if kill -9 "$pid" 2>/dev/null; then
    kills=$((kills + 1))
    echo "kill $kills after $delay s: $(tail -n 1 "$OUT/killed/metrics.jsonl" 2>/dev/null | cut -c1-60)"
    wait "$pid" 2>/dev/null || :
  else
    wait "$pid" || { cat "$OUT/killed.log"; exit 1; }
    echo "finished before it was killed: same files"
    check
    rm -rf "$OUT/killed"
  fi
done
(tune "$OUT/killed" --resume) >"$OUT/killed.log" 2>&1 || {
  cat "$OUT/killed.log"
  exit 1
}
check
