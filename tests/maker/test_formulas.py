"""Each formula of STRATEGY section 4 against its golden vector."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.maker._anchor import deviation_bps, ema_weight
from glosten.maker._breakers import drawdown_pct
from glosten.maker._planner import drift_bps
from glosten.maker._size import allocation, skew_ratio
from glosten.records import Side
from glosten.theory import ask_ticks, bid_ticks


def test_the_allocation_is_a_capped_share_less_the_reserve(strategy_vectors: Any) -> None:
    for case, expected in strategy_vectors["cap"].items():
        wallet, percent, largest, reserve = (float(number) for number in case.split(","))
        assert allocation(wallet, percent, largest, reserve) == expected, case


def test_the_skew_ratio_grows_with_the_distance_from_the_target(strategy_vectors: Any) -> None:
    for case, ((ratio, _), _) in strategy_vectors["skew"].items():
        exposure, target, largest = (float(number) for number in case.strip("()").split(","))
        assert skew_ratio(exposure, target, largest) == pytest.approx(ratio, rel=1e-12), case


def test_the_light_side_shrinks_and_the_heavy_side_never_exceeds_gm_tl(golden: Any) -> None:
    for exposure, light in ((0.55, 782.6086956521739), (0.6, 692.3076923076924), (0.2, 473.68421052631584)):
        desk = golden(GM_MAX_EXP=95)
        desk["ledger"]["held"] = round(exposure * 9090 / 100 / 0.0001)
        desk.decide(0.0)
        bid_size, ask_size = desk["capital"]["bid_size"], desk["capital"]["ask_size"]
        assert min(bid_size, ask_size) == pytest.approx(light, rel=1e-4)
        assert max(bid_size, ask_size) == 900.0


def test_the_anchor_weight_is_a_half_life(strategy_vectors: Any) -> None:
    assert ema_weight(1.0, 500.0) == pytest.approx(strategy_vectors["ema_w_500"], rel=1e-12)
    assert ema_weight(15.0, 500.0 * 60.0) == pytest.approx(strategy_vectors["ema_w_15s"], rel=1e-12)
    anchor = 100.0
    for _ in range(2000):
        anchor += ema_weight(15.0, 500.0 * 60.0) * (101.0 - anchor)
    assert anchor == pytest.approx(strategy_vectors["anchor_after_2000x15s"], rel=1e-12)


def test_the_anchor_follows_by_elapsed_time_whatever_the_cycle(desk: Any) -> None:
    often, seldom = desk(runtime={"cycle_seconds": 1}), desk()
    for opened, seconds in ((often, 1.0), (seldom, 60.0)):
        opened.book("99.99", "100.01")
        opened.decide(seconds)
        opened.book("100.09", "100.11")
        for _ in range(int(600 / seconds)):
            opened.decide(seconds)
    assert often["belief"]["anchor"] == pytest.approx(seldom["belief"]["anchor"], rel=1e-12)


def test_the_deviation_is_measured_in_bps_of_the_mid(strategy_vectors: Any) -> None:
    for case, expected in strategy_vectors["snap_dev_bps"].items():
        anchor, mid = case.removeprefix("anchor").split("_mid")
        assert deviation_bps(float(anchor), float(mid)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("mid", "snaps"), [("100.51", 1), ("100.49", 0), ("100.50", 0)])
def test_the_anchor_snaps_to_the_mid_and_the_belief_starts_again(golden: Any, mid: str, snaps: int) -> None:
    desk = golden()
    cents = round(float(mid) * 100)
    desk.book(f"{(cents - 1) / 100:.2f}", f"{(cents + 1) / 100:.2f}")
    desk.decide(0.0)
    assert desk["belief"]["snaps"] == snaps
    assert desk["belief"]["anchor"] == pytest.approx(float(mid) if snaps else 100.0)
    assert desk["belief"]["prior"] == (0.5 if snaps else 0.575)


def test_drift_is_measured_against_the_wanted_price(strategy_vectors: Any) -> None:
    assert drift_bps(10000, 10009) == pytest.approx(strategy_vectors["drift"]["bps"], rel=1e-12)
    assert drift_bps(10000, 10007) == pytest.approx(strategy_vectors["drift"]["bps2"], rel=1e-12)


def test_the_drawdown_is_a_share_of_the_peak(strategy_vectors: Any) -> None:
    assert drawdown_pct(9200.0, 8740.0) == strategy_vectors["dd"]["trip"]
    assert drawdown_pct(9200.0, 8750.0) == pytest.approx(strategy_vectors["dd"]["no"], rel=1e-12)
    assert drawdown_pct(0.0, 1.0) == 0.0


@given(st.floats(1e-8, 1e6), st.sampled_from([1e-8, 0.01, 0.05, 0.5, 1.0]))
def test_asks_round_up_and_bids_round_down_by_less_than_a_tick(price: float, tick: float) -> None:
    ask, bid = ask_ticks(price, tick), bid_ticks(price, tick)
    assert bid <= ask <= bid + 1
    assert ask * tick >= price - 2e-5 * tick
    assert bid * tick <= price + 2e-5 * tick


def test_a_price_on_the_grid_stays_there_despite_float_noise() -> None:
    assert ask_ticks(181.85000000000002, 0.01) == bid_ticks(181.84999999999997, 0.01) == 18185


def test_observations_move_the_belief_as_bayes_says(desk: Any, strategy_vectors: Any) -> None:
    opened = desk(runtime={"obs_source": "tape"})
    for aggressor, (side, expected) in enumerate(
        [(Side.BUY, strategy_vectors["bayes"]["buy"]), (Side.BUY, strategy_vectors["bayes"]["buybuy"])]
    ):
        opened.trade(side, aggressor)
        assert opened["belief"]["queued"] == pytest.approx(expected, rel=1e-12)
    opened.trade(Side.SELL, 3)
    opened.trade(Side.SELL, 4)
    assert opened["belief"]["queued"] == pytest.approx(0.5, abs=1e-12)
    strong = desk(runtime={"obs_source": "tape"}, GM_ALPHA=0.3)
    strong.trade(Side.BUY, 0)
    assert strong["belief"]["queued"] == pytest.approx(strategy_vectors["bayes"]["buy_a.30"], rel=1e-12)


def test_ten_net_buys_reach_the_clamp(desk: Any, strategy_vectors: Any) -> None:
    opened = desk(runtime={"obs_source": "tape"})
    count, unclamped = strategy_vectors["n_buys_to_clamp"]
    for aggressor in range(count - 1):
        opened.trade(Side.BUY, aggressor)
    assert opened["belief"]["queued"] < 0.95 < unclamped
    opened.trade(Side.BUY, count)
    assert opened["belief"]["queued"] == 0.95


@pytest.mark.parametrize(
    ("vector", "prior", "keys"),
    [
        ("gm_pi0.5", 0.5, {}),
        ("gm_pi0.95", 0.95, {}),
        ("gm_alpha.30", 0.5, {"GM_ALPHA": 0.3}),
        ("gm_delta.01", 0.5, {"GM_VALUE_DELTA": 0.01}),
    ],
)
def test_model_quotes_widen_to_the_base_spread(
    golden: Any, strategy_vectors: Any, vector: str, prior: float, keys: dict[str, float]
) -> None:
    desk = golden(GM_DISABLE_CROSS_PROT=True, GM_DISABLE_ASK_CLAMP=True, **keys)
    desk["belief"]["queued"] = prior
    desk.decide(0.0)
    quote, expected = desk["quote"], strategy_vectors[vector]
    assert desk["belief"]["value"] == pytest.approx(expected["E"], rel=1e-12)
    assert (quote["model_bid"], quote["model_ask"]) == pytest.approx((expected["gm_bid"], expected["gm_ask"]))
    assert (quote["bid"], quote["ask"]) == pytest.approx((expected["qbid"], expected["qask"]), rel=1e-12)


def test_without_the_model_quotes_stand_the_base_spread_around_the_mid(golden: Any, strategy_vectors: Any) -> None:
    desk = golden(GM_BAYES_ENABLED=False)
    desk.decide(0.0)
    assert (desk["quote"]["bid"], desk["quote"]["ask"]) == pytest.approx(tuple(strategy_vectors["sym_off"]))
    assert desk["belief"]["prior"] == 0.575


def test_cross_protection_keeps_an_extreme_belief_behind_the_opposite_touch(golden: Any, strategy_vectors: Any) -> None:
    desk = golden()
    desk["belief"]["queued"] = 0.95
    desk.decide(0.0)
    assert desk["quote"]["bid"] == pytest.approx(strategy_vectors["extreme"]["bid_after_cross"], rel=1e-12)
    assert desk.bids()[0].price == pytest.approx(99.99)
    low = golden()
    low["belief"]["queued"] = 0.05
    low.decide(0.0)
    assert low["quote"]["ask"] == pytest.approx(strategy_vectors["extreme"]["ask_after_cross"], rel=1e-12)


def test_break_evens_include_the_entry_fee_and_the_exit_fee(desk: Any, strategy_vectors: Any) -> None:
    vectors = strategy_vectors["be"]
    opened = desk()
    opened.own("0", "0")
    opened.book("99.99", "100.01")
    opened.fill(Side.BUY, "100", "10")
    opened.decide(0.0)
    assert opened["quote"]["break_even_maker"] == pytest.approx(vectors["be_m"], rel=1e-9)
    assert opened["quote"]["break_even_taker"] == pytest.approx(vectors["be_t"], rel=1e-9)
    rebate = desk(GM_MAKER_FEE=-0.05)
    rebate.own("0", "0")
    rebate.book("99.99", "100.01")
    rebate.fill(Side.BUY, "100", "10", fee_pct="-0.05")
    rebate.decide(0.0)
    assert rebate["quote"]["break_even_maker"] == pytest.approx(vectors["rebate"], rel=1e-9)


def test_sales_leave_the_average_cost_alone_and_realise_the_difference(desk: Any, strategy_vectors: Any) -> None:
    vectors = strategy_vectors["avg"]
    opened = desk()
    opened.own("0", "0")
    opened.fill(Side.BUY, "100", "10")
    opened.fill(Side.BUY, "102", "10")
    assert opened["ledger"]["cost"] / opened["ledger"]["held"] * 1e-4 == pytest.approx(vectors["c"], rel=1e-12)
    opened.fill(Side.SELL, "101.5", "5")
    assert opened["ledger"]["realised"] * 1e-8 == pytest.approx(vectors["pnl_sell5@101.5_maker"], abs=1e-8)
    opened.fill(Side.SELL, "100.5", "5", fee_pct="0.1")
    losing = opened["ledger"]["realised"] * 1e-8 - vectors["pnl_sell5@101.5_maker"]
    assert losing == pytest.approx(vectors["pnl_sell5@100.5_taker"], abs=1e-8)
    assert opened["ledger"]["cost"] / opened["ledger"]["held"] * 1e-4 == pytest.approx(vectors["c"], rel=1e-12)
    assert (opened["risk"]["wins"], opened["risk"]["losses"], opened["risk"]["consecutive_losses"]) == (1, 1, 1)


def test_the_grid_replaces_the_ladder_of_entries_only(golden: Any, strategy_vectors: Any) -> None:
    desk = golden(GM_GRID=True, GM_BAYES_ENABLED=False)
    desk.decide(0.0)
    assert [order.price for order in desk.bids()] == pytest.approx(
        [bid_ticks(price, 0.01) / 100 for price in strategy_vectors["grid"]]
    )
    assert [order.qty * order.price for order in desk.bids()] == pytest.approx([300.0] * 3, abs=0.02)
    assert len(desk.asks()) == 4


def test_a_single_bid_never_costs_more_than_the_trading_limit(golden: Any) -> None:
    desk = golden(TRADING_LIMIT=200)
    desk.decide(0.0)
    assert all(190 < order.qty * order.price <= 200 for order in desk.bids())
    assert all(order.qty * order.price > 220 for order in desk.asks())


@pytest.mark.parametrize(("held", "rungs"), [("0.18", 3), ("0.04", 0)])
def test_a_small_side_is_split_into_fewer_rungs_or_skipped(golden: Any, held: str, rungs: int) -> None:
    desk = golden()
    desk.own(held, "99.90")
    desk.decide(0.0)
    assert len(desk.asks()) == rungs
    if rungs == 0:
        assert desk["cycle"]["asks_off"] == 30  # below_min


def test_a_span_of_zero_merges_the_rungs_into_one_order(golden: Any) -> None:
    desk = golden(GM_LAYER_SPAN_BPS=0)
    desk.decide(0.0)
    assert [len(desk.bids()), len(desk.asks())] == [1, 1]
    assert desk.asks()[0].qty * desk.asks()[0].price == pytest.approx(900, abs=0.1)


def test_dollar_keys_work_on_a_pair_quoted_in_something_dearer(desk: Any) -> None:
    opened = desk(cash="159.075", coin="0.22725", runtime={"quote_unit": 200.0})
    opened.book("99.99", "100.01")
    opened["cycle"]["number"] = 5
    opened.decide()
    assert opened["capital"]["allocation"] == pytest.approx(9090 / 200, rel=1e-3)
    assert sum(order.qty * order.price for order in opened.bids()) == pytest.approx(900 / 200, rel=2e-2)
