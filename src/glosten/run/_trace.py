"""Trace: what a maker was told and what it did, as records that anybody can read and a machine can replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import glosten
from glosten.maker import STATE
from glosten.params import PACKED, Strategy, overlay
from glosten.records import EventKind, Instrument, Operation, Side, Split
from glosten.run._standing import unpack, unpack_groups, word
from glosten.run._trace_cycle import Record, Units, cycle_record
from glosten.run._trace_records import (
    ANSWERS,
    answer_record,
    breaker_records,
    differences,
    fill_record,
    flow_records,
    guard_records,
    submit_record,
)
from glosten.run._twin import Row, Taken
from glosten.settings import Settings, lint

GROUP_NS = 1_000_000_000
"""Fills of one side within a second of the group's first are one customer order (ruling R11)."""
WATCHED = ("view", "ledger", "belief", "capital", "risk", "cycle")
"""Groups of the state in which something can happen between two decisions."""
BOOKED = ("ledger", "belief", "risk", "cycle")
"""Groups of which one changes with every answer of the venue that is worth more than its own record."""
DECIDED = (*WATCHED, "quote", "portfolio", "orders", "targets")
"""Groups of the state that the record of a decision is made of."""
NO_MARKOUTS: Record = {"markout_1_bps": None, "markout_10_bps": None, "markout_60_bps": None}
OWN_FILLS = 0
KEPT_FIELDS: dict[int, tuple[str, ...]] = {
    EventKind.FILL: ("slot", "order", "side", "price", "lots", "fee", "fee_lots", "is_maker"),
    EventKind.PLACED: ("slot", "order", "reason"),
    EventKind.CANCELLED: ("slot", "order", "reason"),
    EventKind.REJECTED: ("slot", "order", "reason"),
    EventKind.CLOCK: (),
}
"""Fields that an event of a kind uses; of every other kind all that are not 0 are kept."""

Put = Callable[[Mapping[str, Any], int, Callable[[], Mapping[str, Any]] | None], None]
Markouts = Callable[[Any], Record]


class Listener(Protocol):
    """Who hears of what is recorded beside the file: a log, a sender of notifications."""

    def record(self, record: Mapping[str, Any], ts_ns: int) -> None:
        """Hear of a record other than a decision's."""

    def decided(self, state: Row, ts_ns: int) -> None:
        """Hear of a decision, with the state row after it."""


def digest(state: Row) -> str:
    """Return the name of a state row's bytes."""
    return blake2b(state.tobytes(), digest_size=8).hexdigest()


def event_words(event: Any) -> Record:
    """Return the event that a row holds, without the fields it does not use."""
    kind = int(event["kind"])
    names = KEPT_FIELDS.get(kind)
    if names is None:
        names = tuple(name for name in event.dtype.names if name not in ("kind", "ts_ns") and event[name] != 0)
    return {"kind": word(EventKind(kind)), "ts_ns": int(event["ts_ns"]), **{name: int(event[name]) for name in names}}


def action_words(actions: Iterable[Any]) -> list[list[int]]:
    """Return action rows as lists of their numbers, in the order of `records.ACTION`."""
    return [list(action.item()) for action in actions]


