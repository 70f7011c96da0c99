from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Binary

EXACT = {"rel": 1e-12, "abs": 1e-12}
inside = st.floats(0.01, 0.99)
models = st.builds(
    Binary, v_low=st.floats(-100, 100), v_high=st.floats(101, 1000), prior=inside, alpha=inside, gamma=inside
)
sides = st.sampled_from([1, -1])


def number(text: str | float) -> float:
    """Return a golden number, which may be written as a fraction."""
    top, _, bottom = str(text).partition("/")
    return float(top) / float(bottom or 1)


def golden(vectors: Any) -> list[tuple[Binary, dict[str, Any]]]:
    rows = []
    for row in vectors["binary"]:
        given_ = {key: number(value) for key, value in row["in"].items()}
        rows.append((Binary(given_["VL"], given_["VH"], given_["pi"], given_["al"], given_["ga"]), row))
    return rows


def test_quotes_are_the_golden_ones(theory_vectors: Any) -> None:
    for model, row in golden(theory_vectors):
        quotes = model.quotes()
        assert quotes.ask == pytest.approx(number(row["ask"]), **EXACT)
        assert quotes.bid == pytest.approx(number(row["bid"]), **EXACT)
        assert theory.quotes(model.v_low, model.v_high, model.prior, model.alpha, model.gamma) == pytest.approx(
            (quotes.bid, quotes.ask), **EXACT
        )


def test_posteriors_rates_and_shares_are_the_golden_ones(theory_vectors: Any) -> None:
    (first, first_row), (second, second_row) = golden(theory_vectors)[:2]
    assert first.quotes().posterior_buy == pytest.approx(number(first_row["piB"]), **EXACT)
    assert first.quotes().posterior_sell == pytest.approx(number(first_row["piS"]), **EXACT)
    for model, row in ((first, first_row), (second, second_row)):
        learning = model.learning()
        assert theory.log_odds_step(1, model.alpha, model.gamma) == pytest.approx(row["u"], **EXACT)
        assert learning.kl_high == pytest.approx(row["KL_HL"], **EXACT)
        assert learning.kl_low == pytest.approx(row["KL_LH"], **EXACT)
        assert learning.chernoff == pytest.approx(row["chernoff"], **EXACT)
    quotes = second.quotes()
    assert theory.log_odds_step(-1, second.alpha, second.gamma) == pytest.approx(second_row["d"], **EXACT)
    assert second.learning().chernoff_weight == pytest.approx(second_row["chernoff_s"], **EXACT)
    assert quotes.p_buy == pytest.approx(number(second_row["PB"]), **EXACT)
    assert quotes.posterior_buy == pytest.approx(number(second_row["piB"]), **EXACT)
    assert quotes.posterior_sell == pytest.approx(number(second_row["piS"]), **EXACT)
    assert quotes.spread == pytest.approx(100 * number(second_row["spread01"]), **EXACT)
    assert second.gains().informed == pytest.approx(100 * number(second_row["informed_gain_per_arrival01"]), **EXACT)
    assert second.informed_share(1) == pytest.approx(number(second_row["P_inf_given_buy"]), **EXACT)
    assert second.informed_share(-1) == pytest.approx(number(second_row["P_inf_given_sell"]), **EXACT)


def test_the_ask_climbs_as_published_when_everybody_buys() -> None:
    model = Binary(50, 51, 0.5, 0.5)
    for buys in range(5):
        assert model.quotes().ask == pytest.approx(50 + 3 ** (buys + 1) / (3 ** (buys + 1) + 1), **EXACT)
        model = model.update(1)


def test_one_buy_and_one_sell_leave_the_strategys_numbers() -> None:
    after = theory.posterior(0.5, 1, 0.15, 0.5)
    assert after == pytest.approx(0.575, abs=1e-12)
    assert theory.posterior(after, -1, 0.15, 0.5) == pytest.approx(0.5, abs=1e-12)
    assert theory.posterior(0.5, 1, 0.3, 0.5) == pytest.approx(0.65, abs=1e-12)


