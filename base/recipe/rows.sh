#!/usr/bin/env bash
# Writes the rows of the second stage: rows.sh SHARED OUT [--rows N] [--seed S] [--unanswerable PERCENT]. README.md says what they are.
#
# SHARED is the folder with data/squad and data/toolcalls; OUT gets stage2-train.jsonl, stage2-valid.jsonl and eval/.
set -euo pipefail

[ $# -ge 2 ] || {
  echo "usage: rows.sh SHARED OUT [--rows N] [--seed S] [--unanswerable PERCENT]" >&2
  exit 2
}
here=$(cd -P "$(dirname "$0")" && pwd)
root=$here/../..

# The JDK is found as ./hone finds it.
jdk=
eval "$(sed -n '/^fail() {/,/^}/p; /^try_jdk() {/,/^}/p; /^jdk_of_path() {/,/^}/p; /^find_jdk() {/,/^}/p; /^get_jdk=/p' "$root/hone")"
find_jdk

# Jackson is Hone's own: from its build where there is one, or else from Maven's repository.
repository=$HOME/.m2/repository
class_path=
add_jar() { # the newest of the files given
  local candidate jar=
  for candidate in "$@"; do
    [ ! -f "$candidate" ] || jar=$candidate
  done
  [ -n "$jar" ] || fail "Jackson is missing; build Hone first: ./hone --version"
  class_path+=$jar:
}
for name in jackson-core jackson-databind; do
  add_jar "$repository/tools/jackson/core/$name"/3.*/"$name"-3.*.jar "$root"/cli/target/lib/"$name"-3.*.jar
done
add_jar "$repository"/com/fasterxml/jackson/core/jackson-annotations/2.2?/*.jar "$root"/cli/target/lib/jackson-annotations-*.jar

"$jdk/bin/java" -Xmx2g -XX:+UseSerialGC -Duser.language=en -Duser.country=US -cp "${class_path%:}" \
  "$here/rows/StageTwo.java" "$here/rows" "$@"
