"""The venue's side of a backtest: the tape happens to the matcher, requests arrive, answers leave."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.market import accept, cancel, delay, on_book, on_level, on_trade
from glosten.records import LARGEST_INTEGER, EventKind, Operation, OrderState, Reason
from glosten.run._play_rows import (
    ALL,
    ANSWERS,
    FEED_LATENCY,
    MARGIN,
    ORDER_LATENCY,
    QUEUE,
    RESPONSE_LATENCY,
    SPARE_ANSWERS,
    TOO_MANY_ANSWERS,
    TOO_MANY_FILLS,
)
from glosten.run._telling import show_quote, show_trade, tell, tell_fill


@jit
def set_latency(cursor: Any, latency: Any, now_ns: int) -> None:
    """Note how long requests and answers that leave at this instant are under way."""
    cursor["order_ns"], cursor["response_ns"] = latency[0, ORDER_LATENCY], latency[0, RESPONSE_LATENCY]
    if len(latency) > 1:
        cursor["order_ns"] = delay(latency, ORDER_LATENCY, now_ns)
        cursor["response_ns"] = delay(latency, RESPONSE_LATENCY, now_ns)


@jit
def show_levels(play: Any, levels: Any, before_ns: int) -> None:
    """Show the venue the depth up to an instant, that instant excluded."""
    cursor = play["cursor"]
    while cursor["level"] < len(levels) and levels[cursor["level"]]["ts_ns"] < before_ns:
        on_level(play["venue"], levels[cursor["level"]])
        cursor["level"] += 1


@jit
def next_tape_ns(cursor: Any, ticks: Any) -> int:
    """Return when the next event of the tape happens, `LARGEST_INTEGER` after the last; note whether it is a print.

    A print comes before a quote of its time, which is the book after it.
    """
    quotes, trades = ticks.quotes, ticks.trades
    quote_ns = quotes[cursor["quote"]]["ts_ns"] if cursor["quote"] < len(quotes) else LARGEST_INTEGER
    trade_ns = trades[cursor["trade"]]["ts_ns"] if cursor["trade"] < len(trades) else LARGEST_INTEGER
    cursor["is_print_next"] = trade_ns <= quote_ns
    return min(quote_ns, trade_ns)


@jit
def hear_fills(play: Any, record: Any, count: int, now_ns: int) -> None:
    """Let the maker hear of new fills: at once, or when their answers arrive."""
    book = play["venue"]["book"]
    for index in range(count):
        if play["cursor"]["is_delayed"]:
            answer(play, index, now_ns)
        else:
            play["event"] = play["fills"][index]
            play["event"]["ts_ns"] = now_ns
            tell_fill(play, record, (now_ns, book["bid"], book["ask"]))


@jit
def happen(play: Any, ticks: Any, record: Any) -> None:
    """Let the event of the tape that `next_tape_ns` found happen at the venue.

    Where there is no latency, it is shown to the maker, and what the maker asks for then is carried out at once.
    """
    cursor, quotes, trades = play["cursor"], ticks.quotes, ticks.trades
    if cursor["is_print_next"]:
        trade = trades[cursor["trade"]]
        cursor["trade"] += 1
        count = on_trade(play["venue"], trade, play["fills"])
        if count > 0:
            hear_fills(play, record, count, trade["ts_ns"])
        if cursor["is_delayed"] == 0:
            show_trade(play, trade, trade["ts_ns"])
    else:
        quote = quotes[cursor["quote"]]
        cursor["quote"] += 1
        count = on_book(play["venue"], quote, play["fills"])
        if count > 0:
            hear_fills(play, record, count, quote["ts_ns"])
        if cursor["is_delayed"] == 0:
            show_quote(play, quote, quote["ts_ns"])
    if cursor["is_delayed"] == 0 and cursor["queue_head"] < cursor["queue_tail"]:
        carry_out(play, record, play["state"]["view"]["now_ns"], ALL)


@jit
def answer(play: Any, index: int, now_ns: int) -> None:
    """Send an answer on its way: fill row ``index``, or the event that was written where ``index`` is negative.

    Answers travel on one connection, so none overtakes another.
    """
    cursor, book = play["cursor"], play["venue"]["book"]
    row = play["answers"][cursor["answer_tail"] % ANSWERS]
    if index >= 0:
        row["event"] = play["fills"][index]
    else:
        row["event"] = play["event"]
    cursor["last_answer_ns"] = max(cursor["last_answer_ns"], now_ns + cursor["response_ns"])
    row["event"]["ts_ns"] = cursor["last_answer_ns"]
    row["happened_ns"], row["bid"], row["ask"] = now_ns, book["bid"], book["ask"]
    cursor["answer_tail"] += 1
    if cursor["answer_tail"] - cursor["answer_head"] > ANSWERS - SPARE_ANSWERS:
        cursor["is_full"] = TOO_MANY_ANSWERS


@jit
def reply(play: Any, kind: int, action: Any, reason: int, now_ns: int) -> None:
    """Say what became of a request: at once, or as an answer on its way."""
    event = play["event"]
    event["kind"], event["ts_ns"] = kind, now_ns
    event["slot"], event["order"], event["reason"] = action["slot"], action["order"], reason
    if play["cursor"]["is_delayed"]:
        answer(play, -1, now_ns)
    else:
        tell(play)


@jit
def place(play: Any, action: Any, now_ns: int) -> int:
    """Give a placement to the venue and the maker its answer; return how many fills it took at once, -1: refused."""
    reason, count = accept(play["venue"], action, play["fills"])
    if reason != Reason.NONE:
        reply(play, EventKind.REJECTED, action, reason, now_ns)
        return -1
    reply(play, EventKind.PLACED, action, Reason.NONE, now_ns)
    return int(count)


@jit
def end_immediate(play: Any, action: Any, count: int, now_ns: int) -> None:
    """Say that what an immediate order could not take in its ``count`` fills is gone."""
    order, rest = play["state"]["orders"][action["slot"]], action["lots"]
    for index in range(count):
        rest -= play["fills"][index]["lots"]
    is_over = order["number"] != action["order"] or order["state"] == OrderState.NONE
    if rest > 0 if play["cursor"]["is_delayed"] else not is_over:
        reply(play, EventKind.CANCELLED, action, Reason.NONE, now_ns)


@jit
def withdraw(play: Any, action: Any, now_ns: int) -> None:
    """Take an order from the venue and say that it is gone."""
    slot = action["slot"]
    if play["venue"]["resting"][slot]["order"] == action["order"]:
        cancel(play["venue"], slot)
    reply(play, EventKind.CANCELLED, action, Reason.NONE, now_ns)


@jit
def carry_out(play: Any, record: Any, now_ns: int, most: int) -> None:
    """Carry out up to ``most`` requests, the one that has waited longest first; an answer may add more.

    The venue answers a placement first, then come the fills of what it took, then the end of what was immediate.
    """
    cursor = play["cursor"]
    last = cursor["queue_head"] + most
    while cursor["queue_head"] < min(cursor["queue_tail"], last):
        action = play["queue"][cursor["queue_head"] % QUEUE]
        cursor["queue_head"] += 1
        if action["operation"] == Operation.PLACE:
            count = place(play, action, now_ns)
            if count > 0:
                hear_fills(play, record, count, now_ns)
            if count >= 0 and action["immediate"]:
                end_immediate(play, action, count, now_ns)
        else:
            withdraw(play, action, now_ns)
        if cursor["fills"] + MARGIN > len(record.fills):
            cursor["is_full"] = TOO_MANY_FILLS
        if cursor["is_full"]:
            return


@jit
def news_heard_ns(play: Any, ticks: Any, latency: Any) -> int:
    """Return when the maker hears the next event of the tape that has happened, `LARGEST_INTEGER` if there is none."""
    cursor, happened_ns = play["cursor"], LARGEST_INTEGER
    if cursor["heard_trade"] < cursor["trade"]:
        happened_ns = ticks.trades[cursor["heard_trade"]]["ts_ns"]
    if cursor["heard_quote"] < cursor["quote"]:
        happened_ns = min(happened_ns, ticks.quotes[cursor["heard_quote"]]["ts_ns"])
    if happened_ns == LARGEST_INTEGER:
        return LARGEST_INTEGER
    return max(cursor["last_heard_ns"], happened_ns + delay(latency, FEED_LATENCY, happened_ns))


@jit
def hear_news(play: Any, ticks: Any, now_ns: int) -> None:
    """Show the maker the next event of the tape that has happened, prints before quotes of their time."""
    cursor, quotes, trades = play["cursor"], ticks.quotes, ticks.trades
    quote, trade = cursor["heard_quote"], cursor["heard_trade"]
    cursor["last_heard_ns"] = now_ns
    has_quote, has_trade = quote < cursor["quote"], trade < cursor["trade"]
    if has_trade and (not has_quote or trades[trade]["ts_ns"] <= quotes[quote]["ts_ns"]):
        cursor["heard_trade"] += 1
        show_trade(play, trades[trade], now_ns)
    else:
        cursor["heard_quote"] += 1
        show_quote(play, quotes[quote], now_ns)


@jit
def hear_answer(play: Any, record: Any) -> None:
    """Let the maker hear the answer that left first."""
    cursor = play["cursor"]
    row = play["answers"][cursor["answer_head"] % ANSWERS]
    cursor["answer_head"] += 1
    play["event"] = row["event"]
    if play["event"]["kind"] == EventKind.FILL:
        tell_fill(play, record, (row["happened_ns"], row["bid"], row["ask"]))
    else:
        tell(play)
