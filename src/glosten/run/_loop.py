"""The compiled backtest: one loop that lets a tape happen to the matcher and the maker, chunk by chunk."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.records import LARGEST_INTEGER, RUNGS, SLOTS, EventKind, OrderState, Side
from glosten.run._play_rows import ALL, ANSWERS, JOURNAL, QUEUE, SPARE, Moment, Record, Road, Rows, Ticks
from glosten.run._telling import note_breakers, tell
from glosten.run._venue_side import (
    carry_out,
    happen,
    hear_answer,
    hear_news,
    news_heard_ns,
    next_tape_ns,
    set_latency,
    show_levels,
)


@jit
def keep_decision(play: Any, record: Any) -> None:
    """Record what stands after a decision."""
    cursor = play["cursor"]
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
    deepest, farthest = LARGEST_INTEGER, 0
    for slot in range(SLOTS):
        order = s["orders"][slot]
        if order["state"] == OrderState.NONE:
            continue
        orders += 1
        if order["side"] == Side.BUY:
            highest, deepest = max(highest, order["price"]), min(deepest, order["price"])
        elif slot >= RUNGS:
            lowest, farthest = min(lowest, order["price"]), max(farthest, order["price"])
    row["own_bid"], row["own_ask"], row["orders"] = highest, lowest if farthest > 0 else 0, orders
    row["outer_bid"], row["outer_ask"] = deepest if highest > 0 else 0, farthest
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
def ask_for_decision(play: Any, now_ns: int) -> None:
    """Let the maker decide, with what it is told of the other pairs; what it enters for them is noted."""
    cursor, event, portfolio = play["cursor"], play["event"], play["state"]["portfolio"]
    if cursor["pauses"]:
        tell_portfolio(play, now_ns)
    event["kind"], event["ts_ns"] = EventKind.CLOCK, now_ns
    tell(play)
    cursor["own_allocation"], cursor["own_inventory"] = portfolio["own_allocation"], portfolio["own_inventory"]
    cursor["is_waiting"] = 0


@jit
def decide_now(play: Any, ticks: Any, road: Any, record: Any) -> None:
    """Run the decision that is due, carry out what it asks for, and record every ``stride``-th outcome.

    Passing the tape and the record on counts their arrays in and out, so that happens only where there is a reason.
    """
    cursor = play["cursor"]
    now_ns = cursor["next_clock_ns"]
    if cursor["is_delayed"]:
        set_latency(cursor, road.latency, now_ns)
    if cursor["level"] < len(road.levels):
        show_levels(play, road.levels, now_ns + 1)
    if len(ticks.gaps) > 0:
        tell_age(play, ticks.gaps, now_ns)
    else:
        play["event"]["kind"], play["event"]["ts_ns"] = EventKind.BEAT, now_ns
        tell(play)
    ask_for_decision(play, now_ns)
    if cursor["is_delayed"] == 0 and cursor["queue_head"] < cursor["queue_tail"]:
        carry_out(play, record, now_ns, ALL)
    if play["state"]["risk"]["breakers"] != cursor["open_breakers"]:
        note_breakers(play, record)
    if cursor["decisions"] % cursor["stride"] == 0 and cursor["cycles"] < len(record.cycles):
        keep_decision(play, record)
    cursor["decisions"] += 1
    cursor["next_clock_ns"] += cursor["cycle_ns"]
    cursor["decides"] = 0


@jit
def next_moment(play: Any, ticks: Any, latency: Any) -> int:
    """Return when something happens next, decisions apart, `LARGEST_INTEGER` for never; note what (`Moment`).

    At one instant the maker hears answers, then news, then its requests reach the venue, then the tape goes on: so a
    latency of zero plays what no latency plays. A venue that has closed (the tape is over) takes no more requests.
    """
    cursor = play["cursor"]
    soonest, moment = next_tape_ns(cursor, ticks), Moment.TAPE.value
    if cursor["queue_head"] < cursor["queue_tail"]:
        arrival_ns = play["arrivals"][cursor["queue_head"] % QUEUE]
        if arrival_ns <= soonest and arrival_ns <= cursor["last_ns"]:
            soonest, moment = arrival_ns, Moment.ARRIVAL.value
    heard_ns = news_heard_ns(play, ticks, latency)
    if heard_ns <= soonest and heard_ns < LARGEST_INTEGER:
        soonest, moment = heard_ns, Moment.NEWS.value
    if cursor["answer_head"] < cursor["answer_tail"]:
        answer_ns = play["answers"][cursor["answer_head"] % ANSWERS]["event"]["ts_ns"]
        if answer_ns <= soonest:
            soonest, moment = answer_ns, Moment.ANSWER.value
    cursor["moment"] = moment
    return soonest


@jit
def play_moment(play: Any, ticks: Any, road: Any, record: Any, now_ns: int) -> int:
    """Play what `next_moment` found, and return how many events of the tape that was (0 or 1)."""
    cursor = play["cursor"]
    moment = cursor["moment"]
    if cursor["is_delayed"]:
        set_latency(cursor, road.latency, now_ns)
    if cursor["level"] < len(road.levels):
        is_after = moment == Moment.TAPE and not cursor["is_print_next"]  # depth is the book after the prints
        show_levels(play, road.levels, now_ns + int(is_after))
    if moment == Moment.TAPE:
        happen(play, ticks, record)
    elif moment == Moment.NEWS:
        hear_news(play, ticks, now_ns)
    elif moment == Moment.ARRIVAL:
        carry_out(play, record, now_ns, 1)
    else:
        hear_answer(play, record)
    if cursor["cycle_ns"] == 0 and moment == (Moment.NEWS if cursor["is_delayed"] else Moment.TAPE):
        cursor["decides"], cursor["next_clock_ns"] = 1, now_ns
    return int(moment == Moment.TAPE)


@jit
def is_decision_due(cursor: Any, next_ns: int) -> bool:
    """Return whether the maker decides before what happens next; with no cycle it does after each event it heard.

    A decision comes after all that the instant still brings, but for the tape's next event where there is no cycle.
    """
    if cursor["cycle_ns"] == 0:
        is_last = cursor["moment"] == Moment.TAPE or next_ns > cursor["next_clock_ns"]
        return bool(cursor["decides"] != 0 and is_last)
    return bool(cursor["next_clock_ns"] < next_ns and cursor["next_clock_ns"] <= cursor["last_ns"])


@jit
def advance(plays: Rows, ticks: Ticks, road: Road, record: Record, most: int) -> int:
    """Play up to ``most`` events of the tape and return how many were played; stop early when a record is nearly full.

    At one instant prints come before quotes (a quote is the book after the trade), and a decision comes after both.
    Where the cursor says that the loop ``pauses``, it stops before each decision and runs it when it is called again.
    """
    play = plays[0]
    cursor = play["cursor"]
    played, next_ns = 0, next_tape_ns(cursor, ticks)
    if cursor["is_waiting"]:
        decide_now(play, ticks, road, record)
    is_plain = cursor["is_delayed"] == 0 and len(road.levels) == 0 and cursor["cycle_ns"] > 0
    while played < most and cursor["is_full"] == 0:
        if cursor["fills"] + SPARE > len(record.fills) or cursor["breakers"] + SPARE > len(record.breakers):
            break
        if cursor["journaled"] > JOURNAL // 2:
            break
        if not is_plain:
            is_delayed = cursor["is_delayed"] != 0
            next_ns = next_moment(play, ticks, road.latency) if is_delayed else next_tape_ns(cursor, ticks)
        if not is_decision_due(cursor, next_ns):
            if next_ns == LARGEST_INTEGER:
                cursor["is_done"] = 1
                break
            if is_plain:  # nearly every event of nearly every run
                happen(play, ticks, record)
                next_ns = next_tape_ns(cursor, ticks)
                played += 1
            else:
                played += play_moment(play, ticks, road, record, next_ns)
            continue
        if cursor["pauses"]:
            cursor["is_waiting"] = 1
            break
        decide_now(play, ticks, road, record)
    return played
