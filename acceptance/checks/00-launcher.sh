#!/usr/bin/env bash
# The launcher starts quickly and quietly, from anywhere.
set -euo pipefail

fail() {
  echo "$1"
  exit 1
}

# Under a second: of the clock, or where the machine is busy with other work, of the processor. The better of five.
TIMEFORMAT='%R %U %S'
best=99999
for _ in 1 2 3 4 5; do
  { time "$HONE" --version >"$OUT/out" 2>"$OUT/err"; } 2>"$OUT/time"
  took=$(awk '{ used = $2 + $3; print int(1000 * ($1 < used ? $1 : used)) }' "$OUT/time")
  [ "$took" -ge "$best" ] || best=$took
done
echo "hone --version: $best ms"
[ "$best" -lt 1000 ] || fail "starting took $best ms"
grep -Eq '^hone [0-9]' "$OUT/out" || fail "no version: $(cat "$OUT/out")"
[ ! -s "$OUT/err" ] || fail "noise on standard error: $(cat "$OUT/err")"

"$HONE" --help >"$OUT/out" 2>"$OUT/err" || fail "--help ends with $?"
grep -q '^Usage: hone' "$OUT/out" || fail "--help shows no usage"
[ ! -s "$OUT/err" ] || fail "noise on standard error: $(cat "$OUT/err")"

code=0
"$HONE" no-such-command >"$OUT/out" 2>"$OUT/err" || code=$?
[ "$code" -eq 2 ] || fail "an unknown command ends with $code, not 2"
grep -q no-such-command "$OUT/err" || fail "an unknown command is not named on standard error"
! grep -q WARNING "$OUT/err" || fail "noise on standard error: $(cat "$OUT/err")"

# Standard error still goes where it should when it is a pipe, and beside standard output in one file.
{ "$HONE" no-such-command || :; } 2>&1 >/dev/null | grep no-such-command >/dev/null || fail "nothing came through a pipe"
"$HONE" no-such-command >"$OUT/both" 2>&1 || :
grep -q no-such-command "$OUT/both" || fail "nothing came into a shared file"
! grep -q WARNING "$OUT/both" || fail "noise: $(cat "$OUT/both")"

# From another directory, through symbolic links, by a relative path.
mkdir "$OUT/elsewhere"
cd "$OUT/elsewhere"
ln -s "$HONE" first
ln -s first second
./second --version | grep '^hone' >/dev/null || fail "does not start through a symbolic link"
cd "$(dirname "$HONE")/acceptance"
../hone --version | grep '^hone' >/dev/null || fail "does not start by a relative path"

# With an older JDK as JAVA_HOME, and with nothing but PATH and HOME in the environment.
JAVA_HOME=/nonexistent "$HONE" --version >/dev/null || fail "does not start when JAVA_HOME is no JDK 25"
env -i PATH="$PATH" HOME="$HOME" "$HONE" --version >/dev/null || fail "does not start in a bare environment"

# Options for the JVM reach it.
HONE_JAVA_OPTS=-XX:+PrintFlagsFinal "$HONE" --version | grep UseSerialGC >/dev/null || fail "HONE_JAVA_OPTS is ignored"
