"""`python -m tests.fuzz --cases 2000 --seed 1`: mutated submissions, each read exactly, told of, or refused.

Ends with 1 where one is altered in silence, contradicts itself or is spoilt and taken all the same, is sound and
refused, ends in a fault of the reader, or reads differently on the two paths of the CSV reader; each such case is
printed with its number and what was done to it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.fuzz.cases import BAD, results


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one case, to look at it alone")
    parser.add_argument("--workbooks", action="store_true", help="workbooks alone")
    given = parser.parse_args()
    numbers = range(given.cases) if given.only is None else [given.only]
    counts: Counter[str] = Counter()
    for result in results(given.seed, numbers, given.workbooks):
        counts[result.verdict] += 1
        if result.verdict in BAD or given.only is not None:
            print(f"{result.verdict}: case {result.number}: {result.deeds}: {result.told}", flush=True)
    print(", ".join(f"{verdict} {count}" for verdict, count in counts.most_common()), f"of {sum(counts.values())}")
    return 1 if counts.keys() & BAD else 0


if __name__ == "__main__":
    sys.exit(main())