def test_the_likelihood_of_a_sequence_is_the_golden_one(theory_vectors: Any) -> None:
    row = theory_vectors["likelihood"]
    model = Binary(0, 1, row["pi"], row["al"], row["ga"])
    buys, sells = row["seq"].count("B"), row["seq"].count("S")
    assert model.log_likelihood(buys, sells) == pytest.approx(row["loglik"], **EXACT)
    assert model.posterior(buys, sells) == pytest.approx(row["posterior"], **EXACT)


@settings(max_examples=60)
@given(models)
def test_the_bid_lies_below_the_mean_and_the_ask_above(model: Binary) -> None:
    quotes = model.quotes()
    assert model.v_low <= quotes.bid < quotes.mean < quotes.ask <= model.v_high
    assert quotes.spread == pytest.approx(quotes.ask - quotes.bid, rel=1e-9)
    assert quotes.p_buy + quotes.p_sell == pytest.approx(1.0, abs=1e-14)


@settings(max_examples=60)
@given(models)
def test_the_belief_is_a_martingale_and_so_is_the_price(model: Binary) -> None:
    quotes = model.quotes()
    expected = quotes.p_buy * quotes.posterior_buy + quotes.p_sell * quotes.posterior_sell
    assert expected == pytest.approx(model.prior, rel=1e-12)
    assert quotes.p_buy * quotes.ask + quotes.p_sell * quotes.bid == pytest.approx(quotes.mean, rel=1e-12)


@settings(max_examples=60)
@given(models)
def test_the_squared_price_change_is_the_product_of_probabilities_and_squared_spread(model: Binary) -> None:
    quotes = model.quotes()
    squares = quotes.p_buy * (quotes.ask - quotes.mean) ** 2 + quotes.p_sell * (quotes.mean - quotes.bid) ** 2
    assert squares == pytest.approx(quotes.p_buy * quotes.p_sell * quotes.spread**2, rel=1e-8)


@settings(max_examples=60)
@given(models, sides)
def test_the_maker_earns_nothing_on_either_side_and_the_informed_what_noise_loses(model: Binary, side: int) -> None:
    gains = model.gains(side)
    assert gains.informed > 0
    assert gains.noise == pytest.approx(-gains.informed, rel=1e-9)
    assert gains.maker == pytest.approx(0, abs=1e-12 * model.width)
    assert sum(model.gains()) == pytest.approx(0, abs=1e-12 * model.width)


@settings(max_examples=60)
@given(models, sides)
def test_the_share_of_informed_follows_from_bayes(model: Binary, side: int) -> None:
    stands = model.prior if side > 0 else 1 - model.prior
    assert model.informed_share(side) == pytest.approx(model.alpha * stands / model.side_probability(side), rel=1e-12)
    assert theory.informed_share(model.prior, 0, model.alpha, model.gamma) == pytest.approx(model.alpha)


@settings(max_examples=30)
@given(models, st.lists(sides, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_trades_does_not_matter(model: Binary, trades: list[int], shuffler: Any) -> None:
    def believe(order: list[int]) -> float:
        now = model
        for side in order:
            now = now.update(side)
        return now.prior

    shuffled = list(trades)
    shuffler.shuffle(shuffled)
    assert believe(shuffled) == pytest.approx(believe(trades), rel=1e-10)
    assert model.posterior(trades.count(1), trades.count(-1)) == pytest.approx(believe(trades), rel=1e-10)


@settings(max_examples=30)
@given(models)
def test_the_likelihoods_of_all_sequences_sum_to_one(model: Binary) -> None:
    total = sum(math.comb(5, buys) * math.exp(model.log_likelihood(buys, 5 - buys)) for buys in range(6))
    assert total == pytest.approx(1, rel=1e-12)


@settings(max_examples=40)
@given(st.floats(-700, 700))
def test_log_odds_and_belief_undo_each_other_and_lose_nothing_near_certainty(odds: float) -> None:
    doubt = theory.belief(-odds)
    assert theory.belief(odds) + doubt == pytest.approx(1, rel=1e-15)
    assert doubt > 0
    if abs(odds) < 30:
        assert theory.log_odds(theory.belief(odds)) == pytest.approx(odds, rel=1e-3, abs=1e-12)


def test_a_model_keeps_its_doubt_where_the_belief_has_no_digits_left() -> None:
    model = Binary(98, 102, 0.5, 0.3)
    for _ in range(200):
        model = model.update(1)
    assert model.prior == 1.0
    assert 0 < model.quotes().spread < 1e-50
    for _ in range(200):
        model = model.update(-1)
    assert model.prior == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1e-12, 1 - 1e-12, 1.0])
