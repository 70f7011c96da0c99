"""The binary model as an object: parameters checked once, then the same verbs as every other model."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from glosten.errors import DomainError
from glosten.theory import _binary, _dynamics, _inversion, _lattice, _order_cost
from glosten.theory._domain import Interval, part_problem, require, rising_problem, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._order_ensemble import OrderEnsemble, order_ensemble

BUY, SELL = 1, -1
WORDS = {BUY: "buy", SELL: "sell"}

V_LOW = Interval("v_low", "the low value, in price units", -math.inf, math.inf)
V_HIGH = Interval("v_high", "the high value, in price units", -math.inf, math.inf)
PRIOR = Interval("prior", "the probability of the high value")
ALPHA = Interval("alpha", "the fraction of traders who know the value")
GAMMA = Interval("gamma", "the probability that a noise trader buys")
TARGET = Interval("target", "the belief to reach", open_low=True, open_high=True)
TICK = Interval("tick", "the price step", 0.0, math.inf, open_low=True)
ORDER_COST = Interval("order_cost", "what an order costs the maker, in price units", 0.0, math.inf)


Model = TypeVar("Model", bound=Any)


class Quotes(NamedTuple):
    """Both quotes before the next order, in price units, and what each trade would teach.

    A side that cannot trade is None throughout (there is no spread then), and ``why_no_bid`` or ``why_no_ask`` says
    why in words.
    """

    bid: float | None
    ask: float | None
    spread: float | None
    mean: float
    p_buy: float
    p_sell: float
    posterior_buy: float | None
    posterior_sell: float | None
    why_no_bid: str | None
    why_no_ask: str | None


class Gains(NamedTuple):
    """What each class of traders expects of the next arrival, in price units; the three sum to 0."""

    informed: float
    noise: float
    maker: float


class Learning(NamedTuple):
    """Rates per trade: mean log-odds gained when V = V_H and V = V_L, and the Chernoff rate with its weight s*."""

    kl_high: float
    kl_low: float
    chernoff: float
    chernoff_weight: float


class HittingTime(NamedTuple):
    """Trades until the belief reaches a target when V = V_H; ``exact`` is False for Wald's approximation."""

    mean: float
    sd: float
    exact: bool


class Exit(NamedTuple):
    """Which of two bounds the belief meets first when V = V_H, and after how many trades on average."""

    p_wrong: float
    mean: float


class Impact(NamedTuple):
    """Price impact of one trade, its own way, in price units: at once, for good, and what comes back."""

    short_term: float
    long_term: float
    reversal: float


