"""What to do: belief, anchor, price, size, guards, ladder; a pure function of state, parameters and event."""

from glosten.maker._size import allocation
from glosten.maker._split import start_target
from glosten.maker._state import PRIOR_AT_SNAP, STATE, fresh, snapshot
from glosten.maker._step import step, step_row

__all__ = ["PRIOR_AT_SNAP", "STATE", "allocation", "fresh", "snapshot", "start_target", "step", "step_row"]
