#!/usr/bin/env bash
# The store in PostgreSQL keeps the contract that Lucene's keeps, and hone index and hone ask use it; the server's state keeps
# SQLite's contract. The server is PGlite: PostgreSQL 18 with pgvector in a process of Node.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cp "$root/acceptance/postgres/package.json" "$OUT"
cd "$OUT"
npm install --no-audit --no-fund --silent
node node_modules/.bin/pglite-server --port 54329 --max-connections 8 --extensions @electric-sql/pglite-pgvector:vector >server.log 2>&1 &
trap 'kill %1' EXIT
for _ in $(seq 1 150); do
  ! grep -q listening server.log || break
  sleep 0.2
done
# One session serves all connections, so that statements prepared by one are in the way of the others.
url='jdbc:postgresql://127.0.0.1:54329/postgres?user=postgres&sslmode=disable&prepareThreshold=0'
cd "$root"

# The tests of the contract delete these rows.
"$HONE" serve key add --name build --database "$url" >"$OUT/key"
"$HONE" serve --port 0 --data-dir "$OUT/data" --database "$url" >"$OUT/serve.log" 2>&1 &
server=$!
trap 'kill %1 "$server" 2>/dev/null || :' EXIT
for _ in $(seq 300); do
  ! grep -q '^keys: needed' "$OUT/serve.log" || break
  sleep 0.2
done
models=$(sed -n 's#^serving at \(.*\) (.*#\1/models#p' "$OUT/serve.log")
status() {
  curl -s -o "$OUT/models.json" -w '%{http_code}' -H "Authorization: Bearer $(cat "$OUT/key")" "$models"
}
[ "$(status)" = 200 ] || {
  cat "$OUT/serve.log" "$OUT/models.json"
  exit 1
}
"$HONE" serve key revoke "$(cut -d- -f3 "$OUT/key")" --database "$url"
[ "$(status)" = 401 ]
kill "$server"
wait "$server" || :
echo "hone serve and its keys through PostgreSQL"

HONE_POSTGRES=$url mvn -B -q -pl server -am -DexcludedGroups= -Dgroups=postgres -Dtest=PgVectorStoreTest,PostgresStateTest \
  -Dsurefire.failIfNoSpecifiedTests=false test
sed -n 's/^Tests run/tests of the contract/p' rag/target/surefire-reports/dev.hone.rag.store.PgVectorStoreTest.txt \
  server/target/surefire-reports/dev.hone.server.state.PostgresStateTest.txt

mkdir "$OUT/docs"
printf '# Returns\n\nTea can be returned for 30 days.\n' >"$OUT/docs/returns.md"
printf '# Hours\n\nThe shop opens at nine on Saturdays.\n' >"$OUT/docs/hours.md"
holds() { # text, command: the command succeeds and prints the text
  "${@:2}" >"$OUT/said.txt" 2>"$OUT/said.log" || {
    tail -n 5 "$OUT/said.log"
    exit 1
  }
  grep -q "$1" "$OUT/said.txt" || {
    echo "'$1' is missing from: $(cat "$OUT/said.txt")"
    exit 1
  }
}
holds '"added" : 2,' "$HONE" index "$OUT/docs" --out "$OUT/index" --store "$url" --json
holds 'nine on Saturdays' "$HONE" ask --index "$OUT/index" --find "When does the shop open?" --passages 1
printf '# Hours\n\nThe shop opens at ten on Saturdays.\n' >"$OUT/docs/hours.md"
holds '"changed" : 1,' "$HONE" index "$OUT/docs" --out "$OUT/index" --json
holds 'ten on Saturdays' "$HONE" ask --index "$OUT/index" --find "When does the shop open?" --passages 1
ls "$OUT/index"
[ ! -e "$OUT/index/lucene" ]
echo "hone index and hone ask through PostgreSQL"
