#!/usr/bin/env bash
# A minute of 64 clients that stream from the base and eight adapters, after three jobs whose models must answer within a second.
# The bounds on ratios and memory leave room for other work on the machine; docs/benchmarks.md has figures of five quiet minutes.
set -euo pipefail

head -n 60 "$SHARED/data/support-canned/train.jsonl" >"$OUT/rows.jsonl"
python3 -B "$(dirname "$0")/../serve/load.py" "$HONE" "$OUT" "$OUT/rows.jsonl" --seconds "${LOAD_SECONDS:-60}" \
  --least-8-of-1 2.5 --least-adapters 0.7 --most-growth 30
