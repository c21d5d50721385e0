"""The yardstick task with pandas: read in chunks, whole columns at a time in NumPy, appended to the output.

usage: pandas_task.py IN.csv OUT.csv
"""
import sys

import numpy as np
import pandas as pd

ITEMS = [f"q{i:02d}" for i in range(1, 25)]
REVERSED = [1, 4, 7, 10, 13, 16, 19, 22]  # positions
IDS = np.array([
    "apo-sincere", "con-steady", "eff-balanced", "saf-secure", "apo-owns-it", "con-follows-through",
    "eff-shared-load", "all-strong", "words-match-deeds", "few-lows", "apo-hollow", "con-erratic", "eff-one-sided",
    "saf-unsafe", "apo-absent", "saf-fear", "con-repeat-breaks", "eff-carrying-alone", "many-lows", "saf-gap",
])
KEEP = np.array([3, 3, 2, 4, 1, 2, 1, 3, 1, 2], np.int8)
WALK = np.array([2, 3, 3, 5, 3, 4, 2, 2, 3, 2], np.int8)


def points(fired, weights):
    total = np.zeros(len(fired[0]), np.int8)
    for rule, weight in zip(fired, weights):
        total += rule * weight
    return total


def score(items):
    """items: 6 rows of codes, blank = NaN. A comparison with NaN is false, as the task wants it."""
    answered = ~np.isnan(items)
    n = answered.sum(axis=0, dtype=np.int8)
    s = np.nansum(items, axis=0, dtype=np.float64)
    return np.divide(25 * (s - n), n, out=np.full(len(n), np.nan), where=n >= 4), n


def tenth(x):
    return np.floor(x * 10 + 0.5) / 10


def assess(frame):
    # one contiguous row an item
    k = np.ascontiguousarray(frame[ITEMS].to_numpy(np.float32).T)
    k[REVERSED] = 6 - k[REVERSED]
    q = dict(enumerate(k, 1))
    (A, na), (C, nc), (E, ne), (S, ns) = (score(k[i:i + 6]) for i in (0, 6, 12, 18))
    lows = k <= 2
    low = lows.sum(axis=0, dtype=np.int8)
    low_s = lows[18:24].sum(axis=0, dtype=np.int8)
    ac = A - C

    fired = [
        A >= 70,
        C >= 70,
        E >= 65,
        S >= 75,
        (q[1] >= 4) & (q[3] >= 4),
        (q[7] >= 4) & (q[9] >= 4) & (q[12] >= 3),
        (q[13] >= 4) & ~lows[14],
        (A >= 60) & (C >= 60) & (E >= 60) & (S >= 60),
        (A >= 55) & (ac <= 10.1) & (ac >= -10.1),
        (low <= 2) & (na + nc + ne + ns >= 20),
        ac >= 19.9,
        C < 35,
        E < 35,
        S < 40,
        A < 30,
        (q[19] <= 1) | (q[24] <= 1),
        lows[7] & (lows[9] | lows[10]),
        lows[13] & lows[16] & ~(E >= 60),
        low >= 10,
        (E - S >= 24.9) | (C - S >= 24.9),
    ]
    keep, walk = points(fired[:10], KEEP), points(fired[10:], WALK)
    missing = [np.isnan(x) for x in (A, C, E, S)]
    insufficient = missing[3] | (np.sum(missing, axis=0) >= 2)
    override = (S < 25) | ((q[19] <= 1) & (q[24] <= 1)) | (low_s >= 5)

    # Chosen as small numbers, named as categories: no string is made per row.
    stage = np.select(
        [
            insufficient,
            (S < 25) | (walk >= 14),
            (walk >= 8) & (keep <= 3),
            walk > keep,
            (A >= 60) & ((C < 60) | (E < 55)),
            (keep >= 14) & (walk == 0),
        ],
        [np.int8(i) for i in range(6)], np.int8(6),
    )
    signal = np.select(
        [
            override,
            insufficient,
            (keep - walk >= 5) & (stage != 1) & (stage != 2),
            walk - keep >= 5,
        ],
        [np.int8(i) for i in range(4)], np.int8(4),
    )

    # The set of fired rules as one number; the text is joined once for each set that occurs.
    mask = np.zeros(len(frame), np.int32)
    for bit, rule in enumerate(fired):
        mask |= rule.astype(np.int32) << bit
    codes, sets = pd.factorize(mask)
    texts = [";".join(IDS[(m >> np.arange(20)) & 1 == 1]) for m in sets]

    return pd.DataFrame({
        "respondent_id": frame["respondent_id"],
        "apology": tenth(A),
        "consistency": tenth(C),
        "effort": tenth(E),
        "safety": tenth(S),
        "stage": pd.Categorical.from_codes(
            stage, ["unrated", "crisis", "eroding", "strained", "repairing", "thriving", "steady"]),
        "signal": pd.Categorical.from_codes(
            signal, ["safety_first", "insufficient", "keep_going", "walk_away", "mixed"]),
        "rules": np.array(texts, object)[codes],
    })


chunks = pd.read_csv(
    sys.argv[1], usecols=["respondent_id", *ITEMS], dtype=dict.fromkeys(ITEMS, np.float32), chunksize=100_000
)
with open(sys.argv[2], "w", newline="") as out:
    for n, chunk in enumerate(chunks):
        assess(chunk).to_csv(out, index=False, header=n == 0)
