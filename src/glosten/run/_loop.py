"""The compiled backtest: one loop that lets a tape happen to the matcher and the maker, chunk by chunk."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker import step_row
from glosten.market import accept, cancel, on_book, on_trade
from glosten.records import (
    LARGEST_INTEGER,
    RUNGS,
    SLOTS,
    EventKind,
    Operation,
    OrderState,
    Reason,
    Side,
)
from glosten.run._play_rows import JOURNAL, MARGIN, QUEUE, SPARE, Record, Rows, Ticks


@jit
def enqueue(play: Any, count: int) -> None:
    """Put the maker's newest requests behind those that wait."""
    cursor = play["cursor"]
    for index in range(count):
        play["queue"][cursor["queue_tail"] % QUEUE] = play["actions"][index]
        cursor["queue_tail"] += 1
    if cursor["queue_tail"] - cursor["queue_head"] > QUEUE - 2 * SLOTS:
        cursor["is_full"] = 1


@jit
def tell(play: Any) -> None:
    """Give the maker the event that was written and queue what it asks for; keep it where somebody watches."""
    cursor = play["cursor"]
    if cursor["keeps_journal"]:
        play["journal"][cursor["journaled"]] = play["event"]
        cursor["journaled"] += 1
    enqueue(play, step_row(play["state"], play["params"], play["event"], play["actions"]))


@jit
def tell_answer(play: Any, action: Any, kind: int, reason: int) -> None:
    """Tell the maker what became of a request."""
    event = play["event"]
    event["kind"], event["ts_ns"] = kind, play["state"]["view"]["now_ns"]
    event["slot"], event["order"], event["reason"] = action["slot"], action["order"], reason
    tell(play)


@jit
def note_breakers(play: Any, record: Any) -> None:
    """Record a change of the open breakers, whatever brought it about."""
    cursor, state = play["cursor"], play["state"]
    now_open = state["risk"]["breakers"]
    if now_open != cursor["open_breakers"]:
        row = record.breakers[cursor["breakers"]]
        row["ts_ns"], row["before"], row["after"] = state["view"]["now_ns"], cursor["open_breakers"], now_open
        cursor["open_breakers"] = now_open
        cursor["breakers"] += 1


@jit
def tell_fills(play: Any, record: Any, count: int) -> None:
    """Tell the maker of its fills, in their order, and keep each with the book and the belief it met."""
    cursor = play["cursor"]
    for index in range(count):
        play["event"] = play["fills"][index]
        event, s = play["event"], play["state"]
        row = record.fills[cursor["fills"]]
        row["ts_ns"], row["slot"], row["side"] = event["ts_ns"], event["slot"], event["side"]
        row["price"], row["lots"] = event["price"], event["lots"]
        row["fee"], row["is_maker"] = event["fee"], event["is_maker"]
        row["bid"], row["ask"] = s["view"]["bid"], s["view"]["ask"]
        row["value"], row["prior"] = s["belief"]["value"], s["belief"]["prior"]
        row["cycle"] = s["cycle"]["number"]
        tell(play)
        note_breakers(play, record)
        row["held_after"], row["realised_after"] = s["ledger"]["held"], s["ledger"]["realised"]
        cursor["fills"] += 1


@jit
def place(play: Any, record: Any, action: Any) -> None:
    """Carry out a placement: the venue answers first, then come the fills of what it took, then the rest of an IOC."""
    slot, immediate = action["slot"], action["immediate"]
    number = action["order"]
    reason, count = accept(play["resting"], action, play["book"], play["fees"], play["fills"])
    if reason != Reason.NONE:
        tell_answer(play, action, EventKind.REJECTED, reason)
        return
    tell_answer(play, action, EventKind.PLACED, Reason.NONE)
    for index in range(count):
        play["fills"][index]["ts_ns"] = play["state"]["view"]["now_ns"]
    tell_fills(play, record, count)
    order = play["state"]["orders"][slot]
    if immediate and order["number"] == number and order["state"] != OrderState.NONE:
        tell_answer(play, action, EventKind.CANCELLED, Reason.NONE)


