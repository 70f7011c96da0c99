from __future__ import annotations

import math

from glosten.theory import Binary, ManyValues, RiskAverse, sequence_log_likelihood


def test_a_likelihood_is_the_product_of_the_orders_each_given_those_before() -> None:
    model, orders = ManyValues.uniform((0.0, 1.0, 2.0), 0.4), (1, 1, -1)
    now, product = model, 1.0
    for order in orders:
        product *= now.order_probability(order)
        now = now.update(order)
    assert math.exp(sequence_log_likelihood(model, orders)) == product == math.exp(model.log_likelihood(orders))


def test_orders_that_do_not_mind_the_price_are_as_likely_as_their_counts() -> None:
    market = Binary(0.0, 1.0, 0.4, 0.3, 0.6)
    found = sequence_log_likelihood(RiskAverse(market, 2.0, -1.0), (1, 1, -1, 1))
    assert math.isclose(found, market.log_likelihood(3, 1), rel_tol=1e-14)


def test_what_cannot_happen_is_minus_infinity_and_nothing_after_it_matters() -> None:
    assert sequence_log_likelihood(RiskAverse(Binary(0.0, 1.0, 1.0, 1.0), 1.0), (-1, 1)) == -math.inf
    assert sequence_log_likelihood(RiskAverse(Binary(0.0, 1.0, 0.5, 0.2), 1.0), ()) == 0.0
