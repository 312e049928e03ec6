#!/usr/bin/env bash
# kill -9 of the server, its worker or both, at random moments, while clients send files, train and chat: what was answered is
# there afterwards, jobs end with the bytes of undisturbed ones, and nothing is left over. KILLS=100 for as many.
set -euo pipefail

seed=${KILL_SEED:-$RANDOM}
echo "KILL_SEED=$seed"
mkdir "$OUT/tmp"
export HONE_JAVA_OPTS="-Djava.io.tmpdir=$OUT/tmp ${HONE_JAVA_OPTS:-}"
python3 -B "$(dirname "$0")/../serve/kills.py" "$HONE" "$OUT" "$SHARED/data/support-canned/train.jsonl" "$seed" "${KILLS:-40}"
du -sm "$OUT/tmp"