@jit
def carry_out(play: Any, record: Any) -> None:
    """Carry out every waiting request in its order; an answer may add more."""
    cursor = play["cursor"]
    while cursor["queue_head"] < cursor["queue_tail"]:
        action = play["queue"][cursor["queue_head"] % QUEUE]
        cursor["queue_head"] += 1
        if action["operation"] == Operation.PLACE:
            place(play, record, action)
        else:
            slot = action["slot"]
            if play["resting"][slot]["order"] == action["order"]:
                cancel(play["resting"], slot)
            tell_answer(play, action, EventKind.CANCELLED, Reason.NONE)
        if cursor["fills"] + MARGIN > len(record.fills):
            cursor["is_full"] = 1
            return


@jit
def keep_decision(play: Any, record: Any) -> None:
    """Record what stands after a decision: every ``stride``-th one, so that memory stays bounded."""
    cursor = play["cursor"]
    cursor["decisions"] += 1
    if (cursor["decisions"] - 1) % cursor["stride"] != 0 or cursor["cycles"] >= len(record.cycles):
        return
    s, row = play["state"], record.cycles[cursor["cycles"]]
    view, ledger, belief, risk = s["view"], s["ledger"], s["belief"], s["risk"]
    row["ts_ns"], row["bid"], row["ask"] = view["now_ns"], view["bid"], view["ask"]
    row["held"], row["cost"], row["realised"] = ledger["held"], ledger["cost"], ledger["realised"]
    row["value"], row["value_low"], row["value_high"] = belief["value"], belief["value_low"], belief["value_high"]
    row["anchor"], row["prior"] = belief["anchor"], belief["prior"]
    row["equity"], row["drawdown_pct"] = risk["equity"], risk["drawdown_pct"]
    row["allocation"], row["break_even"] = s["capital"]["allocation"], s["quote"]["break_even_maker"]
    row["model_bid"], row["model_ask"] = s["quote"]["model_bid"], s["quote"]["model_ask"]
    cycle = s["cycle"]
    row["status"], row["exit_reason"] = cycle["status"], cycle["exit_reason"]
    row["bids_off"], row["asks_off"] = cycle["bids_off"], cycle["asks_off"]
    highest, lowest, orders = 0, LARGEST_INTEGER, 0
    for slot in range(SLOTS):
        order = s["orders"][slot]
        if order["state"] == OrderState.NONE:
            continue
        orders += 1
        if order["side"] == Side.BUY:
            highest = max(highest, order["price"])
        elif slot >= RUNGS:
            lowest = min(lowest, order["price"])
    row["own_bid"], row["own_ask"], row["orders"] = highest, lowest if lowest < LARGEST_INTEGER else 0, orders
    cursor["cycles"] += 1


@jit
def tell_age(play: Any, gaps: Any, now_ns: int) -> None:
    """Tell the maker that the stream is alive, or since when the tape marks that it is not (ruling R4)."""
    cursor, event = play["cursor"], play["event"]
    while cursor["gap"] < len(gaps) and gaps[cursor["gap"]]["end_ns"] <= now_ns:
        cursor["gap"] += 1
    event["kind"], event["ts_ns"] = EventKind.BEAT, now_ns
    if cursor["gap"] < len(gaps) and gaps[cursor["gap"]]["start_ns"] <= now_ns:
        event["kind"], event["ts_ns"] = EventKind.GAP, gaps[cursor["gap"]]["start_ns"]
    tell(play)


@jit
def tell_portfolio(play: Any, now_ns: int) -> None:
    """Tell the maker what the other pairs hold."""
    cursor, event = play["cursor"], play["event"]
    event["kind"], event["ts_ns"], event["pairs"] = EventKind.PORTFOLIO, now_ns, cursor["pairs"]
    event["allocation"], event["inventory"] = cursor["told_allocation"], cursor["told_inventory"]
    tell(play)


@jit
def run_clock(play: Any, record: Any, gaps: Any, now_ns: int) -> None:
    """Let the maker decide, carry out what it asks for, and record the outcome."""
    cursor, event, portfolio = play["cursor"], play["event"], play["state"]["portfolio"]
    tell_age(play, gaps, now_ns)
    if cursor["pauses"]:
        tell_portfolio(play, now_ns)
    event["kind"], event["ts_ns"] = EventKind.CLOCK, now_ns
    tell(play)
    carry_out(play, record)
    note_breakers(play, record)
    keep_decision(play, record)
    cursor["own_allocation"], cursor["own_inventory"] = portfolio["own_allocation"], portfolio["own_inventory"]
    cursor["is_waiting"] = 0


