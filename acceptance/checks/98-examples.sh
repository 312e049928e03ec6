#!/usr/bin/env bash
# examples/: the Spring Boot application is built and tested, and its jar answers over HTTP. What would be published of the
# module that it uses has sources and documentation.
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
