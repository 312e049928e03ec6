#!/usr/bin/env bash
# The ladder with Hone's own server as the one that hosts the model: the same verdict as in process, and a key that is told to nobody.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 5 "$OUT"/*.log
  exit 1
}
"$HONE" serve --port 0 --data-dir "$OUT/data" --api-key-file "$OUT/key.txt" >"$OUT/serve.out" 2>"$OUT/serve.log" &
trap 'kill $! 2>/dev/null && wait $! || :' EXIT
for _ in $(seq 1 300); do
  url=$(sed -n 's#^serving at \(.*/v1\) .*#\1#p' "$OUT/serve.out")
  [ -z "$url" ] || break
  sleep 0.2
done
[ -n "$url" ] || fail "the server does not start"
key=$(cat "$OUT/key.txt")

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
scores = lambda report: {r["name"]: [r.get("selection", {}).get("score"), r.get("test", {}).get("score")] for r in report["rungs"]}
print("verdict:", here["words"])
for name, score in scores(here).items():
    print(name, score, scores(there)[name])
assert here["words"] == there["words"], there["words"]
assert scores(here) == scores(there)
PYTHON
! grep -rqF "$key" "$OUT/there" "$OUT/there.txt" "$OUT/there.log" || fail "the key is in a file"

# A wrong key stops at the first call, in one line; what is asked again goes on.
code=0
HONE_BASE_KEY=sk-planted-4711 "$HONE" advise --data "$OUT/rows.jsonl" --base "$url#hone" --without nearest-answer,linear-classifier \
  --out "$OUT/wrong" >"$OUT/wrong.txt" 2>"$OUT/wrong.log" || code=$?
[ "$code" = 2 ] || fail "a wrong key ends with $code"
grep -q "the key is refused (401)" "$OUT/wrong.log" || fail "a wrong key is not named"
! grep -rqF sk-planted-4711 "$OUT"/wrong* || fail "a wrong key is told"
