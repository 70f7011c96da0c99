"""Telling the maker: one event at a time, what it asks for in return, and what is kept of it for the reader."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker import step_row
from glosten.records import SLOTS, EventKind
from glosten.run._play_rows import QUEUE, TOO_MANY_REQUESTS


@jit
def enqueue(play: Any, count: int) -> None:
    """Put the maker's newest requests behind those that wait; where there is latency, note when each arrives.

    Requests travel on one connection, so none overtakes another.
    """
    cursor = play["cursor"]
    for index in range(count):
        place = cursor["queue_tail"] % QUEUE
        play["queue"][place] = play["actions"][index]
        if cursor["is_delayed"]:
            now_ns = play["state"]["view"]["now_ns"]
            cursor["last_arrival_ns"] = max(cursor["last_arrival_ns"], now_ns + cursor["order_ns"])
            play["arrivals"][place] = cursor["last_arrival_ns"]
        cursor["queue_tail"] += 1
    if cursor["queue_tail"] - cursor["queue_head"] > QUEUE - 2 * SLOTS:
        cursor["is_full"] = TOO_MANY_REQUESTS


@jit
def tell(play: Any) -> None:
    """Give the maker the event that was written and queue what it asks for; keep it where somebody watches."""
    cursor = play["cursor"]
    if cursor["keeps_journal"]:
        play["journal"][cursor["journaled"]] = play["event"]
        cursor["journaled"] += 1
    enqueue(play, step_row(play["state"], play["params"], play["event"], play["actions"]))


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
def tell_fill(play: Any, record: Any, met: tuple[int, int, int]) -> None:
    """Tell the maker of the fill that was written as its event, and keep it with the belief that quoted it.

    ``met`` is when it happened at the venue, and the bid and the ask that stood there.
    """
    cursor, event, s = play["cursor"], play["event"], play["state"]
    row = record.fills[cursor["fills"]]
    row["ts_ns"], row["bid"], row["ask"] = met
    row["slot"], row["order"], row["side"] = event["slot"], event["order"], event["side"]
    row["price"], row["lots"] = event["price"], event["lots"]
    row["fee"], row["fee_lots"], row["is_maker"] = event["fee"], event["fee_lots"], event["is_maker"]
    row["value"], row["prior"] = s["belief"]["value"], s["belief"]["prior"]
    row["cycle"] = s["cycle"]["number"]
    tell(play)
    note_breakers(play, record)
    row["held_after"], row["realised_after"] = s["ledger"]["held"], s["ledger"]["realised"]
    cursor["fills"] += 1


@jit
def show_trade(play: Any, trade: Any, now_ns: int) -> None:
    """Show a print to the maker."""
    event = play["event"]
    event["kind"], event["ts_ns"] = EventKind.TRADE, now_ns
    event["price"], event["lots"] = trade["price"], trade["lots"]
    event["side"], event["aggressor"] = trade["side"], trade["aggressor"]
    tell(play)


@jit
def show_quote(play: Any, quote: Any, now_ns: int) -> None:
    """Show a top of the book to the maker."""
    event = play["event"]
    event["kind"], event["ts_ns"] = EventKind.BOOK, now_ns
    event["bid"], event["bid_lots"] = quote["bid"], quote["bid_lots"]
    event["ask"], event["ask_lots"] = quote["ask"], quote["ask_lots"]
    tell(play)
