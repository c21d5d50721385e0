"""The yardstick task with DuckDB: one COPY statement from file to file.

usage: duckdb_task.py IN.csv OUT.csv
"""
import sys

import duckdb

ITEMS = [f"q{i:02d}" for i in range(1, 25)]
REVERSED = {f"q{i:02d}" for i in (2, 5, 8, 11, 14, 17, 20, 23)}
SCALES = {"A": ITEMS[0:6], "C": ITEMS[6:12], "E": ITEMS[12:18], "S": ITEMS[18:24]}

# A comparison with NULL is NULL, and CASE takes NULL for false. Only a negation has to fill it first.
RULES = [  # id, points to keep, points to walk, fires when
    ("apo-sincere", 3, 0, "A >= 70"),
    ("con-steady", 3, 0, "C >= 70"),
    ("eff-balanced", 2, 0, "E >= 65"),
    ("saf-secure", 4, 0, "S >= 75"),
    ("apo-owns-it", 1, 0, "q01 >= 4 AND q03 >= 4"),
    ("con-follows-through", 2, 0, "q07 >= 4 AND q09 >= 4 AND q12 >= 3"),
    ("eff-shared-load", 1, 0, "q13 >= 4 AND (q15 <= 2) IS NOT TRUE"),
    ("all-strong", 3, 0, "A >= 60 AND C >= 60 AND E >= 60 AND S >= 60"),
    ("words-match-deeds", 1, 0, "A >= 55 AND A - C <= 10.1 AND A - C >= -10.1"),
    ("few-lows", 2, 0, "low <= 2 AND answered >= 20"),
    ("apo-hollow", 0, 2, "A - C >= 19.9"),
    ("con-erratic", 0, 3, "C < 35"),
    ("eff-one-sided", 0, 3, "E < 35"),
    ("saf-unsafe", 0, 5, "S < 40"),
    ("apo-absent", 0, 3, "A < 30"),
    ("saf-fear", 0, 4, "q19 <= 1 OR q24 <= 1"),
    ("con-repeat-breaks", 0, 2, "q08 <= 2 AND (q10 <= 2 OR q11 <= 2)"),
    ("eff-carrying-alone", 0, 2, "q14 <= 2 AND q17 <= 2 AND (E >= 60) IS NOT TRUE"),
    ("many-lows", 0, 3, "low >= 10"),
    ("saf-gap", 0, 2, "E - S >= 24.9 OR C - S >= 24.9"),
]


def plus(terms):
    return " + ".join(terms)


def score(items):
    n = plus(f"({i} IS NOT NULL)::TINYINT" for i in items)
    s = plus(f"coalesce({i}, 0)" for i in items)
    return f"CASE WHEN {n} >= 4 THEN 25 * ({s} - ({n}))::DOUBLE / ({n}) END"


def low(items):
    return plus(f"coalesce({i} <= 2, false)::TINYINT" for i in items)


def points(column):
    return plus(f"r{n}::TINYINT * {r[column]}::TINYINT" for n, r in enumerate(RULES) if r[column])


def tenth(x):
    return f"floor({x} * 10 + 0.5) / 10"


def quoted(path):
    return "'" + path.replace("'", "''") + "'"


columns = {"respondent_id": "VARCHAR", **{i: "TINYINT" for i in ITEMS}, "wave": "VARCHAR"}

duckdb.execute(f"""
COPY (
  WITH keyed AS (
    SELECT respondent_id, {", ".join(f"6 - {i} AS {i}" if i in REVERSED else i for i in ITEMS)}
    FROM read_csv({quoted(sys.argv[1])}, header = true, auto_detect = false, delim = ',', columns = {columns})
  ), scored AS (
    SELECT *, {", ".join(f"{score(items)} AS {name}" for name, items in SCALES.items())},
      {low(ITEMS)} AS low, {low(SCALES["S"])} AS low_s,
      {plus(f"({i} IS NOT NULL)::TINYINT" for i in ITEMS)} AS answered
    FROM keyed
  ), fired AS (
    SELECT *, {", ".join(f"coalesce({r[3]}, false) AS r{n}" for n, r in enumerate(RULES))}
    FROM scored
  ), summed AS (
    SELECT *, {points(1)} AS keep, {points(2)} AS walk,
      S IS NULL OR (A IS NULL)::TINYINT + (C IS NULL)::TINYINT + (E IS NULL)::TINYINT >= 2 AS insufficient
    FROM fired
  ), staged AS (
    SELECT *, CASE
      WHEN insufficient THEN 'unrated'
      WHEN S < 25 OR walk >= 14 THEN 'crisis'
      WHEN walk >= 8 AND keep <= 3 THEN 'eroding'
      WHEN walk > keep THEN 'strained'
      WHEN A >= 60 AND (C < 60 OR E < 55) THEN 'repairing'
      WHEN keep >= 14 AND walk = 0 THEN 'thriving'
      ELSE 'steady' END AS stage
    FROM summed
  )
  SELECT respondent_id, {tenth("A")} AS apology, {tenth("C")} AS consistency, {tenth("E")} AS effort,
    {tenth("S")} AS safety, stage,
    CASE
      WHEN S < 25 OR (q19 <= 1 AND q24 <= 1) OR low_s >= 5 THEN 'safety_first'
      WHEN insufficient THEN 'insufficient'
      WHEN keep - walk >= 5 AND stage NOT IN ('crisis', 'eroding') THEN 'keep_going'
      WHEN walk - keep >= 5 THEN 'walk_away'
      ELSE 'mixed' END AS signal,
    -- an empty string would be written as "", NULL as nothing
    nullif(concat_ws(';', {", ".join(f"CASE WHEN r{n} THEN '{r[0]}' END" for n, r in enumerate(RULES))}), '') AS rules
  FROM staged
) TO {quoted(sys.argv[2])} (FORMAT csv, HEADER true)
""")
