from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from glosten.show import _progress
from glosten.show._progress import Waiting


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what a terminal shows of a wait that loses patience at once."""
    stream = io.StringIO()
    screen = Console(file=stream, force_terminal=True, width=100)
    monkeypatch.setattr(_progress, "log", lambda: screen)
    monkeypatch.setattr(_progress, "PATIENCE_S", 0.05)
    return stream


def test_a_short_wait_shows_nothing(watched: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "PATIENCE_S", 60.0)
    with Waiting("Loading") as waiting:
        waiting.advance(1, 2)
    assert watched.getvalue() == ""


def test_a_long_wait_says_what_is_done_and_how_far_it_is(watched: io.StringIO) -> None:
    with Waiting("Loading") as waiting:
        deadline = time.monotonic() + 10.0
        while "Loading" not in watched.getvalue() and time.monotonic() < deadline:
            time.sleep(0.02)
        waiting.say("Playing")
        waiting.advance(3, 4)
        while "75%" not in watched.getvalue() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert "Loading" in watched.getvalue()
    assert "Playing" in watched.getvalue()
    assert "75%" in watched.getvalue()


def test_nobody_watching_means_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(_progress, "log", lambda: Console(file=stream, width=100))
    monkeypatch.setattr(_progress, "PATIENCE_S", 0.0)
    with Waiting("Loading") as waiting:
        time.sleep(0.05)
        waiting.advance(1, 2)
    assert stream.getvalue() == ""
