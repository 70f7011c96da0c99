"""Notifications: the few things an operator must hear of without looking, in the shape of the host bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glosten.maker import STATE
from glosten.records import Instrument, Status
from glosten.run._standing import signed, unpack
from glosten.run._twin import Row

STALE_NS = 60_000_000_000
DAY_NS = 86_400_000_000_000
REPEATED = 3
"""Equal refusals in a row that are worth a notification."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message; ``variant`` is success, info, warning or error, ``persist`` keeps it until it is dismissed."""

    text: str
    variant: str
    persist: bool
    ts_ns: int


@dataclass
class Notices:
    """Listens to the records of a pair and keeps what is worth a notification; never a fill."""

    instrument: Instrument
    sent: list[Notification] = field(default_factory=list)
    _stale_since: int = -1
    _told_stale: bool = False
    _day: int = -1
    _refusals: int = 0
    _realised: int = 0

    def _say(self, text: str, variant: str, ts_ns: int, *, persist: bool = False) -> None:
        self.sent.append(Notification(f"{self.instrument.symbol}: {text}", variant, persist, ts_ns))

    def record(self, record: Mapping[str, Any], ts_ns: int) -> None:
        """Hear of a record other than a decision's."""
        kind = record["type"]
        if kind == "breaker":
            self._breaker(record, ts_ns)
        elif kind == "gate":
            self._gate(str(record["gate"]), ts_ns)
        elif kind == "reset":
            self._say(f"RESET_{str(record['which']).upper()}_ONCE has fired.", "info", ts_ns)
        elif kind == "error":
            self._say(str(record["message"]), "error", ts_ns, persist=True)
        elif kind == "order" and record["op"] in ("ack", "reject"):
            self._refusals = self._refusals + 1 if record["op"] == "reject" else 0
            if self._refusals == REPEATED:
                self._say(f"{REPEATED} orders in a row were refused ({record['err_code']}).", "warning", ts_ns)

    def _breaker(self, record: Mapping[str, Any], ts_ns: int) -> None:
        name = record["name"]
        if record["action"] == "trip":
            facts = f"{record['value']:.4g}, limit {record['limit']:.4g}"
            self._say(f"breaker {name} tripped ({facts}): entries stopped, exits active.", "error", ts_ns, persist=True)
        else:
            self._say(f"breaker {name} is closed again ({record['action']}).", "success", ts_ns)

    def _gate(self, gate: str, ts_ns: int) -> None:
        if gate == "CONFIGURED":
            self._say("allocation configured: entries are allowed.", "success", ts_ns)
        elif gate == "NOT_CONFIGURED":
            self._say("allocation not configured: entries stopped, exits active.", "warning", ts_ns, persist=True)
        elif gate == "SPLIT_BLOCKED":
            self._say("the start is outside ALLOC_SPLIT_TOL: entries stopped.", "warning", ts_ns, persist=True)
        elif gate == "SPLIT_REBALANCING":
            self._say("the rebalance of the start begins.", "info", ts_ns)
        elif gate == "SPLIT_REBALANCED":
            self._say("the rebalance of the start is done.", "success", ts_ns)

    def decided(self, state: Row, ts_ns: int) -> None:
        """Hear of a decision: stale data, and the report of the day that has ended."""
        if state.dtype != STATE:
            return
        held = unpack(state)
        if held["cycle"]["status"] == Status.DATA_STALE:
            self._stale_since = ts_ns if self._stale_since < 0 else self._stale_since
            if ts_ns - self._stale_since > STALE_NS and not self._told_stale:
                self._told_stale = True
                self._say(
                    "no usable market data for more than 60 s: every quote is cancelled.", "error", ts_ns, persist=True
                )
        else:
            self._stale_since, self._told_stale = -1, False
        day = ts_ns // DAY_NS
        if self._day >= 0 and day != self._day:
            self._daily_report(held, ts_ns)
        if day != self._day:
            self._day, self._realised = day, held["ledger"]["realised"]

    def _daily_report(self, held: Mapping[str, Any], ts_ns: int) -> None:
        quantum = float(self.instrument.quantum)
        made = (held["ledger"]["realised"] - self._realised) * quantum
        equity, base = held["risk"]["equity"], held["ledger"]["base_capital"] * quantum
        self._say(
            f"the UTC day has ended: realised {signed(made)}, in all {signed(equity - base)}, drawdown "
            f"{held['risk']['drawdown_pct']:.2f} %.",
            "info",
            ts_ns,
        )