def test_alpha_at_its_ends_is_the_limit_of_alpha_beside_them(alpha: float) -> None:
    quotes = Binary(98, 102, 0.4, alpha).quotes()
    nobody = alpha < 0.5
    assert quotes.ask == pytest.approx(quotes.mean if nobody else 102, abs=1e-10)
    assert quotes.bid == pytest.approx(quotes.mean if nobody else 98, abs=1e-10)
    assert quotes.spread == pytest.approx(0 if nobody else 4, abs=1e-10)


@pytest.mark.parametrize("prior", [0.0, 1e-15, 1 - 1e-15, 1.0])
def test_a_certain_prior_leaves_no_spread(prior: float) -> None:
    quotes = Binary(98, 102, prior, 0.3).quotes()
    assert quotes.bid == pytest.approx(102 if prior > 0.5 else 98, abs=1e-12)
    assert quotes.ask == pytest.approx(quotes.bid, abs=1e-12)
    assert quotes.spread == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize(
    ("prior", "alpha", "gamma", "missing", "words"),
    [
        (1.0, 1.0, 0.5, "bid", ("v_high is certain", "alpha = 1")),
        (0.0, 1.0, 0.5, "ask", ("v_low is certain", "alpha = 1")),
        (0.5, 0.0, 1.0, "bid", ("alpha = 0", "gamma = 1")),
        (0.5, 0.0, 0.0, "ask", ("alpha = 0", "gamma = 0")),
        (1.0, 0.4, 1.0, "bid", ("v_high is certain", "gamma = 1")),
        (0.0, 0.4, 0.0, "ask", ("v_low is certain", "gamma = 0")),
    ],
)
def test_a_side_that_cannot_trade_has_no_quote_and_says_why(
    prior: float, alpha: float, gamma: float, missing: str, words: tuple[str, str]
) -> None:
    model = Binary(0, 1, prior, alpha, gamma)
    quotes = model.quotes()
    side = -1 if missing == "bid" else 1
    reason = quotes.why_no_bid if missing == "bid" else quotes.why_no_ask
    assert getattr(quotes, missing) is None
    assert getattr(quotes, "ask" if missing == "bid" else "bid") == (prior if alpha == 0 else round(prior))
    assert (quotes.posterior_sell if missing == "bid" else quotes.posterior_buy) is None
    assert quotes.spread is None
    assert all(word in (reason or "") for word in words)
    assert model.informed_share(side) is None
    assert model.impact(side) is None
    assert model.gains(side) == (0, 0, 0)
    assert math.isnan(theory.posterior(prior, side, alpha, gamma))
    with pytest.raises(DomainError, match="probability 0"):
        model.update(side)


def test_certain_and_fully_informed_the_spread_is_no_width_as_the_naive_form_says() -> None:
    assert theory.spread(4.0, 1.0, 0.0, 1.0, 0.5) == 0
    assert theory.spread(4.0, 0.5, 0.5, 1.0, 0.5) == 4


def test_a_trade_of_unknown_side_teaches_nothing() -> None:
    model = Binary(0, 1, 0.3, 0.4)
    assert model.update(0) == model
    assert theory.posterior(0.3, 0, 0.4, 0.5) == 0.3
    assert theory.gains(1.0, 0.3, 0, 0.4, 0.5) == (0, 0, 0)


def test_a_sequence_that_cannot_happen_has_no_posterior() -> None:
    model = Binary(0, 1, 0.5, 1.0)
    assert model.posterior(1, 1) is None
    assert model.log_likelihood(1, 1) == -math.inf
    assert model.posterior(3, 0) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("prior", -0.1), ("prior", 1.01), ("alpha", 1.3), ("alpha", math.nan), ("gamma", -1), ("v_low", math.inf)],
)
def test_a_parameter_outside_its_domain_is_named_with_its_value_and_range(name: str, value: float) -> None:
    good = {"v_low": 98.0, "v_high": 102.0, "prior": 0.5, "alpha": 0.3, "gamma": 0.5}
    with pytest.raises(DomainError) as caught:
        Binary(**{**good, name: value})
    assert any(name in problem and f"{value:g}" in problem for problem in caught.value.problems)
    if name not in ("v_low", "v_high"):
        assert "between 0 and 1" in caught.value.problems[0]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        Binary(3, 2, 1.2, -1, 0.5)
    assert len(caught.value.problems) == 3
    with pytest.raises(DomainError, match="below v_high"):
        Binary(2, 2, 0.5, 0.3)


