from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Binary

inside = st.floats(0.02, 0.95)


def test_alpha_and_prior_are_read_off_the_golden_quotes(theory_vectors: Any) -> None:
    row = theory_vectors["inversion"]
    model = Binary.from_quotes(row["bid"], row["ask"], row["VL"], row["VH"], row["ga"])
    assert model.alpha == pytest.approx(row["al"], rel=1e-12)
    assert model.prior == pytest.approx(row["pi"], rel=1e-12)


@settings(max_examples=60)
@given(inside, inside, inside)
def test_quoting_and_reading_the_quotes_undo_each_other_for_any_gamma(prior: float, alpha: float, gamma: float) -> None:
    quotes = Binary(0, 1, prior, alpha, gamma).quotes()
    model = Binary.from_quotes(quotes.bid, quotes.ask, 0, 1, gamma)
    assert model.alpha == pytest.approx(alpha, rel=1e-8)
    assert model.prior == pytest.approx(prior, rel=1e-8)


def test_one_price_means_nobody_is_informed() -> None:
    model = Binary.from_quotes(0.4, 0.4, 0, 1)
    assert (model.alpha, model.prior) == pytest.approx((0, 0.4))


@pytest.mark.parametrize(
    ("bid", "ask", "gamma"), [(0.5, 0.4, 0.5), (0.0, 0.4, 0.5), (0.4, 1.0, 0.5), (0.4, 0.6, 0.0), (0.4, 0.6, 1.0)]
)
def test_quotes_that_tell_too_much_or_cross_are_refused(bid: float, ask: float, gamma: float) -> None:
    with pytest.raises(DomainError):
        Binary.from_quotes(bid, ask, 0, 1, gamma)
    alpha, prior = theory.alpha_and_prior(ask, bid, gamma)
    assert alpha != alpha  # NaN  # noqa: PLR0124
    assert prior != prior  # noqa: PLR0124


def test_the_most_likely_alpha_of_the_golden_sequence(theory_vectors: Any) -> None:
    row = theory_vectors["likelihood"]
    model = Binary(0, 1, row["pi"], 0.0, row["ga"])
    fitted = model.fit_alpha(row["seq"].count("B"), row["seq"].count("S"))
    assert fitted.alpha == pytest.approx(row["mle_al"], rel=1e-11)


@settings(max_examples=40)
@given(st.integers(0, 60), st.integers(0, 60), inside, st.floats(0.1, 0.9))
def test_no_other_alpha_is_more_likely(buys: int, sells: int, prior: float, gamma: float) -> None:
    fitted = theory.alpha_of_trades(buys, sells, prior, gamma)
    best = theory.log_likelihood(buys, sells, prior, fitted, gamma)
    for point in range(401):
        assert theory.log_likelihood(buys, sells, prior, point / 400, gamma) <= best + 1e-9
    found = minimize_scalar(
        lambda alpha: -theory.log_likelihood(buys, sells, prior, alpha, gamma),
        bounds=(max(fitted - 0.01, 0), min(fitted + 0.01, 1)),
        method="bounded",
    )
    assert -found.fun <= best + 1e-9


def test_one_sided_and_balanced_trades_have_alpha_at_its_ends() -> None:
    assert theory.alpha_of_trades(9, 0, 0.5, 0.5) == pytest.approx(1, abs=1e-12)
    assert theory.alpha_of_trades(50, 50, 0.5, 0.5) == 0
    assert theory.alpha_of_trades(0, 0, 0.5, 0.5) == 0
