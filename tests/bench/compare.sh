#!/usr/bin/env bash
# compare.sh REFERENCE.csv OUT.csv: exit 0 if every value of every row agrees. How a number is written, the names of the
# columns, and `-` or `_` in an id make no difference.
set -euo pipefail
exec awk -v reference="$1" -v out="$2" '
function plain(line,   cells, n, at, text) {
  n = split(line, cells, ",")
  text = cells[1]
  for (at = 2; at <= n; at++) {
    if (at <= 5 && cells[at] != "") cells[at] = sprintf("%.1f", cells[at])
    if (at > 5) { gsub(/-/, "_", cells[at]); if (cells[at] == "insufficient_answers") cells[at] = "insufficient" }
    text = text "," cells[at]
  }
  return text
}
BEGIN {
  rows = differ = 0
  getline header < reference; getline header < out
  while (1) {
    more = (getline a < reference); also = (getline b < out)
    if (more <= 0 && also <= 0) break
    rows++
    if (more <= 0 || also <= 0 || plain(a) != plain(b)) { if (++differ <= 3) print "row " rows ":\n  " a "\n  " b > "/dev/stderr" }
    if (more <= 0 || also <= 0) break
  }
  print rows " rows, " differ " differ"
  exit differ > 0
}'
