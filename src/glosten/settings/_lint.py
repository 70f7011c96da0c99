"""What is allowed and yet unlikely to be meant: the checks a configuration gets before it trades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from glosten.errors import InputError
from glosten.params import PARAMETERS, Strategy, spell
from glosten.settings._load import Settings, load, pairs_in

BPS_PER_PERCENT = 100.0
TINY = 1e-9
"""Allowance for the rounding of decimal fractions in comparisons."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: ``code`` as in STRATEGY 9, ``level`` error, warning or info, ``message`` a sentence."""

    code: str
    level: str
    message: str


Rule = tuple[str, str, Callable[[Settings, Strategy], str]]
"""A code, a level, and what returns the sentence, or "" where there is nothing to say."""


def _when(condition: bool, sentence: str) -> str:
    return sentence if condition else ""


def _shown(strategy: Strategy, key: str) -> str:
    return f"{key} = {spell(getattr(strategy, key))}"


def _no_capital(_: Settings, s: Strategy) -> str:
    return _when(
        s.ALLOC_RESERVE_PCT >= s.ALLOC_PCT,
        f"{_shown(s, 'ALLOC_RESERVE_PCT')} takes all that {_shown(s, 'ALLOC_PCT')} gives: A is 0, nothing is bought.",
    )


def _capital_below_order(_: Settings, s: Strategy) -> str:
    return _when(
        s.GM_CAPITAL_ALLOC < s.GM_TL,
        f"{_shown(s, 'GM_CAPITAL_ALLOC')} is less than one side of quotes, {_shown(s, 'GM_TL')}.",
    )


def _anchor_outside(_: Settings, s: Strategy) -> str:
    edge = 1e4 * s.GM_VALUE_DELTA
    return _when(
        edge + TINY < s.GM_ANCHOR_MAX_DEV_BPS,
        f"{_shown(s, 'GM_ANCHOR_MAX_DEV_BPS')} lets mid leave the value range, which ends {spell(edge)} bps "
        f"from the anchor ({_shown(s, 'GM_VALUE_DELTA')}), before the anchor follows.",
    )


def _two_order_sizes(_: Settings, s: Strategy) -> str:
    return _when(
        s.TRADING_LIMIT != s.GM_TL,
        f"{_shown(s, 'TRADING_LIMIT')} differs from {_shown(s, 'GM_TL')}: the first caps every single buy, "
        "the second is the sum of a side.",
    )


def _spread_below_fee(_: Settings, s: Strategy) -> str:
    fee = s.GM_MAKER_FEE * BPS_PER_PERCENT
    return _when(
        fee - TINY > s.GM_BASE_SPREAD,
        f"{_shown(s, 'GM_BASE_SPREAD')} bps is less than the maker fee of {spell(fee)} bps: "
        "a quote at its least distance loses its fee.",
    )


def _rung_too_small(settings: Settings, s: Strategy) -> str:
    rungs = max(s.GM_LAYERS, s.GM_GRID_LEVELS if s.GM_GRID else 0)
    unit = settings.runtime.quote_unit
    smallest = max(s.MIN_ORDER_QUOTE, float(settings.instrument.min_notional or 0) * unit)
    return _when(
        s.GM_TL / rungs < smallest - TINY,
        f"{_shown(s, 'GM_TL')} over {rungs} rungs is {s.GM_TL / rungs:.6g} a rung, less than the smallest order of "
        f"{smallest:.6g}: rungs will be merged.",
    )


def _budget_below_target(_: Settings, s: Strategy) -> str:
    return _when(
        0 < s.PAIR_EXP_BUDGET < s.SKEW_QTY_TARGET - TINY,
        f"{_shown(s, 'PAIR_EXP_BUDGET')} is below {_shown(s, 'SKEW_QTY_TARGET')}: the start target is lowered to it.",
    )


def _clamp_off_guard_on(_: Settings, s: Strategy) -> str:
    return _when(
        s.GM_DISABLE_ASK_CLAMP and s.BE_GUARD,
        "GM_DISABLE_ASK_CLAMP with BE_GUARD: an ask below break-even is dropped instead of lifted.",
    )


def _grid_replaces(_: Settings, s: Strategy) -> str:
    return _when(s.GM_GRID, f"GM_GRID replaces {_shown(s, 'GM_LAYERS')} on the bid side; asks keep it.")


def _strict_live(settings: Settings, s: Strategy) -> str:
    return _when(
        s.STRICT_LITERATURE and settings.runtime.mode == "live",
        "STRICT_LITERATURE in live mode switches off the guards that keep single trades from losing.",
    )


def _may_take(_: Settings, s: Strategy) -> str:
    return _when(
        s.NO_POST_ONLY and s.GM_DISABLE_CROSS_PROT,
        "NO_POST_ONLY with GM_DISABLE_CROSS_PROT: quotes may cross the market and pay the taker fee.",
    )


def _cap_below_target(_: Settings, s: Strategy) -> str:
    return _when(
        s.GM_MAX_EXP / 100 < s.SKEW_QTY_TARGET - TINY,
        f"{_shown(s, 'GM_MAX_EXP')} % is below {_shown(s, 'SKEW_QTY_TARGET')}: the target cannot be bought.",
    )


def _soft_without_guard(_: Settings, s: Strategy) -> str:
    return _when(
        not s.BE_GUARD_BLOCK_MARKET_SELLS and not s.BE_GUARD and not s.STRICT_LITERATURE,
        "BE_GUARD_BLOCK_MARKET_SELLS = false has no effect while BE_GUARD is off.",
    )