@cache
def revision_of_the_source() -> str | None:
    """Return the commit that the program was started from, None for an installed one."""
    root = next((path for path in Path(glosten.__file__).resolve().parents if (path / ".git").exists()), None)
    if root is None or not (root / "src" / "glosten").is_dir():
        return None
    try:
        place = root / ".git"
        if place.is_file():
            place = (root / place.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
        head = (place / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref:"):
            return head
        name = head.removeprefix("ref:").strip()
        common = place / "commondir"
        places = [place, (place / common.read_text(encoding="utf-8").strip()).resolve()] if common.exists() else [place]
        found = next((one / name for one in places if (one / name).exists()), None)
        return found.read_text(encoding="utf-8").strip() if found else None
    except OSError:
        return None


@dataclass
class _Between:
    """What has come in since the last decision."""

    events: list[Record] = field(default_factory=list)
    observed: list[Record] = field(default_factory=list)
    opening: bytes = b""
    buy_group_ns: int = -1
    sell_group_ns: int = -1


class Tracer:
    """Turns the steps of one maker into records and hands them on.

    ``put`` takes (record, time in ns, what a new file would begin with); ``listeners`` hear of the same records.
    ``markouts`` tells what a fill was worth later, where the host knows it already.
    """

    def __init__(
        self,
        put: Put,
        settings: Settings,
        instrument: Instrument,
        *,
        listeners: Sequence[Listener] = (),
        markouts: Markouts | None = None,
    ) -> None:
        self._put, self._settings, self._instrument = put, settings, instrument
        self._units, self._listeners, self._markouts = Units(instrument), listeners, markouts
        self._between = _Between()
        self._params = np.zeros(1, PACKED)
        self._cycle = 0
        self._gate: str | None = None

    def start(self, state: Row, params: Row, ts_ns: int, reason: str = "start") -> None:
        """Record the start of a run: the program, the configuration in force, the whole state."""
        self._params[:] = params
        self._cycle = int(state[0]["cycle"]["number"])
        self._between = _Between(opening=state.tobytes())
        self._emit(self._start_record(state.tobytes(), self._params.tobytes()) | {"reason": reason}, ts_ns)

    def stop(self, reason: str, ts_ns: int) -> None:
        """Record the end of a run."""
        self._emit({"type": "stop", "reason": reason}, ts_ns)

    def configure(self, params: Row) -> None:
        """Note that these parameters hold from the next event of kind CONFIG on."""
        changed = differences(self._params[0], params[0])
        self._params[:] = params
        self._between.events.append({"kind": "params", "params": unpack(params), "changed": changed})

    def error(self, kind: str, message: str, ts_ns: int) -> None:
        """Record an error of the host: its class and a bounded message."""
        self._emit({"type": "error", "class": kind, "message": message}, ts_ns)

    def take(self, taken: Taken) -> None:
        """Record one event that was more than news of the market."""
        event, between = taken.event[0], self._between
        kind, ts_ns = int(event["kind"]), int(event["ts_ns"])
        entry = event_words(event)
        if taken.changed:
            entry["changed"] = dict(taken.changed)
        if len(taken.actions):
            entry["actions"] = action_words(taken.actions)
        between.events.append(entry)
        if kind == EventKind.CLOCK:
            self._decided(taken, ts_ns)
        else:
            self._told(taken, event, ts_ns)
        for action in taken.actions:
            if action["operation"] == Operation.PLACE:
                self._emit(submit_record(action, self._units), ts_ns)

    def _told(self, taken: Taken, event: Any, ts_ns: int) -> None:
        """Record what happened between two decisions."""
        kind = int(event["kind"])
        if kind in ANSWERS:
            orders = taken.before[0]["orders"]
            order = dict(zip(orders.dtype.names, orders[int(event["slot"])].item(), strict=True))
            self._emit(answer_record(event, order, self._units), ts_ns)
        if kind in ANSWERS and all(taken.before[one].tobytes() == taken.after[one].tobytes() for one in BOOKED):
            return
        before, after = unpack_groups(taken.before, WATCHED), unpack_groups(taken.after, WATCHED)
        if kind == EventKind.FILL:
            markouts = self._markouts(event) if self._markouts else NO_MARKOUTS
            asset = self._settings.runtime.fee_asset
            self._emit(fill_record(event, before, after, self._units, asset, markouts), ts_ns)
            self._observe_fill(event)
        elif kind == EventKind.TRADE:
            side = "buy" if event["side"] == Side.BUY else "sell"
            observation = {"side": side, "src": "tape", "n_fills": 0, "id": int(event["aggressor"])}
            self._between.observed.append(observation)
        elif kind == EventKind.FLOW:
            for record in flow_records(before, after, self._units):
                self._emit(record, ts_ns)
        elif kind == EventKind.CONFIG:
            changed: Record = next((one["changed"] for one in reversed(self._between.events) if "params" in one), {})
            self._emit({"type": "config", "changed": changed}, ts_ns)
        elif kind == EventKind.COMMAND:
            self._emit({"type": "config", "changed": {}, "command": int(event["command"])}, ts_ns)
        self._changes(before, after, ts_ns)

    def _observe_fill(self, event: Any) -> None:
        """Count the customer order behind a fill, as the maker does: one a side and second."""
        if self._params[0]["runtime"]["obs_source"] != OWN_FILLS or not event["is_maker"]:
            return
        between, ts_ns = self._between, int(event["ts_ns"])
        side, name = ("buy", "buy_group_ns") if event["side"] == Side.SELL else ("sell", "sell_group_ns")
        since = getattr(between, name)
        if since >= 0 and ts_ns - since <= GROUP_NS:
            last = next(one for one in reversed(between.observed) if one["side"] == side)
            last["n_fills"] += 1
            return
        setattr(between, name, ts_ns)
        between.observed.append({"side": side, "src": "own_fills", "n_fills": 1, "id": int(event["order"])})

    def _decided(self, taken: Taken, ts_ns: int) -> None:
        """Record a decision, and what it withheld or changed."""
        before, after = unpack_groups(taken.before, WATCHED), unpack_groups(taken.after, DECIDED)
        self._cycle = after["cycle"]["number"]
        between, self._between = self._between, _Between(opening=taken.after.tobytes())
        record: Record = {"type": "cycle", **self._stamp()}
        record |= cycle_record(after, self._units, between.observed, taken.actions)
        record["replay"] = {"events": between.events, "state": digest(taken.after)}
        params = self._params.tobytes()
        self._put(record, ts_ns, lambda: self._start_record(between.opening, params))
        self._changes(before, after, ts_ns)
        for guard in guard_records(after, self._units):
            self._emit(guard, ts_ns)
        for listener in self._listeners:
            listener.decided(taken.after, ts_ns)

    def _changes(self, before: Record, after: Record, ts_ns: int) -> None:
        """Record breakers, resets, jumps and gates that an event has changed."""
        was, now = before["risk"], after["risk"]
        for record in breaker_records(before, after, self._params[0]):
            self._emit(record, ts_ns)
        if now["jumps"] != was["jumps"]:
            jump = self._units.cash(now["last_jump"])
            self._emit({"type": "guard", "guard": "pnl_jump", "side": "sell", "price": None, "value": jump}, ts_ns)
        for name in ("stats_reset", "breaker_reset"):
            if now[name] > was[name]:
                counters = {key: was[key] for key in ("wins", "losses", "consecutive_losses", "peak", "breakers")}
                self._emit({"type": "reset", "which": name.removesuffix("_reset"), "before": counters}, ts_ns)
        confirmed = bool(self._params[0]["strategy"]["ALLOC_CONFIRMED"]) and after["capital"]["allocation"] > 0.0
        gate = "CONFIGURED" if confirmed else "NOT_CONFIGURED"
        if gate != self._gate and after["cycle"]["number"] > 0 and after["view"]["bid"] > 0:
            self._gate = gate
            capital = after["capital"]
            self._emit({"type": "gate", "gate": gate, "W": capital["wallet"], "A": capital["allocation"]}, ts_ns)
        if after["cycle"]["split"] != before["cycle"]["split"]:
            name = f"SPLIT_{Split(after['cycle']['split']).name}"
            self._emit({"type": "gate", "gate": name, "deviation": after["cycle"]["split_deviation"]}, ts_ns)

    def _stamp(self) -> Record:
        """Return what a record says of the moment: the cycle and the configuration."""
        row = self._params[0]
        strict = bool(row["strategy"]["STRICT_LITERATURE"])
        return {"cycle": self._cycle, "cfg_rev": int(row["revision"]), "strict": strict}

    def _emit(self, record: Record, ts_ns: int) -> None:
        stamped = {"type": record["type"], **self._stamp(), **record}
        self._put(stamped, ts_ns, None)
        for listener in self._listeners:
            listener.record({"pair": self._instrument.symbol, **stamped}, ts_ns)

    def _start_record(self, state: bytes, params: bytes) -> Record:
        """Return the record that a file begins with, from the bytes of a state and a parameter row."""
        held = unpack(np.frombuffer(state, STATE).copy())
        row = np.frombuffer(params, PACKED).copy()
        keys, overlaid = overlay(self._settings.strategy)
        return {
            "type": "start",
            **self._stamp(),
            "cycle": held["cycle"]["number"],
            "version": glosten.__version__,
            "git": revision_of_the_source(),
            "config": {name: getattr(keys, name) for name in Strategy.model_fields},
            "runtime": self._settings.runtime.model_dump(mode="json"),
            "overlay": list(overlaid),
            "lint": [f"{finding.code}: {finding.message}" for finding in lint(self._settings)],
            "adopted_q": self._units.coins(held["ledger"]["held"]),
            "adopted_c": self._units.cost(held["ledger"]),
            "cancelled_orphans": [],
            "instrument": {name: str(getattr(self._instrument, name)) for name in Instrument.__slots__},
            "params": unpack(row),
            "state": held,
        }
