"""Price: from belief to the two innermost quotes (STRATEGY step 13)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._belief import NOISE_BUYS
from glosten.maker._ledger import average_cost
from glosten.maker._state import FORCED
from glosten.records import Reason
from glosten.theory import quotes

BPS = 1e-4
PERCENT = 1e-2
THROUGH_TOUCH = 0.99
"""No taker order accepts a price more than 1 % through the touch (ruling R10)."""
WINDDOWN_EDGE = 1.0001
"""An exit that must not lose asks for one basis point above the taker break-even."""


@jit
def break_evens(s: Any, p: Any) -> None:
    """Write the price at which a maker and a taker exit get back what the held coins cost; 0 while nothing is held.

    Source: STRATEGY section 1: BE_m = c / (1 - f_m), BE_t = c / (1 - f_t).
    """
    cost = average_cost(s, p)
    s["quote"]["break_even_maker"] = cost / (1.0 - p["strategy"]["GM_MAKER_FEE"] * PERCENT)
    s["quote"]["break_even_taker"] = cost / (1.0 - p["strategy"]["GM_FEE"] * PERCENT)


@jit
def guard_applies(s: Any, p: Any) -> bool:
    """Return whether the break-even guard watches sells: it is on and a sellable amount is held."""
    capital = s["capital"]
    return (
        p["strategy"]["BE_GUARD"] != 0 and s["ledger"]["held"] > 0 and capital["inventory"] >= capital["smallest_order"]
    )


@jit
def is_post_only(p: Any) -> bool:
    """Return whether quotes go out post-only: the operator wants it and the venue has it."""
    return p["strategy"]["NO_POST_ONLY"] == 0 and p["runtime"]["supports_post_only"] != 0


@jit
def break_even(s: Any, post_only: int) -> float:
    """Return the price a sell must fetch: what cannot take clears the maker break-even, all else the taker's (R3)."""
    return s["quote"]["break_even_maker"] if post_only else s["quote"]["break_even_taker"]


@jit
def guard_yields(s: Any, p: Any, reason: int) -> bool:
    """Return whether the guard lets this sale go below break-even.

    A flatten by force always may; under a soft guard so may a flatten, a drawdown close and a rebalance; a rebalance
    of coins whose cost nobody told may as well. Source: STRATEGY 4.6, BE_GUARD_BLOCK_MARKET_SELLS; 4.2; 5.1.
    """
    if reason == Reason.EXIT_FLATTEN and s["cycle"]["flatten"] == FORCED:
        return True
    if reason == Reason.REBALANCE and s["ledger"]["cost_known"] == 0:
        return True
    may_take = reason in (Reason.EXIT_FLATTEN, Reason.EXIT_MAX_DD, Reason.REBALANCE)
    return may_take and p["strategy"]["BE_GUARD_BLOCK_MARKET_SELLS"] == 0


@jit
def price(s: Any, p: Any, mid: float) -> None:
    """Write the innermost bid and ask: the model's quotes, widened to the base spread, then kept safe.

    The safeguards move the ask only up and the bid only down, so bid < ask survives them: the ask clears the break-even
    the guard asks of it plus a buffer, and neither quote comes closer to the opposite touch than the cross protection
    allows.
    Source: Glosten & Milgrom (1985), ask = E[V | buy], bid = E[V | sell]; STRATEGY 4.3 GM_BASE_SPREAD, 4.7.
    """
    quote, belief, keys = s["quote"], s["belief"], p["strategy"]
    tick = p["instrument"]["tick"]
    model_bid, model_ask = quotes(
        belief["value_low"], belief["value_high"], belief["prior"], keys["GM_ALPHA"], NOISE_BUYS
    )
    quote["model_bid"], quote["model_ask"] = model_bid, model_ask
    buffer = keys["GM_BASE_SPREAD"] * BPS
    if keys["GM_BAYES_ENABLED"]:
        ask = max(model_ask, belief["value"] * (1.0 + buffer))
        bid = min(model_bid, belief["value"] * (1.0 - buffer))
    else:
        ask, bid = mid * (1.0 + buffer), mid * (1.0 - buffer)
    quote["base_bid"], quote["base_ask"] = bid, ask
    if guard_applies(s, p) and keys["GM_DISABLE_ASK_CLAMP"] == 0:
        ask = max(ask, break_even(s, is_post_only(p)) * (1.0 + keys["GM_ASK_CLAMP_BUFFER_BPS"] * BPS))
    quote["clamped_ask"] = ask
    if keys["GM_DISABLE_CROSS_PROT"] == 0:
        distance = keys["GM_CROSS_PROT_BPS"] * BPS
        ask = max(ask, s["view"]["bid"] * tick * (1.0 + distance))
        bid = min(bid, s["view"]["ask"] * tick * (1.0 - distance))
    quote["bid"], quote["ask"] = bid, ask
    quote["base_bid_applied"], quote["base_ask_applied"] = (
        int(quote["base_bid"] != model_bid),
        int(quote["base_ask"] != model_ask),
    )
    quote["clamp_applied"] = int(quote["clamped_ask"] != quote["base_ask"])
    quote["cross_bid_applied"] = int(bid != quote["base_bid"])
    quote["cross_ask_applied"] = int(ask != quote["clamped_ask"])
