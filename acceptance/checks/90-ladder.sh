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
def chosen(value):
    if isinstance(value, list):
        return [chosen(one) for one in value]
    return {k: chosen(one[0]) for k, one in value.items()} if isinstance(value, dict) else value
functions = []
answers = {row["id"]: row["ground_truth"][0]
           for row in map(json.loads, lines("bfcl/possible_answer/BFCL_v4_simple_python.json"))}
for row in map(json.loads, lines("bfcl/BFCL_v4_simple_python.json")):
    name = row["function"][0]["name"]
    accepted = {k: [v for v in values if v != ""] for k, values in answers[row["id"]][name].items()}
    arguments = {k: chosen(values[0]) for k, values in accepted.items() if values}
    call = {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    functions.append({"tools": [{"type": "function", "function": row["function"][0]}],
                      "messages": row["question"][0] + [{"role": "assistant", "content": None, "tool_calls": [call]}]})
write("bfcl.jsonl", functions)
questions = []
for article in json.loads("".join(lines("squad/dev-13articles.json")))["data"]:
    for paragraph in article["paragraphs"]:
        if len(paragraph["context"]) < 900:
            questions += [(paragraph["context"], q["question"], [a["text"] for a in q["answers"]]) for q in paragraph["qas"]]
studies = [(" ".join(v["CONTEXTS"]), v["QUESTION"], [v["final_decision"]])
           for v in json.loads("".join(lines("pubmedqa/train.json"))).values()]
for name, rows in ("squad", questions), ("pubmedqa", studies):
    rows = rng.sample(rows, 300)
    for kind in "closed", "open":
        write(f"{name}-{kind}.jsonl", [
            {"prompt": (c + "\n\n" if kind == "open" else "") + q, "completion": a[0],
             "metadata": {"context": c, "answers": a}} for c, q, a in rows])
intents = json.load(open(shared + "clinc150/train-val.json", encoding="utf-8"))
few = sorted({label for _, label in intents["train"]})[:20]
write("clinc.jsonl", [{"prompt": text, "completion": label} for text, label in intents["train"] if label in few])
write("clinc-dev.jsonl", [{"prompt": text, "completion": label} for text, label in intents["val"] if label in few])
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

# Held to its form, every answer satisfies its schema, whatever the model can do.
advise bfcl --data "$OUT/bfcl.jsonl" --without few-shot,nearest-shots,optimised-prompt,tuned
python3 - "$OUT" <<'PYTHON' || fail "an answer that does not satisfy its schema"
import json, sys
out = sys.argv[1] + "/"
TYPES = {"integer": int, "string": str, "boolean": bool, "array": list, "tuple": list, "object": dict, "dict": dict}
def wrong(value, schema):
    kind = schema.get("type", "any")
    if kind in ("number", "float"):
        return not isinstance(value, (int, float)) or isinstance(value, bool)
    if kind in TYPES and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        return True
    if "enum" in schema and value not in schema["enum"]:
        return True
    if isinstance(value, list):
        return any(wrong(one, schema.get("items", {})) for one in value)
    if isinstance(value, dict) and "properties" in schema:
        fields = schema["properties"]
        return any(k not in value for k in schema.get("required", [])) or any(k not in fields or wrong(v, fields[k]) for k, v in value.items())
    return False
def constrained(name):
    report = json.load(open(out + name + "/report.json"))
    return next(r for r in report["rungs"] if r["name"] == "constrained")
rung = constrained("bookings")
rows = [json.loads(row["answer"]) for row in rung["rows"]]
bad = sum(wrong(row, rung["recipe"]["form"]["schema"]) for row in rows)
print(f"bookings, answers that satisfy the schema: {len(rows) - bad} of {len(rows)}")
tools = [json.loads(line)["tools"][0]["function"] for line in open(out + "bfcl.jsonl")]
calls = constrained("bfcl")["rows"]
worse = 0
for row in calls:
    call, tool = json.loads(row["answer"]), tools[row["line"] - 1]
    worse += call["name"] != tool["name"] or wrong(call["arguments"], tool["parameters"])
print(f"bfcl, calls that satisfy the schema: {len(calls) - worse} of {len(calls)}")
sys.exit(bad + worse > 0 or len(rows) < 40 or len(calls) < 100)
PYTHON

# What is missing: facts where the passage is not there, less where it is.
for task in squad pubmedqa; do
  for kind in closed open; do
    advise $task-$kind --data "$OUT/$task-$kind.jsonl" --metric f1 --without few-shot,nearest-shots,optimised-prompt,tuned
    figure $task-$kind '"errors: form %.3f, missing facts %.3f, skill %.3f" % tuple(j["errors"][k] for k in ("form", "knowledge", "skill"))'
  done
  figure $task-closed 'j["errors"]["knowledge"]' >"$OUT/$task.closed"
  above "$task, missing facts closed-book less open-book" \
    "$(python3 -c 'import sys; print(round(float(sys.argv[1]) - float(sys.argv[2]), 3))' "$(cat "$OUT/$task.closed")" \
      "$(figure $task-open 'j["errors"]["knowledge"]')")" 0.001
done

# Examples nearest to the question, or the same for all: the report says which.
advise clinc --data "$OUT/clinc.jsonl" --valid "$OUT/clinc-dev.jsonl" --without nearest-answer,linear-classifier,optimised-prompt,tuned
figure clinc 'next(s["evidence"] for s in j["signals"] if s["name"] == "examples")'

# What trainings were foretold to score, from a quarter and half of the rows; and reports for the other kinds of task.
curve=(--learning-curve --requests-per-day 1000)
untrained=nearest-answer,zero-shot,constrained,few-shot,nearest-shots,optimised-prompt
head -n 400 "$OUT/bookings.jsonl" >"$OUT/growing.jsonl"
sed -n '601,1000p' "$OUT/bookings.jsonl" >"$OUT/others.jsonl"
advise growing --data "$OUT/growing.jsonl" "${curve[@]}" --without "$untrained"
advise others --data "$OUT/others.jsonl" "${curve[@]}" --without "$untrained"
advise support --data "$OUT/support.jsonl" "${curve[@]}"
advise plain --data "$OUT/plain.jsonl" "${curve[@]}"
advise calls --data "$OUT/calls.jsonl" --group service
advise medquad --data "$OUT/medquad.jsonl" --docs "$OUT/medquad-docs"

# Scores, time, money and tokens as they were foretold. Money follows time; tokens can be told where no training ended early.
for name in bookings growing others support plain; do
  "$HONE" data check "$OUT/$name/rungs/tuned/train.jsonl" --base hone --json >"$OUT/$name/tokens.json" 2>>"$OUT/$name.log" || fail "$name: no tokens"
done
python3 - "$OUT" <<'PYTHON' || fail "trainings were foretold wrongly"
import json, os, statistics, sys
out = sys.argv[1] + "/"
of_time, held = [], []
percent = lambda one, f, m: 100 * (one[f] / one[m] - 1)
for name in "bookings", "growing", "others", "support", "plain", "medquad":
    report = json.load(open(out + name + "/report.json"))
    for forecast in report["forecasts"]:
        print(f"{name}, {forecast['words']}")
        if not forecast["is_bound"] and "measured" in forecast:
            held.append(forecast["holds"])
    for one in report["training_seconds"]:
        error = percent(one, "foretold_seconds", "measured_seconds")
        of_time.append(abs(error))
        print(f"{name}, {one['rung']}: {one['measured_seconds']:.0f} s, foretold {error:+.0f} %")
    for one in report.get("training_usd", []):
        print(f"{name}, {one['rung']}: ${one['measured']:.5f}, foretold {percent(one, 'foretold', 'measured'):+.0f} %")
    for rung in report["rungs"]:
        training = rung["recipe"].get("training", {})
        if rung["name"] == "tuned" and os.path.exists(out + name + "/tokens.json") and training:
            epochs, told = training["settings"]["epochs"], json.load(open(out + name + "/tokens.json"))["training"]["trained_tokens"]
            print(f"{name}, tuned: {training['trained_tokens']:,} trained tokens" + (
                ", and ended early" if training["stopped_early"] else f", foretold {epochs * told:,}"))
            assert training["stopped_early"] or training["trained_tokens"] == epochs * told
print(f"time foretold wrongly by {statistics.median(of_time):.0f} % at the median of {len(of_time)}; "
      f"{sum(held)} of {len(held)} scores in their 80 % intervals")
assert statistics.median(of_time) <= 25 and len(of_time) >= 3
assert len(held) == 4 and sum(held) >= 3
PYTHON