@jit
def run_trade(play: Any, record: Any, trade: Any) -> None:
    """Match a print with our orders, then show it to the maker."""
    count = on_trade(play["resting"], trade, play["fees"], play["fills"])
    if count > 0:
        tell_fills(play, record, count)
    event = play["event"]
    event["kind"], event["ts_ns"], event["price"], event["lots"] = (
        EventKind.TRADE,
        trade["ts_ns"],
        trade["price"],
        trade["lots"],
    )
    event["side"], event["aggressor"] = trade["side"], trade["aggressor"]
    tell(play)


@jit
def run_quote(play: Any, quote: Any) -> None:
    """Let the queue learn from a new top of the book, then show it to the maker."""
    book, event = play["book"], play["event"]
    book["ts_ns"], book["bid"], book["bid_lots"] = quote["ts_ns"], quote["bid"], quote["bid_lots"]
    book["ask"], book["ask_lots"] = quote["ask"], quote["ask_lots"]
    on_book(play["resting"], book, play["cursor"]["is_synthetic"] != 0)
    event["kind"], event["ts_ns"] = EventKind.BOOK, quote["ts_ns"]
    event["bid"], event["bid_lots"] = quote["bid"], quote["bid_lots"]
    event["ask"], event["ask_lots"] = quote["ask"], quote["ask_lots"]
    tell(play)


@jit
def play_next(play: Any, ticks: Any, record: Any) -> None:
    """Play the next event of the tape; a print comes before a quote of its time (a quote is the book after it)."""
    cursor = play["cursor"]
    quotes, trades = ticks.quotes, ticks.trades
    has_quote, has_trade = cursor["quote"] < len(quotes), cursor["trade"] < len(trades)
    if has_trade and (not has_quote or trades[cursor["trade"]]["ts_ns"] <= quotes[cursor["quote"]]["ts_ns"]):
        run_trade(play, record, trades[cursor["trade"]])
        cursor["trade"] += 1
    else:
        run_quote(play, quotes[cursor["quote"]])
        cursor["quote"] += 1
    carry_out(play, record)


@jit
def next_event_ns(cursor: Any, ticks: Any) -> int:
    """Return when the next event of the tape happens; `LARGEST_INTEGER` after the last."""
    quotes, trades = ticks.quotes, ticks.trades
    quote_ns = quotes[cursor["quote"]]["ts_ns"] if cursor["quote"] < len(quotes) else LARGEST_INTEGER
    trade_ns = trades[cursor["trade"]]["ts_ns"] if cursor["trade"] < len(trades) else LARGEST_INTEGER
    return min(quote_ns, trade_ns)


@jit
def decide_now(play: Any, ticks: Any, record: Any) -> None:
    """Run the decision that is due, and name the time of the next."""
    cursor = play["cursor"]
    run_clock(play, record, ticks.gaps, cursor["next_clock_ns"])
    cursor["next_clock_ns"] += cursor["cycle_ns"]


@jit
def advance(plays: Rows, ticks: Ticks, record: Record, most: int) -> int:
    """Play up to ``most`` events of the tape and return how many were played; stop early when a record is nearly full.

    At one instant prints come before quotes (a quote is the book after the trade), and a decision comes after both.
    Where the cursor says that the loop ``pauses``, it stops before each decision and runs it when it is called again.
    """
    play = plays[0]
    cursor = play["cursor"]
    played = 0
    if cursor["is_waiting"]:
        decide_now(play, ticks, record)
    while played < most and cursor["is_full"] == 0:
        if cursor["fills"] + SPARE > len(record.fills) or cursor["breakers"] + SPARE > len(record.breakers):
            break
        if cursor["journaled"] > JOURNAL // 2:
            break
        next_ns = next_event_ns(cursor, ticks)
        is_due = cursor["next_clock_ns"] < next_ns and cursor["next_clock_ns"] <= cursor["last_ns"]
        if cursor["cycle_ns"] == 0 or not is_due:
            if next_ns == LARGEST_INTEGER:
                cursor["is_done"] = 1
                break
            play_next(play, ticks, record)
            played += 1
            if cursor["cycle_ns"] > 0:
                continue
            cursor["next_clock_ns"] = next_ns
        if cursor["pauses"]:
            cursor["is_waiting"] = 1
            break
        decide_now(play, ticks, record)
    return played
