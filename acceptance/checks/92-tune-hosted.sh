#!/usr/bin/env bash
# Hone's own server as the provider that fine-tunes: asked for alone, killed in the middle, foretold and measured, used, and deleted.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 5 "$OUT"/*.log
  exit 1
}
. "$(dirname "$0")/../hosting.sh"
start_server
HONE_BASE_KEY=$key
export HONE_BASE_KEY OPENAI_LOG=debug # OpenAI's SDK must not follow it: it would log headers

there() { # path, expression over the list that the server gives
  python3 - "$url/$1" "$2" <<'PYTHON'
import json, os, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + os.environ["HONE_BASE_KEY"]})
all = json.load(urllib.request.urlopen(request))["data"]
print(eval(sys.argv[2]))
PYTHON
}
is() { # what, value, expected
  echo "$1: $2"
  [ "$2" = "$3" ] || fail "$1 is $2, not $3"
}
head -n 60 "$SHARED/data/support-canned/train.jsonl" >"$OUT/rows.jsonl"
options=(--data "$OUT/rows.jsonl" --base "$url#hone" --out "$OUT/report" --without "nearest-answer,few-shot,nearest-shots,optimised-prompt")
advise() { # name, options: a verdict is 0, 4 or 5
  local name=$1 code=0
  shift
  "$HONE" advise "${options[@]}" "$@" >"$OUT/$name.txt" 2>"$OUT/$name.log" || code=$?
  case $code in 0 | 4 | 5) echo "$name: $(head -n 1 "$OUT/$name.txt")" ;; *) fail "$name: exit code $code" ;; esac
}
advise asked
is "files without --tune-hosted" "$(there files 'len(all)')" 0

# Killed as soon as the job is there, it goes on with the same.
"$HONE" advise "${options[@]}" --tune-hosted --epochs 10 >"$OUT/killed.txt" 2>"$OUT/killed.log" &
climb=$!
for _ in $(seq 1 300); do
  [ "$(there fine_tuning/jobs 'len(all)')" = 0 ] || break
  sleep 0.2
done
kill -KILL $climb || fail "the climb ended before it was killed"
wait $climb 2>/dev/null && fail "a killed climb went on" || :
advise again --tune-hosted --epochs 10
is "jobs" "$(there fine_tuning/jobs '[job["status"] for job in all]')" "['succeeded']"
is "files sent" "$(there files 'len([f for f in all if f["purpose"] == "fine-tune"])')" 2

python3 - "$OUT/report/report.json" "$url" <<'PYTHON' || fail "the report lacks the tuned rung, or its forecast is wrong"
import json, sys
report = json.load(open(sys.argv[1]))
rungs = {r["name"]: r for r in report["rungs"]}
tuned = rungs["tuned"]
print("selection rows:", {name: rung["selection"]["estimate"] for name, rung in rungs.items()})
assert tuned["recipe"]["base"].startswith(sys.argv[2] + "#ft:hone:"), tuned
assert tuned["selection"]["estimate"] > rungs["zero-shot"]["selection"]["estimate"]
for what, f, m in (("training_tokens", "foretold", "measured"), ("training_seconds", "foretold_seconds", "measured_seconds")):
    one = report[what][0]
    print(f"{what}: foretold {one[f]:.0f}, measured {one[m]:.0f}: {100 * (one[f] / one[m] - 1):+.0f} %")
one = report["training_tokens"][0]
assert abs(one["foretold"] / one["measured"] - 1) <= 0.25, one
PYTHON

answer=$("$HONE" advise answer --out "$OUT/report" --rung tuned "Where is my parcel?" 2>"$OUT/answer.log") || fail "the tuned rung does not answer"
echo "it answers: $answer"
[ -n "$answer" ] || fail "the answer is empty"

"$HONE" advise delete --out "$OUT/report" --rung tuned >"$OUT/delete.txt" 2>"$OUT/delete.log" || fail "what was made is not deleted"
cat "$OUT/delete.txt"
is "files left" "$(there files 'len(all)')" 0
is "tuned models left" "$(there models '[m["id"] for m in all if m["id"].startswith("ft:")]')" "[]"
for command in "delete" "answer Where?"; do
  code=0
  "$HONE" advise $command --out "$OUT/report" --rung tuned >"$OUT/gone.txt" 2>"$OUT/gone.log" || code=$?
  is "$command of what is gone" "$code" 2
done
rm "$OUT/key.txt"
! grep -rqF "$HONE_BASE_KEY" "$OUT" || fail "the key is in a file"