def test_verbs_refuse_what_is_no_side_and_no_count() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    with pytest.raises(DomainError, match="side must be"):
        model.update(2)
    with pytest.raises(DomainError, match="number of trades"):
        model.log_likelihood(-1, 2)


def test_signs_of_any_two_trades_have_the_correlation_alpha_squared() -> None:
    alpha = 0.3
    model = Binary(0, 1, 0.5, alpha)
    joint = {
        pair: math.exp(model.log_likelihood(pair.count(1), pair.count(-1)))
        for pair in itertools.product((1, -1), repeat=2)
    }
    assert sum(first * second * chance for (first, second), chance in joint.items()) == pytest.approx(alpha**2)


def test_successive_price_changes_are_uncorrelated_so_roll_reads_nothing() -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    covariance = 0.0
    for first in (1, -1):
        middle = model.update(first)
        change = middle.mean - model.mean
        for second in (1, -1):
            chance = model.side_probability(first) * middle.side_probability(second)
            covariance += chance * change * (middle.update(second).mean - middle.mean)
    assert covariance == pytest.approx(0, abs=1e-12)


@settings(max_examples=40)
@given(models, sides, st.floats(0, 2))
def test_impact_is_the_half_spread_and_the_order_cost_comes_back(model: Binary, side: int, cost: float) -> None:
    quotes = model.quotes()
    assume(quotes.spread > 1e-6 * model.width)
    impact = model.impact(side, cost)
    half = quotes.ask - quotes.mean if side > 0 else quotes.mean - quotes.bid
    assert impact.long_term == pytest.approx(half, rel=1e-6)
    assert impact.short_term == pytest.approx(impact.long_term + cost)
    assert impact.reversal == cost


def test_ticks_are_rounded_away_from_the_mean_as_published(theory_vectors: Any) -> None:
    row = theory_vectors["tick"]
    model = Binary(0, 1, row["pi"], row["al"], row["ga"])
    bid, ask = model.tick_quotes(row["tick"])
    assert (bid * row["tick"], ask * row["tick"]) == pytest.approx((row["bid"], row["ask"]))
    assert model.quotes().ask == pytest.approx(number(row["raw_ask"]), **EXACT)
    assert model.quotes().bid == pytest.approx(number(row["raw_bid"]), **EXACT)
    with pytest.raises(DomainError, match="tick"):
        model.tick_quotes(0)


def test_a_price_on_the_grid_stays_where_it_is_whatever_the_floats_say() -> None:
    for ticks in range(1, 2000, 7):
        price = ticks * 0.1 * (1 + 1e-12)
        assert theory.ask_ticks(price, 0.1) == ticks
        assert theory.bid_ticks(ticks * 0.1 * (1 - 1e-12), 0.1) == ticks


def test_compiled_and_python_agree() -> None:
    for function, arguments in (
        (theory.posterior, (0.4, 1, 0.3, 0.6)),
        (theory.log_likelihood, (7, 3, 0.4, 0.3, 0.6)),
        (theory.spread, (2.0, 0.4, 0.6, 0.3, 0.6)),
        (theory.two_sided_exit, (7.0, 5.0, 0.3)),
    ):
        assert function(*arguments) == pytest.approx(getattr(function, "py_func", function)(*arguments), rel=1e-15)


def test_prices_far_from_zero_keep_their_digits() -> None:
    quotes = Binary(60_000, 60_001, 1 - 1e-9, 0.2).quotes()
    assert np.all(np.diff([quotes.bid, quotes.mean, quotes.ask]) >= 0)
    assert quotes.spread == pytest.approx(4 * 0.2 * 1e-9 / (1 - 0.04), rel=1e-6)
