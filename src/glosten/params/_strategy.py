"""The strategy: all 61 keys of the operator's page in one frozen model, and its strict overlay."""

from __future__ import annotations

from glosten.params._capital import Allocation, CapitalAndPeriod
from glosten.params._model import BayesianModel, Fees, FillSkew, RiskAndSafety
from glosten.params._operation import RuntimeAndExchange
from glosten.params._safety import LadderedQuoting, PortfolioAndRuntime, SafetyAndTuning

GROUPS = (
    CapitalAndPeriod,
    Allocation,
    BayesianModel,
    FillSkew,
    RiskAndSafety,
    Fees,
    RuntimeAndExchange,
    SafetyAndTuning,
    LadderedQuoting,
    PortfolioAndRuntime,
)


class Strategy(
    # The last base comes first in the order of fields, so this is GROUPS backwards.
    PortfolioAndRuntime,
    LadderedQuoting,
    SafetyAndTuning,
    RuntimeAndExchange,
    Fees,
    RiskAndSafety,
    FillSkew,
    BayesianModel,
    Allocation,
    CapitalAndPeriod,
):
    """The 61 keys of the two-sided Glosten-Milgrom maker; any subset may be given, the rest are defaults."""


STRICT_OVERLAY: dict[str, bool | float] = {
    "BE_GUARD": False,
    "SCRATCH_LIVENESS_MIN": 0.0,
    "DRIFT_ATR_FRAC": 0.0,
    "SKEW_QTY_MAX": 1.0,
    "DISABLE_BREAKER_WINDDOWN": True,
    "GM_DISABLE_ASK_CLAMP": True,
    "GM_DISABLE_CROSS_PROT": True,
}
"""What STRICT_LITERATURE sets; the other 54 keys stay as they are."""


def overlay(strategy: Strategy) -> tuple[Strategy, tuple[str, ...]]:
    """Return the strategy in force, and the names of the keys that STRICT_LITERATURE changed in it.

    Source: STRATEGY 4.7, STRICT_LITERATURE (the page's list, nothing else).
    """
    if not strategy.STRICT_LITERATURE:
        return strategy, ()
    changed = tuple(key for key, value in STRICT_OVERLAY.items() if getattr(strategy, key) != value)
    return strategy.model_copy(update=STRICT_OVERLAY), changed
