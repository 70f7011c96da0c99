"""The words and tables of the page: findings, key figures, parameters, tape notes, where the run came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import PurePath
from typing import Any

from glosten import __version__
from glosten.params import PARAMETERS, Parameter, spell
from glosten.run import Run
from glosten.settings import Finding
from glosten.show._report_figures import (
    LEVELS,
    base_asset,
    key_figures,
    plain_step,
    quote_unit,
    remarks,
    span_words,
)

TAPE_PROSE = ("sentences", "synthetic_quotes", "candle_made", "candles", "sides")
"""What the page says of a tape in words instead of a table."""
TAPE_WORDS = {"quote_lag_ms": "quotes lagged by, ms", "touch_shares": "market orders that begin at the touch, by lag"}


def table(rows: Iterable[Sequence[str]], head: Sequence[str] = (), kind: str = "") -> str:
    """Return an HTML table; the cells are HTML already, the first of each row names it."""
    top = "<thead><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr></thead>" if head else ""
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    return f'<div class="scroll"><table class="{kind}">{top}<tbody>{body}</tbody></table></div>'


def figures_html(run: Run) -> str:
    """Return the row of key figures, each with its definition to hover over and in a list to unfold."""
    figures = key_figures(run)
    tiles = "".join(
        f'<div class="tile" tabindex="0" title="{escape(figure.definition)}"><span class="label">{figure.label}</span>'
        f'<span class="number {figure.tone}">{escape(figure.text)}</span>'
        f'<span class="remark">{escape(figure.remark)}</span></div>'
        for figure in figures
    )
    meanings = "".join(f"<dt>{figure.label}</dt><dd>{escape(figure.definition)}</dd>" for figure in figures)
    return (
        f'<section class="tiles" aria-label="Key figures">{tiles}</section>'
        f'<details class="meanings"><summary>What these figures mean (amounts in {escape(run.quote_asset)})</summary>'
        f"<dl>{meanings}</dl></details>"
    )


def remarks_html(run: Run, findings: Sequence[Finding]) -> str:
    """Return warnings of the run and findings of the configuration, the gravest first; "" where there are none."""
    items = "".join(
        f'<li class="{remark.level}"><b>{f"{LEVELS[remark.level]} {remark.code}".strip()}</b> '
        f"{escape(remark.message)}</li>"
        for remark in remarks(run, findings)
    )
    if not items:
        return ""
    return f'<section class="remarks" aria-label="Warnings"><ul>{items}</ul></section>'


def _mark(parameter: Parameter, value: Any, strict: Sequence[str]) -> str:
    if parameter.key in strict:
        return "!"
    return "" if value == _plain(parameter.default) else "*"


def _plain(value: Any) -> Any:
    """Return a default as a run keeps it: plain JSON has no decimals."""
    return value if isinstance(value, bool | int | float | str) or value is None else float(value)


def parameters_html(run: Run) -> str:
    """Return the table of every key with its value, default and unit, with a box to search it."""
    rows = []
    for parameter in PARAMETERS:
        if parameter.key not in run.parameters:
            continue
        value = run.parameters[parameter.key]
        mark = _mark(parameter, value, run.changed)
        cells = (
            f"<code>{escape(parameter.key)}</code>",
            f'<span class="mark">{mark}</span>',
            f"<code>{escape(spell(value))}</code>",
            f"<code>{escape(spell(parameter.default))}</code>",
            escape(parameter.unit),
            f'<span class="help">{escape(parameter.help)}</span>',
        )
        kind = ' class="changed"' if mark else ""
        rows.append(
            f'<tr{kind}><th scope="row">{cells[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>"
        )
    head = "".join(f"<th>{word}</th>" for word in ("Key", "", "Value", "Default", "Unit", "What it does"))
    changed = sum(row.startswith("<tr class") for row in rows)
    return (
        '<section class="card" id="parameters"><h2>Parameters</h2>'
        f'<p class="note">All {len(rows)} keys in force. <b>*</b> is not the default, <b>!</b> is set by '
        f"STRICT_LITERATURE; {changed} differ.</p>"
        '<p class="search"><input type="search" id="search" placeholder="Search keys and texts" aria-label="Search '
        'parameters"> <label><input type="checkbox" id="only-changed"> only those that differ</label></p>'
        f'<div class="scroll"><table class="parameters"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></div></section>"
    )


def _spelled(key: str, value: Any) -> str:
    """Return a fact about the tape as HTML: counts with commas, file names without their folders, lists as lines."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
    if key == "touch_shares":
        return ", ".join(f"{100 * share:.1f} % at {lag_ms:g} ms" for lag_ms, share in value)
    if isinstance(value, list | tuple):
        return "<br>".join(_spelled(key, member) for member in value)
    return escape(PurePath(str(value)).name if key == "files" else str(value))


def tape_html(run: Run) -> str:
    """Return what is known of the tape, and loudly so where its quotes were implied by the trades."""
    facts = {key: value for key, value in run.tape.items() if key not in TAPE_PROSE and value not in (None, 0, [], ())}
    rows = [(escape(TAPE_WORDS.get(key, key.replace("_", " "))), _spelled(key, value)) for key, value in facts.items()]
    notes = "".join(f"<li>{escape(str(sentence))}</li>" for sentence in run.tape.get("sentences", ()))
    marks = (("candle_made", "Made of candles"), ("synthetic_quotes", "Synthetic quotes"))
    loud = "".join(f'<p class="loud">{words}</p>' for key, words in marks if run.tape.get(key))
    prose = f'<ul class="why">{notes}</ul>' if notes else ""
    return f'<section class="card"><h2>Tape</h2>{loud}{prose}{table(rows, kind="facts")}</section>'


def origin_html(run: Run) -> str:
    """Return what made the run: instrument, configuration, seed, program, speed."""
    figures, rules = run.figures, run.instrument
    unit, base, quote = quote_unit(run), escape(base_asset(run)), escape(run.quote_asset)
    rows = [
        ("Instrument", escape(rules["symbol"])),
        ("Price step", f"{plain_step(rules['tick'])} {quote}"),
        ("Size step", f"{plain_step(rules['lot'])} {base}"),
        ("Smallest order", f"{plain_step(rules['min_qty'])} {base}, {plain_step(rules['min_notional'])} {quote}"),
        ("Span", span_words(run)),
        ("Configuration", f"<code>{escape(run.config_hash)}</code>"),
        ("Seed", "none (nothing random)" if run.seed is None else str(run.seed)),
        ("Program", f"glosten {__version__}"),
        (
            "Speed",
            f"{figures['ticks']:,} ticks in {figures['seconds']:.3g} s = {figures['ticks_per_second']:,.0f} a second",
        ),
    ]
    if unit != 1.0:
        rows.insert(1, ("Quote unit", f"1 {quote} = {unit:g} in the currency of the keys"))
    return f'<section class="card"><h2>Where this came from</h2>{table(rows, kind="facts")}</section>'