@dataclass(frozen=True, slots=True)
class Binary:
    """Glosten and Milgrom's market with two values, of which a fraction alpha of the traders knows the true one.

    ``v_low`` < ``v_high`` in price units; ``prior`` = P(V_H), ``alpha`` and ``gamma`` = P(a noise trader buys) lie in
    [0, 1]. Raises `DomainError` naming every parameter outside its domain. ``log_odds`` follows from ``prior``; after
    an `update` it carries the belief where ``prior`` has no digits left to do so.

    Source: Glosten & Milgrom (1985); Foucault, Pagano & Roell, Market Liquidity, chapter 3.
    """

    v_low: float
    v_high: float
    prior: float
    alpha: float
    gamma: float = 0.5
    log_odds: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), GAMMA.problem(self.gamma)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "gamma"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "log_odds", _binary.log_odds(self.prior))

    @classmethod
    def from_quotes(cls, bid: float, ask: float, v_low: float, v_high: float, gamma: float = 0.5) -> Binary:
        """Return the model whose zero-profit quotes these are; needs v_low < bid <= ask < v_high and 0 < gamma < 1.

        Raises `DomainError` otherwise: a quote at an end says that a trade there tells all, whatever alpha is.

        Source: the closed-form inversion, `alpha_and_prior`.
        """
        require([GAMMA._replace(open_low=True, open_high=True).problem(gamma)])
        if not v_low < bid <= ask < v_high:
            raise DomainError(
                f"quotes can be inverted only where v_low < bid <= ask < v_high; "
                f"they were {v_low:g}, {bid:g}, {ask:g} and {v_high:g}."
            )
        width = v_high - v_low
        alpha, prior = _inversion.alpha_and_prior((ask - v_low) / width, (bid - v_low) / width, gamma)
        return cls(v_low, v_high, prior, alpha, gamma)

    @property
    def width(self) -> float:
        """Return v_high - v_low in price units."""
        return self.v_high - self.v_low

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self._price(self.log_odds)

    def _price(self, log_odds: float) -> float:
        if log_odds < 0.0:
            return self.v_low + self.width * _binary.belief(log_odds)
        return self.v_high - self.width * _binary.belief(-log_odds)

    def side_probability(self, side: int) -> float:
        """Return P(the next trade is on this side): +1 a buy, -1 a sell, 0 either (then 1)."""
        require([None if side in (BUY, 0, SELL) else f"side must be 1 (a buy), -1 (a sell) or 0; it was {side}."])
        return _binary.side_probability(self.prior, side, self.alpha, self.gamma)

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order), as `side_probability`: every period brings a trade."""
        return self.side_probability(order)

    def _log_odds_after(self, side: int) -> float | None:
        """Return the log-odds of V_H after a trade, None where it cannot happen."""
        if not self.side_probability(side) > 0.0:
            return None
        return self.log_odds + _binary.log_odds_step(side, self.alpha, self.gamma)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        if self.side_probability(side) > 0.0:
            return None
        who = f"V = {'v_high' if self.prior == 1.0 else 'v_low'} is certain, so no informed trader does"
        if self.alpha == 0.0:
            who = "there are no informed traders (alpha = 0)"
        rest = f"no noise trader does (gamma = {self.gamma:g})"
        if self.alpha == 1.0:
            rest = "there are no noise traders (alpha = 1)"
        return f"A {WORDS[side]} has probability 0: {who}, and {rest}."

    def quotes(self) -> Quotes:
        """Return both quotes before the next order, with the probabilities and posteriors of both sides.

        Source: `quotes`, `posterior`; the spread is exact where ask minus bid has no digits left, `spread`.
        """
        after_buy, after_sell = self._log_odds_after(BUY), self._log_odds_after(SELL)
        spread: float | None = None
        if after_buy is not None and after_sell is not None:
            high, low = _binary.belief(self.log_odds), _binary.belief(-self.log_odds)
            spread = _binary.spread(self.width, high, low, self.alpha, self.gamma)
        return Quotes(
            bid=None if after_sell is None else self._price(after_sell),
            ask=None if after_buy is None else self._price(after_buy),
            spread=spread,
            mean=self.mean,
            p_buy=self.side_probability(BUY),
            p_sell=self.side_probability(SELL),
            posterior_buy=None if after_buy is None else _binary.belief(after_buy),
            posterior_sell=None if after_sell is None else _binary.belief(after_sell),
            why_no_bid=self.why_no_quote(SELL),
            why_no_ask=self.why_no_quote(BUY),
        )

    def tick_quotes(self, tick: float) -> tuple[int | None, int | None]:
        """Return (bid, ask) in whole ticks of the given size: the bid rounded down, the ask rounded up.

        Source: `bid_ticks`, `ask_ticks`.
        """
        require([TICK.problem(tick)])
        bid, ask = self.quotes()[:2]
        return (
            None if bid is None else _order_cost.bid_ticks(bid, tick),
            None if ask is None else _order_cost.ask_ticks(ask, tick),
        )

    def update(self, side: int) -> Binary:
        """Return the model after a trade: +1 a buy, -1 a sell, 0 unknown. Raises `DomainError` where it cannot happen.

        Source: `log_odds_step`.
        """
        after = self._log_odds_after(side)
        if after is None:
            raise DomainError(f"{self.why_no_quote(side)} Nothing can be learned from it.")
        return believing(self, after)

    def posterior(self, buys: int, sells: int) -> float | None:
        """Return P(V_H) after that many buys and sells in any order, None where they cannot happen together.

        Source: `log_odds_after`.
        """
        require(_counts(buys, sells))
        after = _binary.log_odds_after(buys, sells, self.prior, self.alpha, self.gamma)
        return None if math.isnan(after) else _binary.belief(after)

    def log_likelihood(self, buys: int, sells: int) -> float:
        """Return ln P(a sequence with that many buys and sells); the order does not matter.

        Source: `log_likelihood`.
        """
        require(_counts(buys, sells))
        return _binary.log_likelihood(buys, sells, self.prior, self.alpha, self.gamma)

    def fit_alpha(self, buys: int, sells: int) -> Binary:
        """Return the model with the alpha that makes a sequence with that many buys and sells most likely.

        Source: `alpha_of_trades`.
        """
        require(_counts(buys, sells))
        return replace(self, alpha=_inversion.alpha_of_trades(buys, sells, self.prior, self.gamma))

    def informed_share(self, side: int) -> float | None:
        """Return P(the trader was informed | side), None where the side cannot trade.

        Source: `informed_share`.
        """
        share = _binary.informed_share(self.prior, side, self.alpha, self.gamma)
        return None if math.isnan(share) else share

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: on one side, or on both together.

        Source: `gains`.
        """
        sides = (BUY, SELL) if side is None else (side,)
        rows = [_binary.gains(self.width, self.prior, one, self.alpha, self.gamma) for one in sides]
        return Gains(*(sum(column) for column in zip(*rows, strict=True)))

    def impact(self, side: int, order_cost: float = 0.0) -> Impact | None:
        """Return what a trade does to the price, its own way, None where it cannot happen; the cost is in price units.

        Source: `impact`; Foucault, Pagano & Roell, 3.29-3.37.
        """
        require([ORDER_COST.problem(order_cost)])
        moved = _order_cost.impact(self.width, self.prior, side, self.alpha, self.gamma)
        return None if math.isnan(moved) else Impact(moved + order_cost, moved, order_cost)

    def learning(self) -> Learning:
        """Return how fast the maker learns, per trade.

        Source: `learning_rates`, `chernoff_rate`.
        """
        return Learning(
            *_dynamics.learning_rates(self.alpha, self.gamma), *_dynamics.chernoff_rate(self.alpha, self.gamma)
        )

    def hitting_time(self, target: float) -> HittingTime:
        """Return the trades until the belief reaches a target, V = V_H: exact for gamma = 1/2, else Wald's estimate.

        Source: `hitting_time`, `wald_hitting_time`.
        """
        require([TARGET.problem(target)])
        exact = self.gamma == 0.5
        if exact:
            net_buys = _dynamics.net_buys_to(self.prior, target, self.alpha, self.gamma)
            mean, variance = _dynamics.hitting_time(net_buys, self.alpha)
        else:
            mean, variance = _dynamics.wald_hitting_time(self.prior, target, self.alpha, self.gamma)
        return HittingTime(mean, math.sqrt(variance), exact)

    def exit(self, above: int, below: int) -> Exit:
        """Return the law of leaving the band of ``above`` net buys and ``below`` net sells when V = V_H.

        Raises `DomainError` unless gamma = 1/2, where a buy and a sell undo each other.

        Source: `two_sided_exit`.
        """
        require(_counts(above, below))
        if self.gamma != 0.5:
            raise DomainError(f"two-sided exits are known in closed form only for gamma = 0.5; it was {self.gamma:g}.")
        return Exit(*_dynamics.two_sided_exit(above, below, self.alpha))

    def first_passage(self, target: float, trades: int) -> _lattice.Floats:
        """Return P(the belief first reaches a target at trade t | V_H), shape (trades + 1,), exact for any gamma.

        Source: `first_passage`.
        """
        require([TARGET.problem(target), *_counts(trades)])
        return _lattice.first_passage(trades, self.log_odds, _binary.log_odds(target), self.alpha, self.gamma)

    def law(self, trades: int) -> _lattice.Law:
        """Return the exact law by time over 0..trades trades: spread, belief, gains of every class.

        Source: `law_by_value`.
        """
        require(_counts(trades))
        by_value = _lattice.law_by_value(trades, self.log_odds, self.alpha, self.gamma)
        return _lattice.mix(by_value, self.prior, self.width)

    def ensemble(self, periods: int, seed: int = 0) -> OrderEnsemble:
        """Return all paths of that many periods, a trade each, that the seed draws."""
        noise = (1.0 - self.alpha) * np.array([1.0 - self.gamma, 0.0, self.gamma])
        informed = np.array([[self.alpha, 0.0, 0.0], [0.0, 0.0, self.alpha]])
        beliefs = [_binary.belief(-self.log_odds), _binary.belief(self.log_odds)]
        market = np.array([[self.v_low, self.v_high], beliefs]), np.stack([informed, np.stack([noise, noise])])
        return order_ensemble("binary", market, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, a trade each, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)


def _counts(*numbers: int) -> list[str | None]:
    """Return the problems of numbers of trades."""
    return [whole_problem("a number of trades", number) for number in numbers]


def believing(model: Model, log_odds: float) -> Model:
    """Return a model of two values with another belief, told in log-odds: near certainty ``prior`` has no digits left.

    ``model`` has both, `log_odds` no argument of its making.
    """
    after = replace(model, prior=_binary.belief(log_odds))
    object.__setattr__(after, "log_odds", log_odds)
    return after


def binary_problem(market: object) -> str | None:
    """Return what is wrong with what should be a binary market, or None."""
    return part_problem(
        "market", market, "a binary market, as in Binary(98, 102, 0.5, 0.3)", fits=isinstance(market, Binary)
    )
