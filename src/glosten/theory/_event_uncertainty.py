"""Traders may stay out: whether there was news at all is uncertain (Easley & O'Hara), or noise merely skips a turn.

In the first model a period without a trade speaks against news, so time itself teaches. In the second the informed
always trade and noise stays out equally often whatever the value, so a period without a trade teaches nothing: clock
time and trade time differ, beliefs do not move. ``order`` is +1 for a buy, -1 for a sell, 0 for no trade.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from glosten._jit import jit
from glosten.theory import _binary
from glosten.theory._binary_model import ALPHA, GAMMA, PRIOR, V_HIGH, V_LOW, Binary, Gains, believing
from glosten.theory._domain import Interval, require, rising_problem, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._lattice import Law
from glosten.theory._order_ensemble import OrderEnsemble
from glosten.theory._order_flow import (
    OrderTable,
    TwoSidedQuotes,
    impossible,
    log_power,
    log_sum,
)
from glosten.theory._order_lattice import in_clock_time
from glosten.theory._order_table import Floats
from glosten.theory._table_law import table_law

NO_EVENT, GOOD, BAD = 0, 1, 2

P_EVENT = Interval("p_event", "the probability that there was news")
P_BAD = Interval("p_bad", "the probability that news is bad")
MU = Interval("mu", "the fraction of traders who know the news")
EPS = Interval("eps", "the probability that a noise trader trades")
ETA = Interval("eta", "the probability that a noise trader buys, and that it sells", 0.0, 0.5)
V_NONE = Interval("v_none", "the value where there was no news, in price units", -math.inf, math.inf)


@jit
def event_noise(order: int, eps: float, gamma: float) -> float:
    """Return P(order | a noise trader came), a probability.

    Source: Easley & O'Hara (1992): a noise trader trades with probability eps, buys with gamma of those.
    """
    if order == 0:
        return 1.0 - eps
    return eps * (gamma if order > 0 else 1.0 - gamma)


@jit
def event_order_if(state: int, order: int, mu: float, eps: float, gamma: float) -> float:
    """Return P(order | state), a probability; state 0 is no news, 1 good news, 2 bad news.

    Source: Easley & O'Hara (1992): P(B|good) = mu + (1-mu) eps/2, P(N|event) = (1-mu)(1-eps),
    P(N|none) = 1-eps.
    """
    noise = event_noise(order, eps, gamma)
    if state == NO_EVENT:
        return noise
    knows = 1.0 if order == (1 if state == GOOD else -1) else 0.0
    return mu * knows + (1.0 - mu) * noise


@jit
def event_after_no_trade(p_event: float, mu: float) -> float:
    """Return P(news) after a period without a trade, a probability: never above what it was; NaN at p_event = mu = 1.

    Source: Bayes with P(N|event) / P(N|none) = 1 - mu, whatever eps < 1 is.
    """
    stays = p_event * (1.0 - mu)
    total = stays + 1.0 - p_event
    return stays / total if total > 0.0 else math.nan


@jit
def trade_alpha(alpha: float, eta: float) -> float:
    """Return the fraction of trades that are informed where a noise trader trades with probability 2 eta; NaN if none.

    Source: alpha / (alpha + (1 - alpha) 2 eta): the model in trade time is the binary one with this alpha.
    """
    trades = alpha + (1.0 - alpha) * 2.0 * eta
    return alpha / trades if trades > 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class EventUncertainty:
    """Easley and O'Hara's market: news with probability p_event, bad with p_bad of those, known to a fraction mu.

    ``v_low`` < ``v_high`` in price units, bad and good news; the value without news is ``v_none``, their prior mean
    unless given. A noise trader trades with probability ``eps`` and then buys with ``gamma``. Raises `DomainError`
    naming every parameter outside its domain. ``beliefs`` in (no news, good, bad) follow from p_event and p_bad; after
    an `update` they carry what those have no digits left for.

    Source: Easley & O'Hara (1992), Time and the process of security price adjustment.
    """

    v_low: float
    v_high: float
    p_event: float
    p_bad: float
    mu: float
    eps: float
    gamma: float = 0.5
    v_none: float | None = None
    beliefs: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), P_EVENT.problem(self.p_event)]
        checks += [P_BAD.problem(self.p_bad), MU.problem(self.mu), EPS.problem(self.eps), GAMMA.problem(self.gamma)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        if self.v_none is None:
            object.__setattr__(self, "v_none", self.v_high - self.p_bad * (self.v_high - self.v_low))
        else:
            require([V_NONE._replace(low=float(self.v_low), high=float(self.v_high)).problem(self.v_none)])
        for name in ("v_low", "v_high", "p_event", "p_bad", "mu", "eps", "gamma", "v_none"):
            object.__setattr__(self, name, float(getattr(self, name)))
        news = (1.0 - self.p_event, self.p_event * (1.0 - self.p_bad), self.p_event * self.p_bad)
        object.__setattr__(self, "beliefs", news)

    def _believing(self, beliefs: tuple[float, ...]) -> EventUncertainty:
        event = beliefs[GOOD] + beliefs[BAD]
        bad = beliefs[BAD] / event if event > 0.0 else self.p_bad
        model = replace(self, p_event=min(event, 1.0), p_bad=bad)
        object.__setattr__(model, "beliefs", beliefs)
        return model

    @property
    def _table(self) -> OrderTable:
        # v_none lies between the two: sorted by value the states are bad, none, good.
        ascending = (BAD, NO_EVENT, GOOD)
        values = {NO_EVENT: self.v_none, GOOD: self.v_high, BAD: self.v_low}
        tables = np.zeros((2, 3, 3))
        for row, state in enumerate(ascending):
            for order in (-1, 0, 1):
                noise = 1.0 if state == NO_EVENT else 1.0 - self.mu
                tables[1, row, order + 1] = noise * event_noise(order, self.eps, self.gamma)
        tables[0, 0, 0] = tables[0, 2, 2] = self.mu
        states = np.array([[values[state] for state in ascending], [self.beliefs[state] for state in ascending]])
        return OrderTable(states, tables)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self._table.mean

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade.

        Source: `event_order_if`.
        """
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        if self._table.probability(side) > 0.0:
            return None
        word, kind = ("buy", "good") if side > 0 else ("sell", "bad")
        noise = f"no noise trader does (eps = {self.eps:g}, gamma = {self.gamma:g})"
        if self.mu == 1.0 and self.p_event == 1.0:
            noise = "there are no noise traders (news is certain and mu = 1)"
        known = f"{kind} news is ruled out, so no informed trader does"
        if self.mu == 0.0:
            known = "there are no informed traders (mu = 0)"
        return f"A {word} has probability 0: {known}, and {noise}."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: Easley & O'Hara (1992): E[V | buy] and E[V | sell].
        """
        return self._table.quotes(self.why_no_quote)

    def update(self, order: int) -> EventUncertainty:
        """Return the model after a buy (1), a sell (-1) or no trade (0). Raises `DomainError` where it cannot happen.

        Source: `event_order_if` and Bayes.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        bad, none, good = after
        return self._believing((none, good, bad))

    def posterior(self, buys: int, sells: int, none: int = 0) -> tuple[float, ...] | None:
        """Return P(no news), P(good), P(bad) after that many buys, sells and periods without a trade, in any order.

        None where they cannot happen together.

        Source: the counts are sufficient.
        """
        logs = self._joint(buys, sells, none)
        total = log_sum(logs)
        return None if total == -math.inf else tuple(math.exp(term - total) for term in logs)

    def log_likelihood(self, buys: int, sells: int, none: int = 0) -> float:
        """Return ln P(a sequence with that many buys, sells and periods without a trade); minus infinity if impossible.

        Source: ln of the sum over states of P(state) B^buys S^sells N^none, taken in logs.
        """
        return log_sum(self._joint(buys, sells, none))

    def _joint(self, buys: int, sells: int, none: int) -> list[float]:
        counts = {1: buys, -1: sells, 0: none}
        require([whole_problem("a number of periods", count) for count in counts.values()])
        logs = []
        for state, belief in enumerate(self.beliefs):
            chances = {one: event_order_if(state, one, self.mu, self.eps, self.gamma) for one in counts}
            terms = [log_power(count, chances[one]) for one, count in counts.items()]
            logs.append(log_power(1, belief) + sum(terms))
        return logs

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen.

        Source: Bayes.
        """
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together.

        Source: `gains_of_order`.
        """
        return self._table.gains(order)

    def ensemble(self, periods: int, seed: int = 0) -> OrderEnsemble:
        """Return all paths of that many periods that the seed draws."""
        return self._table.ensemble("event uncertainty", periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)

    def law(self, periods: int) -> Law:
        """Return the exact law by time over 0..periods periods: spread, belief, error, gains of every class.

        Raises `DomainError` beyond `MOST_PERIODS` periods: the cost grows with their cube.

        Source: `table_law`.
        """
        return table_law(self._table.states, self._table.tables, periods)


