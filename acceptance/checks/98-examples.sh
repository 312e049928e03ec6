#!/usr/bin/env bash
# examples/: the Spring Boot application is built and tested, and its jar answers over HTTP. What would be published of the
# module that it uses has sources and documentation. The agent calls the right tools once its model is tuned.
set -euo pipefail

fail() {
  echo "$1"
  tail -n 20 "$OUT"/*.log
  exit 1
}
root=$(dirname "$HONE")
example=$root/examples/spring-boot
maven() { # arguments; of the modules that are in between, the tests have been run by mvn verify
  (cd "$root" && mvn -B "$@") >>"$OUT/maven.log" 2>&1 </dev/null || fail "mvn $* failed"
}

maven -Pexamples,publish -pl examples/spring-boot -am -Dtest=TeaShopTest -Dsurefire.failIfNoSpecifiedTests=false verify
grep -q 'tests="3"' "$example"/target/surefire-reports/TEST-example.teashop.TeaShopTest.xml || fail "the application was not tested"
for module in tensor model base rag langchain4j; do
  for kind in sources javadoc; do
    [ -s "$(echo "$root/$module/target/hone-$module"-*-$kind.jar)" ] || fail "$module has no $kind"
  done
done

jdk=$(HONE_JAVA_OPTS=-XshowSettings:properties "$HONE" --version 2>&1 | sed -n 's/^ *java\.home = //p')
(cd "$OUT" && exec "$jdk/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -jar "$example/target/teashop.jar" --server.port=0 --teashop.index="$OUT/index" \
  --teashop.documents="$example/documents") >"$OUT/app.log" 2>&1 &
app=$!
trap 'kill "$app" 2>/dev/null || :; wait "$app" 2>/dev/null || :' EXIT
port=
for _ in $(seq 600); do
  port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$OUT/app.log")
  [ -z "$port" ] || break
  kill -0 "$app" 2>/dev/null || break
  sleep 0.2
done
[ -n "$port" ] || fail "the application does not start"
curl -sfG "http://127.0.0.1:$port/ask" --data-urlencode 'question=How much does a return label cost?' >"$OUT/answer.json" ||
  fail "the application does not answer"
python3 - "$OUT/answer.json" <<'PYTHON'
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["sources"] == ["returns.md"] and answer["answer"].strip(), answer
PYTHON

# The agent: traces become rows, rows an adapter, and with it the model calls the tool that the question is about.
agent=$root/examples/agent
maven -Pexamples -pl examples/agent -am -Dtest=TeaClerkTest -Dsurefire.failIfNoSpecifiedTests=false verify
grep -q 'tests="4"' "$agent"/target/surefire-reports/TEST-example.agent.TeaClerkTest.xml || fail "the agent was not tested"
"$HONE" data from-traces "$agent/traces.jsonl" --tools "$agent/tools.json" --out "$OUT/clerk.jsonl" >"$OUT/traces.txt" 2>"$OUT/traces.log" ||
  fail "the agent's traces make no rows"
"$HONE" tune --base hone --data "$OUT/clerk.jsonl" --out "$OUT/clerk" >"$OUT/tune.txt" 2>"$OUT/tune.log" || fail "the agent's rows train nothing"
"$jdk/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$agent/target/agent.jar:$agent/target/lib/*" \
  example.agent.TeaClerk --adapter "$OUT/clerk" >"$OUT/clerk.txt" 2>"$OUT/clerk.log" || fail "the agent fails"
cat "$OUT/clerk.txt"
for call in 'stock {"tea":"Slow River"} = 30' 'price {"tea":"Night Harbour"} = 11'; do
  grep -qF "$call" "$OUT/clerk.txt" || fail "the agent does not call $call"
done
