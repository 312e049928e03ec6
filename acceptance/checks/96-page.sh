#!/usr/bin/env bash
# The server's page in a headless Chromium: jobs, a live job, files, questions, the key; by keyboard, and 400 px wide.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 5 "$OUT"/*.log
  exit 1
}
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || :)
if [ -z "$chromium" ]; then
  { apt-get update && apt-get install -y chromium; } >"$OUT/apt.log" 2>&1 || fail "there is no Chromium"
  chromium=$(command -v chromium)
fi
here=$(cd "$(dirname "$0")/.." && pwd)/page

serve() { # name, options: sets url
  local name=$1
  shift
  "$HONE" serve --port 0 --data-dir "$OUT/$name" "$@" >"$OUT/$name.out" 2>"$OUT/$name.log" &
  servers="${servers:-} $!"
  for _ in $(seq 1 300); do
    url=$(sed -n 's#^serving at \(.*\)/v1 .*#\1#p' "$OUT/$name.out")
    [ -z "$url" ] || return 0
    sleep 0.2
  done
  fail "the server does not start"
}
stop() { # what still runs is given the time to save
  # shellcheck disable=SC2086 # a list of numbers
  kill $servers 2>/dev/null && wait $servers || :
}
trap stop EXIT
field() { # of a JSON object on standard input
  python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
upload() { # file
  curl -sf "$url/v1/files" -F purpose=fine-tune -F "file=@$1" | field id
}

data=$SHARED/data/support-canned
head -n 120 "$data/train.jsonl" >"$OUT/train.jsonl"
head -n 30 "$data/valid.jsonl" >"$OUT/valid.jsonl"
{
  head -n 20 "$data/train.jsonl"
  printf '{"messages": []}\n{"messages": [{"content": "no role"}]}\nno JSON <b>at all</b>\n'
} >"$OUT/bad.jsonl"

"$HONE" advise --data "$OUT/train.jsonl" --out "$OUT/report" --without tuned >"$OUT/advise.log" 2>&1 || [ $? = 4 ] || fail "hone advise fails"
serve data --report "$OUT/report"
training=$(upload "$OUT/train.jsonl")
validation=$(upload "$OUT/valid.jsonl")
body='{"model": "hone", "training_file": "%s", "validation_file": "%s", "suffix": "shop",
  "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}}'
# shellcheck disable=SC2059 # the format is ours
job=$(printf "$body" "$training" "$validation" | curl -sf "$url/v1/fine_tuning/jobs" -H 'Content-Type: application/json' -d @- | field id)
curl -sfN --max-time 600 "$url/v1/fine_tuning/jobs/$job/events?stream=true" >"$OUT/events.txt" || fail "the events end badly"
[ "$(tail -n 2 "$OUT/events.txt" | head -n 1)" = "data: [DONE]" ] || fail "the events do not end"
node "$here/check.mjs" "$chromium" "$url" "$job" "$OUT/bad.jsonl" "$OUT/train.jsonl" "$OUT" || fail "the page does not work"
for name in job ask report; do
  [ "$(wc -c <"$OUT/$name.png")" -gt 10000 ] || fail "$name.png shows nothing"
  [ -z "${PICTURES:-}" ] || cp "$OUT/$name.png" "$PICTURES/page-$name.png"
done

serve keyed --api-key-file "$OUT/key.txt"
node "$here/check.mjs" "$chromium" "$url" none none none "$OUT" "$(cat "$OUT/key.txt")" || fail "the page asks badly for a key"
