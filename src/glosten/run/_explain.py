"""Explain: the result of a run in sentences a person can check against its figures."""

from __future__ import annotations

from glosten.run._result import Run

REASONS = {
    "gate_unconfirmed": "ALLOC_CONFIRMED is false",
    "alloc_zero": "the allocation is zero (ALLOC_PCT, ALLOC_RESERVE_PCT)",
    "data_stale": "there was no usable book",
    "max_exp": "the exposure cap GM_MAX_EXP was reached",
    "pair_budget": "the pair's budget PAIR_EXP_BUDGET was used up",
    "alloc_cap": "the allocation was fully invested",
    "no_cash": "the cash had run out",
    "no_inventory": "nothing was held",
    "breaker_max_dd": "the drawdown breaker was open",
    "breaker_daily": "the daily-loss breaker was open",
    "breaker_consec": "the losing-streak breaker was open",
    "below_min": "the orders would have been smaller than the venue or MIN_ORDER_QUOTE accepts",
    "be_block": "every ask would have sold below break-even (BE_GUARD)",
    "would_cross": "every rung would have crossed the market",
    "exit_pending": "an exit was under way",
}


SMALLEST = 5e-9
"""Half a quantum of the ledger: what is less is rounding."""


def amount(value: float) -> str:
    """Return a signed amount with as many decimals as its size needs."""
    if abs(value) < SMALLEST:
        return "0"
    decimals = 2 if abs(value) >= 1.0 else min(10, 3 - int(f"{value:e}".partition("e")[2]))
    return f"{value:+,.{decimals}f}"


def explain(run: Run) -> tuple[str, ...]:
    """Return what was earned and why, whether holding was better, and what kept the maker from quoting."""
    pnl, figures, unit = run.pnl, run.figures, run.quote_asset
    sentences = []
    if figures["fills"]:
        sentences.append(
            f"The maker made {amount(pnl.total)} {unit}: {amount(pnl.spread)} from the spread its {figures['fills']:,} "
            f"fills earned, {amount(pnl.adverse)} from the mid's move in the 10 s after them (what informed traders "
            f"took back, if negative), {amount(pnl.inventory)} from the rest of its inventory's revaluation, and "
            f"{amount(pnl.fees)} in fees."
        )
    else:
        why = "no print reached its orders" if figures["orders"] else "it placed no order"
        sentences.append(
            f"The maker did not trade: {why}. Its inventory's value changed by {amount(pnl.total)} {unit}."
        )
    hold = figures["hold_value"] - figures["base_capital"]
    sentences.append(
        f"Keeping the starting inventory untouched would have made {amount(hold)} {unit}, so trading added "
        f"{amount(pnl.total - hold)}."
    )
    known = [row for row in run.markouts if row.orders > 1]
    if known:
        marks = ", ".join(f"{row.mean_bps:+.2f} ± {row.se_bps:.2f} bps after {row.horizon_s:g} s" for row in known)
        sentences.append(
            f"Markouts (mean ± standard error, n = {known[0].n:,} fills of {known[0].orders:,} customer orders): "
            f"{marks}."
        )
    sentences.extend(_absences(run))
    return tuple(sentences)


def _absences(run: Run) -> list[str]:
    figures, sentences = run.figures, []
    for side in ("bids", "asks"):
        for reason, cycles in list(figures[f"{side}_off"].items())[:2]:
            why = REASONS.get(reason, reason)
            sentences.append(f"No {side} in {cycles:,} of {figures['decisions_seen']:,} decisions: {why}.")
    if figures["anchor_snaps"]:
        sentences.append(
            f"Snaps of the anchor to the mid (GM_ANCHOR_MAX_DEV_BPS): {figures['anchor_snaps']:,}; the belief starts "
            f"again at one half each time."
        )
    if len(run.breakers):
        sentences.append(f"Changes of the breakers: {len(run.breakers)}; see the timeline.")
    return sentences