@dataclass(frozen=True, slots=True)
class BinaryNoTrade:
    """The binary market where a noise trader buys or sells with probability eta each, and stays out otherwise.

    ``v_low`` < ``v_high`` in price units; ``prior`` = P(V_H) and ``alpha`` in [0, 1], ``eta`` in [0, 1/2]. Raises
    `DomainError` naming every parameter outside its domain. In trade time it is `Binary` (`in_trade_time`).

    Source: Glosten & Milgrom (1985), section 2; a period without a trade has likelihood (1 - alpha)(1 - 2 eta) under
    both values.
    """

    v_low: float
    v_high: float
    prior: float
    alpha: float
    eta: float
    log_odds: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), ETA.problem(self.eta)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "eta"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "log_odds", _binary.log_odds(self.prior))

    @property
    def _table(self) -> OrderTable:
        noise = (1.0 - self.alpha) * np.array([self.eta, 1.0 - 2.0 * self.eta, self.eta])
        informed = np.array([[self.alpha, 0.0, 0.0], [0.0, 0.0, self.alpha]])
        beliefs = [_binary.belief(-self.log_odds), _binary.belief(self.log_odds)]
        states = np.array([[self.v_low, self.v_high], beliefs])
        return OrderTable(states, np.stack([informed, np.stack([noise, noise])]))

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self._table.mean

    def in_trade_time(self) -> Binary | None:
        """Return the binary model of the trades alone, None where nobody ever trades.

        Source: `trade_alpha`.
        """
        alpha = trade_alpha(self.alpha, self.eta)
        if math.isnan(alpha):
            return None
        return believing(Binary(self.v_low, self.v_high, self.prior, alpha), self.log_odds)

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        if self._table.probability(side) > 0.0:
            return None
        known = f"V = {'v_low' if side > 0 else 'v_high'} is certain, so no informed trader does"
        if self.alpha == 0.0:
            known = "there are no informed traders (alpha = 0)"
        noise = "no noise trader does (eta = 0)" if self.eta == 0.0 else "there are no noise traders (alpha = 1)"
        return f"A {'buy' if side > 0 else 'sell'} has probability 0: {known}, and {noise}."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: as `Binary.quotes`, with gamma (1 - alpha) replaced by eta (1 - alpha).
        """
        return self._table.quotes(self.why_no_quote)

    def update(self, order: int) -> BinaryNoTrade:
        """Return the model after a period: no trade (0) changes nothing. Raises `DomainError` where it cannot happen.

        Source: Bayes.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        return believing(self, self.log_odds + self._table.log_ratio(order)) if order else self

    def posterior(self, buys: int, sells: int, none: int = 0) -> float | None:
        """Return P(V_H) after that many buys, sells and periods without a trade; None where they cannot happen.

        Source: `log_odds_after` in trade time.
        """
        if self.log_likelihood(buys, sells, none) == -math.inf:
            return None
        alpha = trade_alpha(self.alpha, self.eta)
        return (
            self.prior
            if buys + sells == 0
            else _binary.belief(_binary.log_odds_after(buys, sells, self.prior, alpha, 0.5))
        )

    def log_likelihood(self, buys: int, sells: int, none: int = 0) -> float:
        """Return ln P(a sequence with that many buys, sells and periods without a trade); minus infinity if impossible.

        Source: that of the trades among themselves, plus ln of the chance of trading or not in each period.
        """
        require([whole_problem("a number of periods", count) for count in (buys, sells, none)])
        trades = self.alpha + (1.0 - self.alpha) * 2.0 * self.eta
        clock = log_power(buys + sells, trades) + log_power(none, (1.0 - self.alpha) * (1.0 - 2.0 * self.eta))
        if buys + sells == 0 or clock == -math.inf:
            return clock
        return clock + _binary.log_likelihood(buys, sells, self.prior, trade_alpha(self.alpha, self.eta), 0.5)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together."""
        return self._table.gains(order)

    def ensemble(self, periods: int, seed: int = 0) -> OrderEnsemble:
        """Return all paths of that many periods that the seed draws."""
        return self._table.ensemble("binary without a trade", periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)

    def law(self, periods: int) -> Law:
        """Return the exact law by time over 0..periods periods: spread, belief, error, gains of every class.

        Raises `DomainError` beyond `MOST_PERIODS` periods: the cost grows with their cube.

        Source: `table_law`.
        """
        return table_law(self._table.states, self._table.tables, periods)

    def first_passage(self, target: float, periods: int) -> Floats:
        """Return P(the belief first reaches a target after t periods | V_H), shape (periods + 1,).

        Source: `first_passage` in trade time, `in_clock_time`.
        """
        trades = self.in_trade_time()
        market = trades or Binary(self.v_low, self.v_high, self.prior, 0.0)
        chance = self.alpha + (1.0 - self.alpha) * 2.0 * self.eta
        return in_clock_time(market.first_passage(target, periods), chance)
