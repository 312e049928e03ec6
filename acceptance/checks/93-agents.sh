#!/usr/bin/env bash
# Agents: BFCL's accepted calls and nine mutations of them; tool-call dialogues as an agent's log become rows, and the embedded model
# is measured as an agent before and after it is tuned on them, here and behind a server.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 5 "$OUT"/*.log
  exit 1
}

# Every accepted call is right, and of the mutations the one that BFCL lets pass.
root=$(dirname "$HONE")
(cd "$root" && mvn -B -q -pl testkit,tensor,model,tune,rag,ladder -DexcludedGroups= -Dgroups=shared \
  -Dtest='SharedDataTest#acceptedCallsAreRight+mutatedCallsScoreAsBfclSays' -Dsurefire.failIfNoSpecifiedTests=false test) \
  >"$OUT/maven.log" 2>&1 </dev/null || fail "BFCL's calls are scored otherwise"
sed -n 's/.*\(bfcl [a-z_]*, .* right\).*/\1/p' "$root"/ladder/target/surefire-reports/TEST-*.SharedDataTest.xml >"$OUT/bfcl.txt"
cat "$OUT/bfcl.txt"
[ "$(wc -l <"$OUT/bfcl.txt")" -eq 20 ] || fail "not all of BFCL's calls were scored"

# An agent's log: a request for each step. Tools without the descriptions of their parameters, two at a time, so that dialogues fit
# into the embedded model's 512 tokens.
python3 - "$SHARED" "$OUT" <<'PYTHON'
import json, sys
shared, out = sys.argv[1] + "/data/toolcalls/", sys.argv[2] + "/"
def bare(tool):
    schema = tool["parameters"]
    types = {name: {"type": value["type"]} for name, value in schema["properties"].items()}
    return {"type": "function", "function": {"name": tool["name"], "description": tool["description"],
            "parameters": {"type": "object", "properties": types, "required": schema["required"]}}}
def steps(line, number):
    row = json.loads(line)
    own = row["call"]["name"]
    others = [tool["name"] for tool in row["tools"] if tool["name"] != own]
    names = {own, others[number % len(others)]} if others else {own}
    tools = [bare(tool) for tool in row["tools"] if tool["name"] in names]
    function = {"name": own, "arguments": json.dumps(row["call"]["arguments"])}
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": f"call_{number}", "type": "function", "function": function}]}
    result = {"role": "tool", "tool_call_id": f"call_{number}", "content": json.dumps(row["results"][:1])}
    reply = {"role": "assistant", "content": row["reply"]}
    for asked, said in (row["messages"], call), (row["messages"] + [call, result], reply):
        yield {"request": {"messages": asked, "tools": tools}, "response": {"choices": [{"message": said, "finish_reason": "stop"}]}}
for part, most in ("train", 300), ("valid", 40):
    taken = 0
    with open(out + part + "-log.jsonl", "w", encoding="utf-8") as log:
        for number, line in enumerate(open(shared + part + ".jsonl", encoding="utf-8")):
            both = [json.dumps(step) for step in steps(line, number)]
            if len(both[1]) < 1500 and taken < most:
                taken += 1
                log.write("\n".join(both) + "\n")
PYTHON
for part in train valid; do
  "$HONE" data from-traces "$OUT/$part-log.jsonl" --out "$OUT/$part.jsonl" --json >"$OUT/$part.json" 2>"$OUT/$part.log" || fail "no rows"
done

"$HONE" tune --base hone --data "$OUT/train.jsonl" --valid "$OUT/valid.jsonl" --out "$OUT/run" --epochs 2 >"$OUT/tune.txt" 2>"$OUT/tune.log" ||
  fail "no training"
"$HONE" eval --base hone --adapter "$OUT/run" --data "$OUT/valid.jsonl" --metric agent --max-tokens 64 --max-steps 4 --json \
  >"$OUT/agent.json" 2>"$OUT/eval.log" || fail "no measurement"
python3 - "$OUT" <<'PYTHON' || fail "the agent's figures are wrong"
import json, sys
train, valid, agent = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("train", "valid", "agent"))
for report in train, valid:
    print(f"log of {report['read']} steps: {report['rows']} rows, {report['merged']} merged, left out {report['left_out']}")
    assert report["read"] == report["rows"] + report["merged"] + sum(left["count"] for left in report["left_out"])
base, tuned = agent["base"], agent["adapter"]
print(f"{agent['conversations']} conversations, {agent['turns']} turns, {agent['recorded_calls']} recorded calls")
for key in base:
    print(f"{key}: {base[key]:.3g} -> {tuned[key]:.3g}")
print("conversations right, 95 %% sure: %+.3f, %+.3f to %+.3f" % tuple(tuned["gain"]))
assert agent["conversations"] == valid["rows"] == agent["recorded_calls"]
assert tuned["recorded_calls_made"] > base["recorded_calls_made"] + 0.1 and tuned["gain"][0] > 0
PYTHON

# Behind Hone's own server, as a model that others host, it does the same.
. "$(dirname "$0")/../hosting.sh"
start_server
HONE_BASE_KEY=$key "$HONE" eval --base "$url#hone" --data "$OUT/valid.jsonl" --metric agent --max-tokens 64 --max-steps 4 --json \
  >"$OUT/hosted.json" 2>"$OUT/hosted.log" || fail "no measurement of a hosted model"
python3 - "$OUT" <<'PYTHON' || fail "behind a server the figures are others"
import json, sys
here, there = (json.load(open(f"{sys.argv[1]}/{name}.json"))["base"] for name in ("agent", "hosted"))
for key in here:
    print(f"{key}: {here[key]:.3g} here, {there[key]:.3g} behind a server")
assert here == there
PYTHON
! grep -qF "$key" "$OUT"/hosted.* || fail "the key is told"
