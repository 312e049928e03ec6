# For checks in which Hone's own server hosts the model: sourced, not run. Wants HONE and OUT, and a function fail.

# Starts the server, and sets server (its process), url and key. It ends with the check.
start_server() {
  "$HONE" serve --port 0 --data-dir "$OUT/data" --api-key-file "$OUT/key.txt" >"$OUT/serve.out" 2>"$OUT/serve.log" &
  server=$!
  trap 'kill $server 2>/dev/null && wait $server || :' EXIT
  for _ in $(seq 1 300); do
    url=$(sed -n 's#^serving at \(.*/v1\) .*#\1#p' "$OUT/serve.out")
    [ -z "$url" ] || break
    sleep 0.2
  done
  [ -n "$url" ] || fail "the server does not start"
  key=$(cat "$OUT/key.txt")
}
