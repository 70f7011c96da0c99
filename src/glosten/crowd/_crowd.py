"""The crowd of a simulated market: who comes, how often, what they know, and what the dealers charge them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from glosten.errors import DomainError
from glosten.records import Instrument


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who trades, what they know, and the dealers they meet.

    The defaults are a lively day of a pair of about 100 cash a coin: the value moves some 4 to 5 % a day, half a trade
    a second, a spread of 24 bps, every eighth trade informed (others who know stay out, as the value lies between the
    quotes), and prices that are nearly a martingale, as they must be where dealers learn what trades tell.
    Prices in quote units, sizes in coins, ``*_bps`` in 1e-4 of the price. Raises DomainError outside a domain.
    """

    start_price: float = 100.0
    """Value at the start of the day, more than 0."""
    tick: Decimal = Decimal("0.001")
    """Price step, more than 0."""
    lot: Decimal = Decimal("0.001")
    """Size step, more than 0."""
    start_ns: int = 1_767_225_600_000_000_000
    """When the day starts, in ns since 1970 UTC."""
    seconds: float = 86_400.0
    """How long it lasts, up to ten days."""
    arrivals_per_second: float = 0.5
    """Rate of the Poisson process of traders, more than 0 and at most 1000."""
    informed_share: float = 0.25
    """Probability in [0, 1) that a trader who arrives knows the value; the dealers know this share."""
    news_per_hour: float = 20.0
    """Rate of the Poisson process of jumps of the value, 0 or more."""
    news_bps: float = 20.0
    """Standard deviation of a jump, up to 1000."""
    diffusion_bps: float = 5.0
    """Standard deviation of the value's quiet diffusion in one hour, up to 1000."""
    value_delta_bps: float = 15.0
    """Distance of the dealers' two values from their anchor, more than 0 and at most 5000."""
    anchor_seconds: float = 60.0
    """Time constant with which the dealers' anchor follows what they expect, more than 0."""
    smallest_prior: float = 0.05
    """The dealers' belief stays this far from certainty, in (0, 0.5)."""
    order_cost_bps: float = 9.0
    """What the dealers charge a side above what they lose to news, 0 to 1000."""
    mean_size: float = 2.0
    """Mean size of a trade, more than 0; sizes are skewed as lognormal ones."""
    mean_depth: float = 20.0
    """Mean size that the dealers display on a side, more than 0."""

    def __post_init__(self) -> None:
        problems = [
            f"crowd.{name} is {getattr(self, name)}; it must be {domain}."
            for name, domain, holds in _domains(self)
            if not holds
        ]
        if problems:
            raise DomainError(problems)

    @property
    def instrument(self) -> Instrument:
        """Return what the crowd trades."""
        return Instrument("COIN/CASH", self.tick, self.lot)


def _domains(crowd: Crowd) -> list[tuple[str, str, bool]]:
    """Return (field, domain in words, whether it holds); a NaN holds nowhere."""
    positive = ("start_price", "tick", "lot", "anchor_seconds", "mean_size", "mean_depth")
    ranges = (
        ("news_per_hour", 0.0, 36_000.0),
        ("news_bps", 0.0, 1000.0),
        ("diffusion_bps", 0.0, 1000.0),
        ("order_cost_bps", 0.0, 1000.0),
    )
    half_open = (
        ("seconds", 864_000.0),
        ("arrivals_per_second", 1000.0),
        ("value_delta_bps", 5000.0),
    )
    return [
        *((name, "more than 0", getattr(crowd, name) > 0 and math.isfinite(getattr(crowd, name))) for name in positive),
        *((name, f"from {low:g} to {high:g}", low <= getattr(crowd, name) <= high) for name, low, high in ranges),
        *((name, f"more than 0 and at most {high:g}", 0 < getattr(crowd, name) <= high) for name, high in half_open),
        ("informed_share", "at least 0 and less than 1", 0 <= crowd.informed_share < 1),
        ("smallest_prior", "more than 0 and less than 0.5", 0 < crowd.smallest_prior < 0.5),
        ("start_ns", "0 or more", crowd.start_ns >= 0),
    ]
