"""Run the benchmarks: `python -m benchmarks` all of them, `python -m benchmarks simulation` one.

A benchmark is a module of this folder with a function `main`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}.\n")
        return 2
    for name in names or NAMES:
        print(f"{name}\n{'-' * len(name)}")
        importlib.import_module(f"benchmarks.{name}").main()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