def _passive_scratch(_: Settings, s: Strategy) -> str:
    return _when(
        s.SCRATCH_LIVENESS_MIN > 0 and s.NO_CLOSE_MARKET,
        "SCRATCH_LIVENESS_MIN with NO_CLOSE_MARKET: the exit rests as an ask and may not happen.",
    )


def _interval_unused(_: Settings, s: Strategy) -> str:
    default = next(parameter.default for parameter in PARAMETERS if parameter.key == "VERBOSE_INTERVAL_MIN")
    return _when(
        default != s.VERBOSE_INTERVAL_MIN and not s.VERBOSE_LOGS,
        f"{_shown(s, 'VERBOSE_INTERVAL_MIN')} has no effect while VERBOSE_LOGS is off.",
    )


def _taker_cheaper(_: Settings, s: Strategy) -> str:
    return _when(
        s.GM_FEE < s.GM_MAKER_FEE,
        f"{_shown(s, 'GM_FEE')} % (taker) is below {_shown(s, 'GM_MAKER_FEE')} % (maker); are they exchanged?",
    )


def _drift_beyond_spread(_: Settings, s: Strategy) -> str:
    return _when(
        s.GM_STALE_DRIFT_BPS >= s.GM_BASE_SPREAD,
        f"{_shown(s, 'GM_STALE_DRIFT_BPS')} bps is not below {_shown(s, 'GM_BASE_SPREAD')} bps: an order may lose its "
        "whole distance to E[V] before it is moved.",
    )


def _budget_unused(_: Settings, s: Strategy) -> str:
    return _when(
        s.PORTFOLIO_EXP_BUDGET > 0 and not s.PORTFOLIO_INCLUDE,
        f"{_shown(s, 'PORTFOLIO_EXP_BUDGET')} has no effect while PORTFOLIO_INCLUDE is off.",
    )


def _skew_out_of_reach(_: Settings, s: Strategy) -> str:
    cap = min(s.GM_MAX_EXP / 100, s.PAIR_EXP_BUDGET or 1.0)
    reached = 1 + (s.SKEW_QTY_MAX - 1) * max(0.0, cap - s.SKEW_QTY_TARGET) / (1 - s.SKEW_QTY_TARGET)
    return _when(
        reached < s.SKEW_QTY_MAX - TINY,
        f"{_shown(s, 'SKEW_QTY_MAX')} is out of reach of asks while bids are on: the exposure cap of {spell(cap)} A "
        f"holds the ratio at {reached:.3g}.",
    )


RULES: tuple[Rule, ...] = (
    ("E01", "error", _no_capital),
    ("E02", "error", _capital_below_order),
    ("W01", "warning", _anchor_outside),
    ("W02", "warning", _two_order_sizes),
    ("W03", "warning", _spread_below_fee),
    ("W04", "warning", _rung_too_small),
    ("W05", "warning", _budget_below_target),
    ("W06", "warning", _clamp_off_guard_on),
    ("W07", "warning", _grid_replaces),
    ("W09", "warning", _strict_live),
    ("W10", "warning", _may_take),
    ("W11", "warning", _cap_below_target),
    ("W12", "warning", _soft_without_guard),
    ("W13", "warning", _passive_scratch),
    ("W14", "warning", _interval_unused),
    ("W15", "warning", _taker_cheaper),
    ("W16", "info", _drift_beyond_spread),
    ("W17", "warning", _budget_unused),
    ("W18", "info", _skew_out_of_reach),
)


def lint(settings: Settings) -> tuple[Finding, ...]:
    """Return what one pair's settings should be asked about, judged on the strategy in force.

    Source: STRATEGY 9 (W08 needs several pairs: `lint_pairs`).
    """
    effective = settings.effective
    said = ((code, level, rule(settings, effective)) for code, level, rule in RULES)
    return tuple(Finding(code, level, sentence) for code, level, sentence in said if sentence)


def lint_pairs(pairs: Sequence[Settings]) -> tuple[Finding, ...]:
    """Return what the settings of several pairs should be asked about together: W08, shares of one wallet above 100 %.

    Pairs share a wallet where their symbols end in the same quote asset.
    """
    shares: dict[str, list[Settings]] = {}
    for settings in pairs:
        shares.setdefault(settings.instrument.symbol.rpartition("/")[2], []).append(settings)
    return tuple(_overcommitted(asset, members) for asset, members in shares.items() if _share(members) > 100 + TINY)


def lint_shared(settings: Settings, overrides: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Return what `lint` says of a pair, and W08 where it claims a wallet together with the other pairs of its file.

    Pairs of the file that cannot be loaded say nothing here: `glosten config check` tells of them.
    """
    symbol, path = settings.instrument.symbol, settings.path
    others = [name for name in pairs_in(path) if name != symbol] if path is not None else []
    mates = [settings]
    for name in others:
        with suppress(InputError):
            mates.append(load(path, pair=name, overrides=overrides))
    asset = symbol.rpartition("/")[2]
    shared = [mate for mate in mates if mate.instrument.symbol.rpartition("/")[2] == asset]
    return (*lint(settings), *(lint_pairs(shared) if len(shared) > 1 else ()))


def _share(members: Iterable[Settings]) -> float:
    return sum(settings.strategy.ALLOC_PCT for settings in members)


def _overcommitted(asset: str, members: Sequence[Settings]) -> Finding:
    names = ", ".join(settings.instrument.symbol for settings in members)
    return Finding(
        "W08", "warning", f"{names} share {asset} and claim {spell(_share(members))} % of it in all (ALLOC_PCT)."
    )
