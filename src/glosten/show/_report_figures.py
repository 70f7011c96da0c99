"""The figures of a run in words: what the page and the terminal say in the same way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from glosten.run import Run, amount
from glosten.settings import Finding

NOT_KNOWN = "n/a"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of a run: ``text`` as shown, ``remark`` below it, ``definition`` for who asks; ``tone`` is good, bad
    or neither."""

    label: str
    text: str
    remark: str
    definition: str
    tone: str = ""


def decimals_of(step: str) -> int:
    """Return how many decimals a price or size step has: 2 for "0.01", 8 for "1E-8"."""
    exponent = Decimal(step).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def unsigned(value: float) -> str:
    """Return an amount with as many decimals as its size needs, and a sign only where it is negative."""
    return amount(value).removeprefix("+")


def percent(value: float, decimals: int = 2) -> str:
    """Return a percentage, or that it is not known."""
    return f"{value:,.{decimals}f} %" if math.isfinite(value) else NOT_KNOWN


def utc(ts_ns: int) -> str:
    """Return a time in nanoseconds since 1970 as people write it, in UTC."""
    return f"{datetime.fromtimestamp(ts_ns / 1e9, UTC):%Y-%m-%d %H:%M:%S} UTC"


def lasting(seconds: float) -> str:
    """Return a length of time in its largest fitting unit."""
    for unit, name in ((86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} seconds"


def quote_unit(run: Run) -> float:
    """Return the price of one unit of the quote asset in the currency of the keys (1 where they are the same)."""
    return float(run.parameters.get("runtime.quote_unit", 1.0))


def span_words(run: Run) -> str:
    """Return from when to when a run lasted, in words."""
    first, last = span_ns(run)
    return f"{utc(first)} to {utc(last)} ({lasting((last - first) / 1e9)})" if last else "no time passed"


def in_key_currency(run: Run, value: float) -> str:
    """Return an amount of quote units in the currency of the cash keys, "" where that is the quote asset itself."""
    unit = quote_unit(run)
    return "" if unit == 1.0 else f"{amount(value * unit)} in the keys' currency"


def span_ns(run: Run) -> tuple[int, int]:
    """Return the first and last time the run knows of, (0, 0) where it knows none."""
    known = [rows["ts_ns"] for rows in (run.market, run.cycles) if len(rows)]
    return (min(int(ts[0]) for ts in known), max(int(ts[-1]) for ts in known)) if known else (0, 0)


SYNTHETIC = (
    "The quotes are synthetic: the tape had none, so bid and ask are the last trades of either side. Fills, spread and "
    "markouts are guesses."
)
LEVELS = {"error": "Beware", "warning": "Warning", "info": "Note"}
"""What a remark of each level is called."""
GRAVITY = {"error": 0, "warning": 1, "info": 2}


def remarks(run: Run, findings: Sequence[Finding]) -> list[Finding]:
    """Return what a reader must know beside the figures, the gravest first: of the tape, the run, the configuration."""
    is_made = run.tape.get("candle_made")  # which the first of the run's warnings says in full
    said = [Finding("", "error", SYNTHETIC)] if run.tape.get("synthetic_quotes") and not is_made else []
    said += [
        Finding("", "error" if is_made and number == 0 else "warning", sentence)
        for number, sentence in enumerate(run.warnings)
    ]
    return sorted([*said, *findings], key=lambda finding: GRAVITY.get(finding.level, 1))


def base_asset(run: Run) -> str:
    """Return the name of the coin traded."""
    base, slash, _ = run.instrument["symbol"].partition("/")
    return base if slash else "coins"


def plain_step(step: str) -> str:
    """Return a price or size step without an exponent: 0.00000001 for "1E-8"."""
    return f"{Decimal(step):f}"


def _tone(value: float) -> str:
    return "good" if value > 0 else "bad" if value < 0 else ""


def verdict(run: Run) -> str:
    """Return the run in one line: what came of it, in how long, and what holding would have made."""
    first, last = span_ns(run)
    figures, total = run.figures, run.pnl.total
    capital = figures["base_capital"]
    outcome = f"{'Made' if total > 0 else 'Lost'} {unsigned(abs(total))} {run.quote_asset}" if total else "Made nothing"
    share = f" ({100 * total / capital:+.3f} % of {unsigned(capital)} at work)" if capital > 0 else ""
    hold = figures["hold_value"] - capital
    fills = figures["fills"]
    return (
        f"{outcome}{share} in {lasting((last - first) / 1e9)} with {fills:,} "
        f"{'fill' if fills == 1 else 'fills'}; holding the starting inventory would have made {amount(hold)}."
    )


_DEFINITIONS = {
    "total": "Profit and loss of the run: spread + adverse selection + inventory + fees = realised + unrealised, less "
    "what was brought.",
    "realised": "Profit of what was sold, against its average cost, fees included.",
    "unrealised": "What the coins still held are worth at the last mid, less what they cost.",
    "brought": "What the starting inventory had gained before the start, against the cost it was given "
    "(runtime.initial_cost_basis); no profit of this run.",
    "spread": "What fills earned against the mid they met: sum of s (price - mid) quantity, s = +1 for our sell and "
    "-1 for our buy.",
    "adverse": "What the mid's move in the 10 s after each fill gave (+) or took back (-): sum of s (mid at the fill - "
    "mid 10 s later) quantity. Informed traders make it negative.",
    "inventory": "The rest of the position's revaluation: what holding coins made or lost beyond the 10 s after each "
    "fill.",
    "fees": "Fees of all fills; negative is a cost, positive a rebate.",
}
"""What each part of the profit is; spread + adverse + inventory + fees = total = realised + unrealised - brought."""
_LABELS = {"adverse": "Adverse selection", "brought": "Brought along"}


def key_figures(run: Run) -> tuple[KeyFigure, ...]:
    """Return the figures every run is judged by, in reading order: first amounts, then counts."""
    total, hold = run.pnl.total, run.figures["hold_value"] - run.figures["base_capital"]
    named = ((name, float(getattr(run.pnl, name))) for name in _DEFINITIONS)
    given = run.parameters.get("runtime.initial_cost_basis") is not None  # else no more is brought than was rounded
    parts = [(name, value) for name, value in named if given or name != "brought"]
    return (
        *(
            KeyFigure(
                _LABELS.get(name, name.capitalize()),
                amount(value),
                in_key_currency(run, value),
                _DEFINITIONS[name],
                _tone(value),
            )
            for name, value in parts
        ),
        KeyFigure(
            "Against holding",
            amount(total - hold),
            f"holding made {amount(hold)}",
            "Total less what the starting inventory, left untouched, would have made.",
            _tone(total - hold),
        ),
        *_counts(run),
    )


def _counts(run: Run) -> tuple[KeyFigure, ...]:
    figures = run.figures
    ratio = figures["maker_ratio"]
    limit = run.parameters.get("GM_MAX_DD")
    return (
        KeyFigure(
            "Fills", f"{figures['fills']:,}", f"of {figures['orders']:,} orders placed",
            "Prints that traded with an order of ours; one order can have several.",
        ),
        KeyFigure(
            "Maker ratio", NOT_KNOWN if ratio is None else percent(100 * ratio, 1), "",
            "Share of the fills in which our order rested and the other side paid the spread.",
        ),
        KeyFigure(
            "Largest drawdown", percent(figures["max_drawdown_pct"]), "" if limit is None else f"limit {limit:g} %",
            "Largest fall of the equity from its peak until then; at GM_MAX_DD trading halts.",
        ),
        KeyFigure(
            "Time quoting", percent(100 * figures["quoting_share"], 1), f"of {figures['cycles']:,} decisions",
            "Share of the decisions in which the maker was quoting: not warming up, gated, halted or without data.",
        ),
    )  # fmt: skip
