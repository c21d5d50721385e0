#!/usr/bin/env bash
# table.sh IN.csv [RUNS]: the yardstick task by every program at hand, RUNS times (default 5) in turn, as a Markdown
# table of medians. Fails if a program's values differ.
#   BEARINGS   the binary (default: the release binary)
#   PYTHON     the interpreter that has polars, duckdb and pandas (default python3); what it lacks is left out
#   HAND       a hand-written program, called as `$HAND csv1 IN OUT`, and with simd1 and csv2 (default: none)
#   REFERENCE  the values that everybody must give (default: what bearings gives)
# Rscript takes part if it is there and has data.table.
set -euo pipefail
export LC_ALL=C # a decimal point, whatever the user's language
here="$(cd "$(dirname "$0")" && pwd)"

fail() { echo "table.sh: $*" >&2; exit 1; }

[[ $# -ge 1 && $# -le 2 ]] || fail "usage: table.sh IN.csv [RUNS]"
in="$1" runs="${2:-5}"
[[ -r "$in" ]] || fail "cannot read $in"
[[ "$runs" =~ ^[1-9][0-9]*$ ]] || fail "RUNS must be a number from 1 up, not $runs"
export BEARINGS="${BEARINGS:-$here/../../target/release/bearings}"
python="${PYTHON:-python3}"
[[ -z "${REFERENCE:-}" || -r "$REFERENCE" ]] || fail "cannot read the reference $REFERENCE"
# GNU time, not the shell's: it is the one that tells the peak memory.
timer="$(type -P gtime || type -P time || true)"
[[ -n "$timer" ]] && "$timer" -f %M -o /dev/null true 2>/dev/null || fail "GNU time is needed (package time)"

keys=() names=()
add() { keys+=("$1"); names+=("$2"); }

version="$("$BEARINGS" --version | sed -n 1p)" || fail "cannot run $BEARINGS"
add bearings1 "$version, 1 thread"
add bearings2 "$version, 2 threads"
for library in polars duckdb pandas; do
  if version="$("$python" -c "import $library; print($library.__version__)" 2>/dev/null)"; then
    add "$library" "$library $version"
  else
    echo "table.sh: $python has no $library: left out" >&2
  fi
done
r_version='cat("R ", format(getRversion()), ", data.table ", format(packageVersion("data.table")), sep = "")'
if version="$(Rscript -e "$r_version" 2>/dev/null)"; then
  add r "$version"
else
  echo "table.sh: no R with data.table: left out" >&2
fi
base=bearings1
if [[ -n "${HAND:-}" ]]; then
  for mode in csv1 simd1 csv2; do add "$mode" "hand $mode"; done
  base=csv1
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
rows=$(($(wc -l < "$in") - 1)) # also brings the input into the page cache, for the first as for the rest
out="$work/out.csv"

# measure KEY NAME: one run; adds "cpu wall KiB" to the program's list
measure() {
  local command
  case "$1" in
    bearings?) command=(env "BEARINGS_OPTIONS=${BEARINGS_OPTIONS:-} --threads ${1#bearings}" "$here/score.sh") ;;
    r) command=(Rscript "$here/others/task.R") ;;
    csv1 | simd1 | csv2) command=("$HAND" "$1") ;;
    *) command=("$python" "$here/others/$1_task.py") ;;
  esac
  rm -f "$out"* # nobody passes with the output of the one before
  "$timer" -f '%U %S %e %M' -o "$work/time" "${command[@]}" "$in" "$out" > "$work/said" 2>&1 ||
    { cat "$work/said" >&2; fail "$2 failed"; }
  awk '{ print $1 + $2, $3, $4 }' "$work/time" >> "$work/$1.runs"
}

# check KEY NAME: the output holds the values of the reference, for every row of the input
check() {
  local sum told
  [[ -s "$out" ]] || fail "$2 wrote nothing"
  sum="$(cksum < "$out")"
  # The very bytes that passed in an earlier round need no second look.
  if [[ -e "$work/$1.passed" && "$sum" == "$(cat "$work/$1.passed")" ]]; then return; fi
  if [[ -z "${REFERENCE:-}" ]]; then
    REFERENCE="$work/reference.csv"
    cp "$out" "$REFERENCE"
  fi
  told="$("$here/compare.sh" "$REFERENCE" "$out")" || fail "the values of $2 differ: $told"
  # compare.sh is content with two files that are short in the same way.
  [[ "$told" == "$rows rows, 0 differ" ]] || fail "$2: $told, but the input has $rows rows"
  echo "$sum" > "$work/$1.passed"
}

for ((run = 1; run <= runs; run++)); do
  for at in "${!keys[@]}"; do
    echo "table.sh: run $run of $runs: ${names[at]}" >&2
    measure "${keys[at]}" "${names[at]}"
    check "${keys[at]}" "${names[at]}"
  done
done

# median KEY COLUMN
median() {
  sort -n -k "$2,$2" "$work/$1.runs" |
    awk -v column="$2" '{ v[NR] = $column } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

base_cpu="$(median "$base" 1)"
for at in "${!keys[@]}"; do
  if [[ "${keys[at]}" == "$base" ]]; then base_name="${names[at]}"; fi
done
cores="$(getconf _NPROCESSORS_ONLN)"
echo "$rows rows, medians of $runs runs in turn, $cores cores; every program gave the same values."
echo
echo "| program | CPU s | wall s | peak MiB | rows per CPU s | CPU, $base_name = 1 |"
echo "| --- | ---: | ---: | ---: | ---: | ---: |"
for at in "${!keys[@]}"; do
  key="${keys[at]}"
  awk -v name="${names[at]}" -v cpu="$(median "$key" 1)" -v wall="$(median "$key" 2)" -v kib="$(median "$key" 3)" \
    -v rows="$rows" -v base="$base_cpu" '
    function grouped(n,   s) {
      for (s = ""; length(n) > 3; n = substr(n, 1, length(n) - 3)) s = "," substr(n, length(n) - 2) s
      return n s
    }
    BEGIN {
      # Too short a run for the clock shows as a dash, not as a division by zero.
      rate = cpu > 0 ? grouped(sprintf("%.0f", rows / cpu)) : "-"
      ratio = base > 0 ? sprintf("%.2f", cpu / base) : "-"
      printf "| %s | %.2f | %.2f | %.0f | %s | %s |\n", name, cpu, wall, kib / 1024, rate, ratio
    }'
done
