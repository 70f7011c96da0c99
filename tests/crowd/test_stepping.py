"""What agents see, want and do, told by stepping a path; makers are held to the objects of theory."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.crowd import Company, Maker, MakerView, Market, Moment, News, Trader, TraderView
from glosten.crowd._quoting import monopolist_premium
from glosten.errors import RunError
from glosten.theory import (
    Binary,
    Elastic,
    GaussianDas,
    LinearDemand,
    RiskAverse,
    ask_ticks,
    bid_ticks,
)

TICK = 2.0**-20
ORDERS = (1, 1, -1, 0, 1, -1, -1, -1, 0, 1, 1, 1)
GM = {"alpha": 0.3}


def scripted(orders: Sequence[int]) -> Trader:
    """Return a trader who always comes and does what is written."""
    return Trader("script", lots=100, decide=lambda view: orders[view.period - 1])


def moments(makers: Sequence[Maker], orders: Sequence[int] = ORDERS, **market: Any) -> list[Moment]:
    given: dict[str, Any] = {"values": (98, 102), "tick": TICK, **market}
    played = Market(periods=len(orders), makers=tuple(makers), traders=(scripted(orders),), **given)
    return list(Company(played).steps(0))


def quoted(moment: Moment) -> tuple[int | None, int | None]:
    return moment.bid, moment.ask


def in_ticks(bid: float | None, ask: float | None, tick: float = TICK) -> tuple[int | None, int | None]:
    return None if bid is None else bid_ticks(bid, tick), None if ask is None else ask_ticks(ask, tick)


def test_a_bayesian_maker_quotes_and_learns_as_the_binary_model() -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    maker = Maker("gm", "glosten_milgrom", {"alpha": 0.3, "gamma": 0.6})
    for moment, order in zip(moments([maker], chances=(0.6, 0.4)), ORDERS, strict=True):
        assert quoted(moment) == in_ticks(model.quotes().bid, model.quotes().ask)
        assert moment.lots == order
        model = model.update(order)


def test_an_inventory_maker_lowers_both_quotes_with_what_it_holds() -> None:
    maker = Maker("inv", "inventory", {"alpha": 0.3, "per_lot": 0.05, "shift": 0.25})
    model, held = Binary(98, 102, 0.5, 0.3), 0
    for moment, order in zip(moments([maker]), ORDERS, strict=True):
        bid, ask = model.quotes().bid, model.quotes().ask
        assert bid is not None
        assert ask is not None
        assert quoted(moment) == in_ticks(bid - 0.25 - 0.05 * held, ask + 0.25 - 0.05 * held)
        model, held = model.update(order), held - order
        assert moment.holdings == (-held, held)


def test_a_risk_averse_maker_quotes_as_the_model_of_theory() -> None:
    maker = Maker("ra", "risk_averse", {"alpha": 0.3, "risk_aversion": 0.1})
    model = RiskAverse(Binary(98, 102, 0.5, 0.3), 0.1)
    for moment, order in zip(moments([maker]), ORDERS, strict=True):
        found = [price * TICK for price in quoted(moment) if price is not None]
        assert found == pytest.approx([model.price(-1), model.price(1)], abs=2 * TICK)
        model = model.update(order) if order else model


@pytest.mark.parametrize("kind", ["elastic", "monopolist"])
def test_makers_who_mind_demand_quote_as_the_elastic_model(kind: str) -> None:
    maker = Maker("m", kind, {"alpha": 0.2, "width": 4.0, "eta": 0.4})
    model = Elastic(98, 102, 0.5, 0.2, 0.4, LinearDemand(4.0))
    orders = ORDERS if kind == "elastic" else ORDERS[:1]
    for moment, order in zip(moments([maker], orders), orders, strict=True):
        bid, ask = model.quotes().bid, model.quotes().ask
        if kind == "monopolist":
            above, below = model.monopolist(1), model.monopolist(-1)
            bid, ask = below.quote if below else None, above.quote if above else None
        found = [price * TICK for price in quoted(moment) if price is not None]
        assert found == pytest.approx([bid, ask], abs=3 * TICK)
        model = model.update(order)


@given(st.floats(0.01, 5.0), st.floats(0.0, 1.0), st.floats(0.01, 1.0), st.floats(0.1, 0.9), st.floats(0.05, 8.0))
def test_a_monopolist_takes_the_premium_of_the_elastic_model(
    width: float, alpha: float, eta: float, prior: float, demand: float
) -> None:
    model = Elastic(0.0, width, prior, alpha, eta / 2, LinearDemand(demand))
    found = monopolist_premium(width * (1 - prior), alpha * prior, (1 - alpha) * eta / 2, demand)
    best = model.monopolist(1)
    assert (math.nan if best is None else best.premium) == pytest.approx(found, nan_ok=True)


def test_a_gaussian_maker_quotes_and_learns_as_the_projection_of_theory() -> None:
    maker = Maker("g", "gaussian", {"alpha": 0.6, "signal_sd": 0.5, "drift": 0.1, "eta": 0.4, "sd": 2.0})
    model = GaussianDas(2.0, 0.5, 0.1**2 / 2.0**2, 0.6, 0.4, known_jumps=False, mean=100.0)
    for moment, order in zip(moments([maker], values=(100,)), ORDERS, strict=True):
        found = [price * TICK for price in quoted(moment) if price is not None]
        assert found == pytest.approx([model.quotes().bid, model.quotes().ask], abs=1e-4)
        model = model.update(order)


def test_a_maker_of_no_intelligence_quotes_around_the_last_price() -> None:
    told = moments([Maker("zi", "zero_intelligence", {"least": 0.5, "most": 1.0})], ORDERS * 20)
    last = 100.0
    distances = []
    for moment in told:
        assert moment.bid is not None
        assert moment.ask is not None
        distances += [last - moment.bid * TICK, moment.ask * TICK - last]
        last = moment.price * TICK if moment.lots else last
    assert 0.5 - 1e-5 <= min(distances) < 0.52
    assert 0.98 < max(distances) <= 1.0 + 1e-5


def fills_of(makers: Sequence[Maker], orders: Sequence[int]) -> np.ndarray:
    played = Market(values=(98, 102), periods=len(orders), tick=TICK, makers=tuple(makers), traders=(scripted(orders),))
    return Company(played).path(0).fills


def test_orders_are_shared_alike_and_odd_lots_go_round() -> None:
    fills = fills_of([Maker("gm", "glosten_milgrom", GM, count=3)], [10, 10, 10, 1, 1])
    assert fills.tolist() == [[-4, -3, -3], [-3, -4, -3], [-3, -3, -4], [-1, 0, 0], [0, -1, 0]]
    assert (fills_of([Maker("gm", "glosten_milgrom", GM, count=3)], [-10]) == [[4, 3, 3]]).all()


def test_what_is_displayed_limits_what_is_traded() -> None:
    makers = [Maker("small", "glosten_milgrom", GM, lots=2), Maker("large", "glosten_milgrom", GM, lots=7)]
    assert fills_of(makers, [20, 5]).tolist() == [[-2, -7], [-2, -3]]
    assert moments(makers, [20])[0].lots == 9


def test_the_best_price_wins_and_books_never_cross() -> None:
    makers = [
        Maker("high", "glosten_milgrom", {**GM, "prior": 0.9}),
        Maker("low", "glosten_milgrom", {**GM, "prior": 0.1}),
        Maker("wide", "glosten_milgrom", {**GM, "shift": 1.0}),
    ]
    orders = [1, -1, 1, -1, -1, -1]
    fills = fills_of(makers, orders)
    for moment, filled in zip(moments(makers, orders), fills, strict=True):
        assert moment.bid is not None
        assert moment.ask is not None
        assert moment.bid < moment.ask
        assert np.count_nonzero(filled) == 1
        assert filled[2] == 0


def test_a_side_that_nobody_quotes_does_not_trade_and_counts_as_spread_zero() -> None:
    maker = Maker("one-sided", quote=lambda _: (99.0, None))
    told = moments([maker], [1, -1, 1], tick=0.01)
    assert [moment.lots for moment in told] == [0, -1, 0]
    assert {quoted(moment) for moment in told} == {(9900, None)}
    market = Market(values=(98, 102), periods=3, makers=(maker,), traders=(scripted([1, 1, 1]),), paths=1)
    sums = Company(market).block(0, 1)
    assert not sums.curves[0, 0].any()
    assert (sums.curves[0, 1] == 10_000).all()


def seen_values(parameters: dict[str, Any], news: Sequence[News], **market: Any) -> tuple[list[Any], list[float]]:
    """Return what a trader takes the value for in every period, and what it is."""
    views: list[Any] = []

    def look(view: TraderView) -> int:
        views.append(view.value)
        return 0

    trader = Trader("looker", "python", {"knows": True, **parameters}, decide=look)
    given: dict[str, Any] = {"values": (90, 110), "periods": 12, "seed": 3, **market}
    played = Market(makers=(Maker("m", "gaussian", {**GM, "signal_sd": 1.0}),), traders=(trader,), news=news, **given)
    values = [moment.value * played.tick for moment in Company(played).steps(0)]
    return views, values


RUMOURS = News("rumour", chance=0.5, jumps=[1.0, -2.0])
REPORTS = News("report", every=4, jumps=[5.0, -5.0])


def test_the_exact_see_the_value_and_the_late_see_it_late() -> None:
    seen, values = seen_values({}, [RUMOURS, REPORTS])
    assert seen == pytest.approx(values)
    assert len(set(values)) > 4
    late, same = seen_values({"lag": 3}, [RUMOURS, REPORTS])
    assert same == values
    assert late[:3] == [None] * 3
    assert late[3:] == pytest.approx(values[:-3])


def test_the_partly_informed_see_their_part_or_a_side_of_a_level() -> None:
    opening, values = seen_values({"sees": ["opening"]}, [RUMOURS, REPORTS])
    assert opening == [values[0] if values[0] in (90, 110) else opening[0]] * 12
    reports, _ = seen_values({"sees": ["report"]}, [RUMOURS, REPORTS])
    assert set(reports[:4]) == {100.0}
    assert abs(reports[4] - 100.0) == pytest.approx(5.0)


def test_scheduled_news_can_be_known_ahead_but_not_rumours() -> None:
    ahead, _ = seen_values({"ahead": 2, "sees": ["report"]}, [RUMOURS, REPORTS])
    then, _ = seen_values({"sees": ["report"]}, [RUMOURS, REPORTS])
    assert ahead[:-2] == pytest.approx(then[2:])
    rumours, values = seen_values({"ahead": 2}, [RUMOURS, News("far", periods=[12], jumps=[1.0])])
    assert rumours[:9] == pytest.approx(values[:9])
    assert rumours[9:11] == pytest.approx([value + 1.0 for value in values[9:11]])


def test_the_wrong_see_the_mirror_image_and_the_noisy_something_near() -> None:
    wrong, values = seen_values({"accuracy": 0.0}, [])
    assert wrong == pytest.approx([200 - value for value in values])
    told, values = seen_values({"accuracy": 0.0}, [News("public", every=3, jumps=[1.0], told="size")])
    assert told[6] == pytest.approx(200 - values[0] + 2.0)
    biased, values = seen_values({"bias": 1.5}, [])
    assert biased == pytest.approx([value + 1.5 for value in values])
    kept, values = seen_values({"sd": 2.0, "keep": True}, [])
    assert len(set(kept)) == 1
    assert kept[0] != values[0]
    fresh, values = seen_values({"sd": 2.0}, [], periods=2000)
    errors = np.array(fresh) - np.array(values)
    assert errors.std() == pytest.approx(2.0, rel=0.1)
    assert abs(errors.mean()) < 4 * 2.0 / math.sqrt(2000)


def watched(maker: Maker, news: Sequence[News], **market: Any) -> list[tuple[float, float]]:
    """Return (mid, spread) by period of a maker nobody trades with."""
    given: dict[str, Any] = {"values": (98, 102), "periods": 8, "tick": TICK, **market}
    played = Market(makers=(maker,), traders=(scripted([0] * 8),), news=tuple(news), **given)
    path = Company(played).path(0)
    return list(zip(0.5 * (path.bid + path.ask), path.ask - path.bid, strict=True))


def test_makers_shift_by_what_they_are_told_and_widen_when_told_only_that() -> None:
    for kind, parameters in (("glosten_milgrom", GM), ("gaussian", {**GM, "signal_sd": 0.1, "eta": 0.5})):
        told = watched(Maker("m", kind, parameters), [News("n", periods=[4], jumps=[3.0], told="size")])
        assert told[3][0] - told[2][0] == pytest.approx(3.0, abs=1e-4)
        nothing = watched(Maker("m", kind, parameters), [News("n", periods=[4], jumps=[3.0])])
        assert nothing[3][0] == pytest.approx(nothing[2][0], abs=1e-4)
        assert told[3][1] == pytest.approx(nothing[3][1], abs=2 * TICK)
    time = watched(Maker("m", "gaussian", {**GM, "signal_sd": 0.1}), [News("n", periods=[4], sd=9.0, told="time")])
    assert time[3][1] > 2 * time[2][1]
    listed = watched(
        Maker("m", "gaussian", {**GM, "signal_sd": 0.1}),
        [News("n", periods=[4], jumps=[0.0, 9.0], chances=[0.5, 0.5], told="time")],
    )
    assert listed[3][0] - listed[2][0] == pytest.approx(4.5, abs=1e-3)


def test_a_value_drawn_anew_is_paid_out_and_makers_start_anew() -> None:
    told = moments(
        [Maker("gm", "glosten_milgrom", GM)],
        [1, 1, 1, 1, 0],
        news=(News("r", periods=[4], redraw=True, told="time"),),
        seed=5,
    )
    assert quoted(told[3]) == quoted(told[0])
    assert told[2].holdings == (3, -3)
    assert told[3].holdings == (1, -1)
    paid = told[2].cash[0] + 3 * told[2].value
    assert told[3].cash[0] == paid - told[3].price


def test_believing_in_change_draws_a_maker_back_to_its_prior() -> None:
    told = moments([Maker("gm", "glosten_milgrom", {**GM, "change": 0.5})], [1, 0, 0, 0, 0, 0, 0])
    distance = [moment.ask + moment.bid - 2 * 100 / TICK for moment in told if moment.ask and moment.bid]
    assert distance[0] == pytest.approx(0.0, abs=2)
    assert distance[2] == pytest.approx(distance[1] / 2, rel=0.15)
    assert distance[6] < distance[1] / 20


def follow(kind: str, parameters: dict[str, Any], mids: Sequence[float], **market: Any) -> list[int]:
    """Return what a trader orders who comes in every period while a maker quotes around given mids."""
    maker = Maker("m", quote=lambda view: (mids[view.period - 1] - 0.5, mids[view.period - 1] + 0.5))
    given: dict[str, Any] = {"values": (50, 150), "periods": len(mids) - 1, **market}
    played = Market(makers=(maker,), traders=(Trader("t", kind, parameters),), **given)
    return [moment.lots for moment in Company(played).steps(0)]


def test_momentum_follows_moves_of_the_mid_beyond_its_threshold() -> None:
    mids = [100, 100, 101, 103, 103, 102, 99, 99, 99]
    assert follow("momentum", {"window": 2, "threshold": 1.0}, mids) == [0, 0, 0, 1, 1, 0, -1, -1]
    assert follow("momentum", {"window": 2, "threshold": 1.0, "contrarian": True}, mids) == [0, 0, 0, -1, -1, 0, 1, 1]


def test_a_herd_ends_in_a_cascade_and_one_who_trusts_nobody_does_not() -> None:
    mids = [100.0] * 200
    herd = follow("herding", {"accuracy": 0.6, "window": 1000}, mids, seed=1)
    alone = follow("herding", {"accuracy": 0.6, "trust": 0.0}, mids, seed=1)
    first = next(n for n in range(len(herd)) if abs(sum(herd[:n])) == 2)
    assert set(herd[first:]) == {herd[first]}
    assert 0.1 < abs(np.mean(alone)) < 0.4


def test_a_split_order_keeps_its_side_for_all_its_pieces() -> None:
    orders = np.array(follow("splitting", {"pieces": 7}, [100.0] * 702))
    parents = orders[:700].reshape(100, 7)
    assert (np.abs(parents.sum(axis=1)) == 7).all()
    assert 20 < (parents[:, 0] > 0).sum() < 80
    heavy = np.array(follow("splitting", {"pieces": 2, "tail": 1.2}, [100.0] * 3001))
    runs = np.diff(np.flatnonzero(np.diff(heavy)))
    assert runs.max() > 40


def test_the_patient_ask_for_less_and_less() -> None:
    orders = follow("patient", {"edge": 100.0}, [100.0] * 12, periods=11)
    assert set(orders[:4]) == {0}
    assert abs(orders[-1]) == 1
    assert sorted(np.abs(orders)) == np.abs(orders).tolist()


def test_elastic_noise_takes_a_quote_as_often_as_its_demand_says() -> None:
    for demand, share in (({"width": 2.0}, 0.75), ({"scale": 1.0}, 2 / (1 + math.exp(0.5)))):
        orders = np.abs(follow("elastic", demand, [100.0] * 4001))
        assert abs(orders.mean() - share) < 4 * math.sqrt(share * (1 - share) / 4000)
    stays = np.abs(follow("noise", {"stay_out": 0.5, "buy": 0.8}, [100.0] * 4001))
    assert abs(stays.mean() - 0.5) < 4 * 0.5 / math.sqrt(4000)


def test_a_trader_in_python_is_shown_the_market() -> None:
    views: list[TraderView] = []

    def decide(view: TraderView) -> int:
        views.append(view)
        view.memory["calls"] = view.memory.get("calls", 0) + 1
        return 2 if view.period % 2 else -1

    market = Market(
        values=(98, 102),
        periods=6,
        lot=0.5,
        makers=(Maker("gm", "glosten_milgrom", GM),),
        traders=(Trader("me", lots=2, decide=decide),),
    )
    told = list(Company(market).steps(0))
    last, history = views[-1], views[-1].history()
    assert (last.period, last.periods, last.name, last.value) == (6, 6, "me", None)
    assert last.memory["calls"] == 6
    assert last.inventory == sum(moment.lots for moment in told[:5]) == told[4].holdings[0]
    assert last.cash == pytest.approx(told[4].cash[0] * 0.01 * 0.5)
    assert (last.bid, last.ask) == pytest.approx((told[5].bid * 0.01, told[5].ask * 0.01))  # type: ignore[operator]
    assert history.sides.tolist() == [1, -1, 1, -1, 1]
    assert history.lots.tolist() == [2, 1, 2, 1, 2]
    assert history.prices == pytest.approx([moment.price * 0.01 for moment in told[:5]])
    assert history.mids[-1] == pytest.approx(0.5 * (last.bid + last.ask))  # type: ignore[operator]
    draws = [last.uniform() for _ in range(3)]
    assert len(set(draws)) == 3
    assert all(0 <= draw < 1 for draw in draws)


def test_a_maker_in_python_is_shown_what_happened() -> None:
    seen: list[tuple[int, int, int]] = []

    def quote(view: MakerView) -> tuple[float, float]:
        seen.append((view.last_side, view.inventory, len(view.history().prices)))
        return 99.0 - view.inventory, 101.0 - view.inventory

    told = moments([Maker("me", quote=quote)], [1, 0, -1, -1], tick=0.5)
    assert seen == [(0, 0, 0), (1, -1, 1), (0, -1, 1), (-1, 0, 2), (-1, 1, 3)]
    assert [moment.price for moment in told] == [202, 0, 200, 198]


@pytest.mark.parametrize("wrong", [3, -3, 1.0, None, True])
def test_what_is_no_order_stops_the_run_with_a_sentence(wrong: Any) -> None:
    trader = Trader("me", lots=2, decide=lambda _: wrong)
    market = Market(values=(98, 102), periods=3, makers=(Maker("gm", "glosten_milgrom", GM),), traders=(trader,))
    with pytest.raises(RunError, match=r"Trader me decided .* in period 1; it must return a whole number from -2 to 2"):
        Company(market).path(0)


@pytest.mark.parametrize("wrong", [3, (1.0,), (math.nan, 1.0), ("a", None)])
def test_what_is_no_quote_stops_the_run_with_a_sentence(wrong: Any) -> None:
    quote: Callable[[MakerView], Any] = lambda _: wrong  # noqa: E731
    with pytest.raises(RunError, match=r"Maker me quoted .* in period 1; it must return \(bid, ask\)"):
        moments([Maker("me", quote=quote)], [1])
