"""The market of agents: periods a second for rosters of several sizes and kinds of makers, compiled and stepped.

Run with `python -m benchmarks agents`. Times are process CPU seconds of one core, medians of several blocks of paths.
Machines are shared and noisy, so the figures move.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

from glosten.crowd import Company, Maker, Market, Trader
from glosten.run import read_market

RUNS = 5
EXAMPLES = Path(__file__).resolve().parents[1] / "config" / "markets"
BAYES = Maker("maker", "glosten_milgrom", {"alpha": 0.3})
PLAIN = Market(
    values=(98, 102),
    periods=1000,
    makers=(BAYES,),
    traders=(Trader("knows", "informed", weight=3), Trader("noise", "noise", weight=7)),
)


def rosters() -> dict[str, Market]:
    """Return the markets that are measured, by what they are."""
    shares = (Trader("knows", "informed", weight=3, count=50), Trader("noise", "noise", weight=7, count=50))
    kinds = {
        "a risk-averse maker": Maker("maker", "risk_averse", {"alpha": 0.3, "risk_aversion": 0.1}),
        "a gaussian maker": Maker("maker", "gaussian", {"alpha": 0.3, "signal_sd": 0.1}),
        "four bayesian makers": replace(BAYES, count=4),
    }
    markets = {"the binary model": PLAIN, "100 named traders": replace(PLAIN, traders=shares)}
    markets |= {name: replace(PLAIN, makers=(maker,)) for name, maker in kinds.items()}
    return markets | {file.name: read_market(file) for file in sorted(EXAMPLES.glob("*.toml"))}


def periods_a_second(company: Company, paths: int) -> float:
    """Return the periods that a block of paths lives through in a second."""
    company.block(0, 0)  # compiles
    spent = []
    for number in range(RUNS):
        started = time.process_time()
        company.block(number, paths)
        spent.append(time.process_time() - started)
    return paths * company.market.periods / statistics.median(spent)


def main() -> None:
    """Print periods a second."""
    for name, market in rosters().items():
        company = Company(market)
        print(f"{name:24}{periods_a_second(company, company.lanes) / 1e6:8.2f} M periods/s")
    stepped = Company(PLAIN, stepped=True)
    stepped.block(0, 1)
    print(f"{'stepped from Python':24}{periods_a_second(stepped, 5) / 1e6:8.2f} M periods/s")


if __name__ == "__main__":
    main()
