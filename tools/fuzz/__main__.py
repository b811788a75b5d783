"""Damaged workbooks, read, cleaned and checked: what became of them, the faults counted."""

from __future__ import annotations

import argparse
import sys

from tools.fuzz.run import run, table


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("number", type=int, nargs="?", default=2400)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--show", action="store_true")
    options = asked.parse_args()
    results = run(options.number, options.seed)
    print(table(results))
    if options.show:
        for n, r in enumerate(results):
            for kind, why in r.faults[:2]:
                print(f"{n} {r.family} {r.what}: {kind}: {why}")
    sys.exit(any(r.faults for r in results))


if __name__ == "__main__":
    main()
