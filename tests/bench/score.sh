#!/usr/bin/env bash
# The yardstick task and nothing else: score.sh IN.csv OUT.csv, with $BEARINGS (default: the release binary).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
exec "${BEARINGS:-$here/../../target/release/bearings}" score "$1" --ruleset "$here" --decimals 1 \
  --fields a,c,e,s,stage,signal,rules_fired ${BEARINGS_OPTIONS:-} -q -o "$2"
