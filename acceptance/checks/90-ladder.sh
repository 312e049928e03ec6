#!/usr/bin/env bash
# The ladder on real rows: rung 0, verdicts, resume, the same report again, and how well training time was foretold.
set -euo pipefail

fail() {
  echo "$1"
  exit 1
}
above() { # name, value, at least
  echo "$1: $2"
  awk -v a="$2" -v b="$3" 'BEGIN { exit !(a >= b) }' || fail "$1 is $2, not $3"
}
figure() { # report, expression over j
  python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
rung = lambda name: next(r for r in j["rungs"] if r["name"] == name)
print(eval(sys.argv[2]))' "$OUT/$1/report.json" "$2"
}
advise() { # name, options: a verdict is 0, 4 or 5
  local name=$1 code=0
  shift
  SECONDS=0
  "$HONE" advise --out "$OUT/$name" "$@" >"$OUT/$name.txt" 2>"$OUT/$name.log" || code=$?
  case $code in
    0 | 4 | 5) echo "$name, $SECONDS s: $(head -n 1 "$OUT/$name.txt")" ;;
    *) fail "$name: exit code $code: $(tail -n 5 "$OUT/$name.log")" ;;
  esac
}
data=$SHARED/data

# Measures: SQuAD's systems score as published, every accepted call of BFCL is right.
root=$(cd "$(dirname "$0")/../.." && pwd)
(cd "$root" && mvn -B -q -pl testkit,tensor,model,tune,rag,ladder -DexcludedGroups= -Dgroups=shared -Dtest=SharedDataTest \
  -Dsurefire.failIfNoSpecifiedTests=false test)
sed -n 's/^Tests run/scores of others/p' "$root"/ladder/target/surefire-reports/*SharedDataTest.txt

python3 - "$SHARED" "$OUT" <<'PYTHON'
import json, random, sys
shared, out = sys.argv[1] + "/data/", sys.argv[2] + "/"
def write(name, rows):
    with open(out + name, "w", encoding="utf-8") as file:
        for row in rows:
            file.write((row if isinstance(row, str) else json.dumps(row)).strip() + "\n")
def lines(name):
    return open(shared + name, encoding="utf-8").readlines()
rng = random.Random(1)
bookings = []
for row in json.load(open(shared + "booking-fields/train_0.json", encoding="utf-8")):
    text = row["userInput"]["text"]
    fields = {}
    for label in row.get("labels", []):
        span = label.get("valueSpan", {})
        fields[label["slot"]] = text[span.get("startIndex", 0):span.get("endIndex", len(text))]
    if fields:
        bookings.append({"prompt": text, "completion": json.dumps(fields)})
rng.shuffle(bookings)
write("bookings.jsonl", bookings[:1500])
write("support.jsonl", rng.sample(lines("support/train.jsonl"), 300))
write("plain.jsonl", rng.sample(lines("plain-english/train.jsonl"), 800))
calls = []
for line in lines("toolcalls/train.jsonl"):
    row = json.loads(line)
    call = {"name": row["call"]["name"], "arguments": json.dumps(row["call"]["arguments"])}
    tools = [{"type": "function", "function": tool} for tool in row["tools"]]
    answer = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": call}]}
    calls.append({"tools": tools, "messages": row["messages"] + [answer], "metadata": {"service": row["service"]}})
write("calls.jsonl", rng.sample(calls, 300))
records = [json.loads(line) for line in lines("medquad/qa.jsonl")]
some = rng.sample(records, 400)
import os
os.makedirs(out + "medquad-docs")
write("medquad-docs/medquad.jsonl", [{"url": r["url"], "title": r["focus"], "answer": r["answer"][:2000]} for r in some])
write("medquad.jsonl", [{"prompt": r["question"], "completion": r["answer"][:300]} for r in some])
PYTHON

# Rung 0 is enough for standard answers, and strong on intents.
advise canned --data "$data/support-canned/train.jsonl" --valid "$data/support-canned/valid.jsonl"
above "canned answers, exact" "$(figure canned 'rung(j["verdict"]["rung"])["test"]["estimate"]')" 0.95
grep -q "^You need no language model" "$OUT/canned.txt" || fail "the verdict is another"
[ "$SECONDS" -le 30 ] || fail "it took $SECONDS s"
advise banking --data "$data/banking77/train.csv" --csv-prompt text --csv-completion category --metric macro-f1 \
  --without zero-shot,constrained,few-shot,nearest-shots,optimised-prompt,tuned
above "banking77, macro-F1" "$(figure banking 'rung("linear-classifier")["test"]["estimate"]')" 0.87
[ "$SECONDS" -le 30 ] || fail "it took $SECONDS s"

# The same again, byte for byte but for times.
same() {
  python3 -c 'import json, re, sys
def clean(path):
    j = json.load(open(path))
    for key in ("seconds", "answers_now"):
        del j[key]
    text = re.sub(r"\"(latency_ms_p\d+|build_seconds)\": [0-9.eE-]+", "", json.dumps(j))
    return text.replace(sys.argv[4], "").replace(sys.argv[3], "")
sys.exit(clean(sys.argv[1]) != clean(sys.argv[2]))' "$OUT/$1/report.json" "$OUT/$2/report.json" "$OUT/$1" "$OUT/$2"
}
advise canned-again --data "$data/support-canned/train.jsonl" --valid "$data/support-canned/valid.jsonl"
same canned canned-again || fail "another report from the same rows and seed"

# Killed and started again: no finished answer is asked for twice.
"$HONE" advise --out "$OUT/bookings" --data "$OUT/bookings.jsonl" >/dev/null 2>&1 &
until [ -s "$OUT/bookings/calls.jsonl" ] && [ "$(wc -l <"$OUT/bookings/calls.jsonl")" -gt 200 ]; do sleep 0.1; done
pkill -9 -f "[-]-out $OUT/bookings " || :
wait $! 2>/dev/null || :
kept=$(grep -c '}$' "$OUT/bookings/calls.jsonl")
advise bookings --data "$OUT/bookings.jsonl"
lines=$(python3 -c 'import json, sys
keys = []
for line in open(sys.argv[1]):
    try:
        keys.append(json.loads(line)["key"])
    except ValueError:
        pass
print(len(keys) - len(set(keys)))' "$OUT/bookings/calls.jsonl")
echo "killed after $kept answers; asked twice: $lines"
[ "$lines" -eq 0 ] || fail "$lines answers were asked for twice"
above "bookings, slot F1 of the tuned model" "$(figure bookings 'rung("tuned")["test"]["estimate"]')" 0.5

# A report for each kind of task.
advise support --data "$OUT/support.jsonl"
advise plain --data "$OUT/plain.jsonl"
advise calls --data "$OUT/calls.jsonl" --group service
advise medquad --data "$OUT/medquad.jsonl" --docs "$OUT/medquad-docs"

# Training time as it was foretold.
python3 - "$OUT"/{bookings,support,plain,medquad}/report.json <<'PYTHON' || fail "training time was foretold wrongly"
import json, statistics, sys
errors = []
for path in sys.argv[1:]:
    for rung in json.load(open(path))["rungs"]:
        training = rung["recipe"].get("training")
        if training:
            error = training["estimated_wall_seconds"] / training["wall_seconds"] - 1
            errors.append(abs(error))
            print(f"{path.split('/')[-2]}, {rung['name']}: {training['wall_seconds']:.0f} s, foretold {100 * error:+.0f} %")
sys.exit(statistics.median(errors) > 0.25)
PYTHON
