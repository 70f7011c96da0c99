"""The dashboard on the page of a run: what the operator would have seen at its end."""

from __future__ import annotations

from html import escape

from glosten.run import Dashboard, Section, SidebarItem
from glosten.show._report_tables import table

TONES = {"good": "good", "bad": "bad", "warn": "warn", "quiet": "quiet", "": ""}
ELSEWHERE = frozenset({"Keys", "Configuration remarks"})
"""Sections that the page has in full in another place."""


def dashboard_html(shown: Dashboard, line: str, items: tuple[SidebarItem, ...]) -> str:
    """Return the card of the dashboard: the line of the last decision, the sidebar's items, and every section."""
    sections = "".join(_section(section) for section in shown.sections if section.title not in ELSEWHERE)
    banner = f'<p class="loud">{escape(shown.banner)}</p>' if shown.banner else ""
    return (
        '<section class="card" id="dashboard"><h2>Dashboard</h2>'
        '<p class="note">What <code>glosten status</code> shows of the end of the run.</p>'
        f"{banner}<pre>{escape(line)}</pre>"
        f'<dl class="panel">{"".join(map(_item, items))}</dl><div class="sections">{sections}</div></section>'
    )


def _item(item: SidebarItem) -> str:
    style = f' style="color:{escape(item.valueColor)}"' if item.valueColor else ""
    return (
        f'<div title="{escape(item.tooltip)}"><dt>{escape(item.label)}</dt><dd{style}>{escape(item.value)}</dd></div>'
    )


def _section(section: Section) -> str:
    note = f'<p class="note">{escape(section.note)}</p>' if section.note else ""
    if section.head:
        rows = [[escape(cell) for cell in row] for row in section.rows]
        body = table(rows, [escape(name) for name in section.head], kind="model") if rows else ""
        return f'<div class="wide"><h3>{escape(section.title)}</h3>{body}{note}</div>'
    facts = [
        (escape(fact.label), f'<span class="{TONES[fact.tone]}">{escape(fact.value)}</span>') for fact in section.facts
    ]
    return f"<div><h3>{escape(section.title)}</h3>{table(facts, kind='facts') if facts else ''}{note}</div>"
