"""The mid as a step function of time."""

from __future__ import annotations

from typing import Any

import numpy as np

from glosten.alpha import Mids

SECOND = 1_000_000_000


def test_a_mid_is_what_the_last_quote_said_a_quote_of_that_instant_included(quotes: Any) -> None:
    path = Mids(quotes((10, 199, 201), (20, 207, 210)), 0.5)
    when = np.array([0, 10 * SECOND, 20 * SECOND - 1, 20 * SECOND, 99 * SECOND])
    assert path.at(when).tolist() == [100.0, 100.0, 100.0, 104.25, 104.25]
    assert path.twice_at(when).tolist() == [400, 400, 400, 417, 417]
    bid, ask = path.touch_at(when[-1:])
    assert (bid[0], ask[0]) == (103.5, 105.0)
    assert (path.end_ns, path.last) == (20 * SECOND, 417)
