#!/usr/bin/env bash
# The ladder with Hone's own server as the one that hosts the model: the same verdict as in process, a model that judges there, rows made of its answers,
# and a key that is told to nobody.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 5 "$OUT"/*.log
  exit 1
}
. "$(dirname "$0")/../hosting.sh"
start_server

head -n 200 "$SHARED/data/support-canned/train.jsonl" >"$OUT/rows.jsonl"
advise() { # name, options: a verdict is 0, 4 or 5
  local name=$1 code=0
  shift
  "$HONE" advise --data "$OUT/rows.jsonl" --without nearest-answer,linear-classifier,tuned,optimised-prompt,few-shot --out "$OUT/$name" "$@" \
    >"$OUT/$name.txt" 2>"$OUT/$name.log" || code=$?
  case $code in 0 | 4 | 5) echo "$name: $(head -n 1 "$OUT/$name.txt")" ;; *) fail "$name: exit code $code" ;; esac
}
advise here
HONE_BASE_KEY=$key advise there --base "$url#hone"
python3 - "$OUT/here/report.json" "$OUT/there/report.json" <<'PYTHON' || fail "the verdicts differ"
import json, sys
here, there = (json.load(open(path)) for path in sys.argv[1:])
scores = lambda report: {r["name"]: [r.get("selection", {}).get("estimate"), r.get("test", {}).get("estimate")] for r in report["rungs"]}
print("verdict:", here["words"])
for name, score in scores(here).items():
    print(name, score, scores(there)[name])
assert here["words"] == there["words"], there["words"]
assert scores(here) == scores(there)
PYTHON
! grep -rqF "$key" "$OUT/there" "$OUT/there.txt" "$OUT/there.log" || fail "the key is in a file"

# A judge that is hosted, of answers that are not; a second run asks it nothing.
judge() {
  advise judged --without nearest-shots,constrained --metric "judge:$url#hone" --judge-own-family --judge-key-file "$OUT/key.txt"
}
judge
lines=$(grep -c . "$OUT/judged/judged.jsonl")
judge
[ "$lines" -gt 0 ] && [ "$lines" = "$(grep -c . "$OUT/judged/judged.jsonl")" ] || fail "the judge was asked twice"
grep -q "judge not checked" "$OUT/judged.txt" || fail "nothing is said of the judge"
! grep -rqF "$key" "$OUT/judged" "$OUT/judged.txt" "$OUT/judged.log" || fail "the judge's key is in a file"

# Rows out of its answers are rows to train on.
from_model() {
  "$HONE" data from-model --base "$url#hone" --key-file "$OUT/key.txt" --data "$OUT/rows.jsonl" --out "$OUT/made.jsonl" --metric rouge-l --at-least 0.1 \
    --samples 2 --max-tokens 64 --json >"$OUT/made.json" 2>"$OUT/made.log" || fail "no rows are made"
}
from_model
made=$(wc -l <"$OUT/made.jsonl")
[ "$made" -gt 0 ] || fail "no answer was accepted"
from_model
grep -q '"answers_now" *: *0' "$OUT/made.json" || fail "a question was asked twice"
"$HONE" data check "$OUT/made.jsonl" --base hone >"$OUT/check.txt" || fail "the rows cannot be trained on"
! grep -qF "$key" "$OUT"/made* || fail "the key is in a file of rows"
echo "$made rows made of 200 questions, $lines verdicts"

# A wrong key stops at the first call, in one line; what is asked again goes on.
code=0
HONE_BASE_KEY=sk-planted-4711 "$HONE" advise --data "$OUT/rows.jsonl" --base "$url#hone" --without nearest-answer,linear-classifier \
  --out "$OUT/wrong" >"$OUT/wrong.txt" 2>"$OUT/wrong.log" || code=$?
[ "$code" = 2 ] || fail "a wrong key ends with $code"
grep -q "the key is refused (401)" "$OUT/wrong.log" || fail "a wrong key is not named"
! grep -rqF sk-planted-4711 "$OUT"/wrong* || fail "a wrong key is told"
