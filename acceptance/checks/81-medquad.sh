#!/usr/bin/env bash
# Records with source addresses: the right address is among the first three.
set -euo pipefail

mkdir "$OUT/docs"
python3 - "$SHARED/data/medquad/qa.jsonl" "$OUT" <<'PYTHON'
import json, random, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
with open(sys.argv[2] + "/docs/medquad.jsonl", "w", encoding="utf-8") as docs:
    for row in rows:
        docs.write(json.dumps({"url": row["url"], "title": row["focus"], "answer": row["answer"]}) + "\n")
random.Random(7).shuffle(rows)
with open(sys.argv[2] + "/questions.jsonl", "w", encoding="utf-8") as questions:
    for row in rows[:500]:
        questions.write(json.dumps({"question": row["question"], "metadata": {"url": row["url"]}}) + "\n")
PYTHON
"$HONE" index "$OUT/docs" --out "$OUT/index" >"$OUT/index.log" 2>&1 || {
  tail -n 5 "$OUT/index.log"
  exit 1
}
"$HONE" index eval --index "$OUT/index" --questions "$OUT/questions.jsonl" --json >"$OUT/eval.json" 2>/dev/null
recall=$(sed -n 's/^ *"recall_at_3" : \([-0-9.E]*\).*/\1/p' "$OUT/eval.json" | head -n 1)
echo "the right address among the first three: $recall"
awk -v r="$recall" 'BEGIN { exit !(r >= 0.85) }'
