#!/usr/bin/env bash
# hone serve with OpenAI's clients for Python and JavaScript: the story of a model from file to answer. Each answer of the
# story, and of nearly fifty requests that are wrong, is held to OpenAI's description of its API.
set -euo pipefail

serve=$(cd "$(dirname "$0")/../serve" && pwd)
python3 -m venv "$OUT/venv"
"$OUT/venv/bin/pip" install -q --disable-pip-version-check openai jsonschema
mkdir "$OUT/js"
cp "$serve/story.mjs" "$OUT/js" # modules are searched beside the script
(cd "$OUT/js" && npm install --silent --no-audit --no-fund openai)

python3 - >"$OUT/rows.jsonl" <<'PYTHON'
import json
goods = ["rye bread", "spelt rolls", "plum cake", "pretzels", "apple pie", "nut bread", "croissants", "waffles"]
for i in range(64):
    asked = f"Do you have {goods[i % 8]} for {2 + i // 8} people?"
    said = f"Yes, we bake {goods[i % 8]} every morning. Come before {7 + i // 8}."
    print(json.dumps({"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]}))
PYTHON

"$HONE" serve --port 0 --data-dir "$OUT/data" --api-key-file "$OUT/key" >"$OUT/serve.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || :; wait "$server" 2>/dev/null || :' EXIT
port=
for _ in $(seq 300); do
  port=$(sed -n 's|^serving at http://127.0.0.1:\([0-9]*\)/v1.*|\1|p' "$OUT/serve.log")
  [ -z "$port" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.2
done
[ -n "$port" ] || {
  cat "$OUT/serve.log"
  exit 1
}
[ "$(stat -c %a "$OUT/key")" = 600 ] || {
  echo "others can read the key"
  exit 1
}

"$OUT/venv/bin/python" "$serve/story.py" "$port" "$OUT/key" "$OUT/rows.jsonl" "$SHARED/openapi/openai-subset.json"
(cd "$OUT/js" && node story.mjs "$port" "$OUT/key" "$OUT/rows.jsonl")

kill "$server"
wait "$server" || :
if grep -E 'ERROR|SEVERE|^\s+at ' "$OUT/serve.log"; then
  echo "the server had errors"
  exit 1
fi
