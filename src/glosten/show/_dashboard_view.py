"""The dashboard in the terminal: sections side by side where there is room, tables over the whole width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from glosten.run import ChartLine, Dashboard, Notification, Section, SidebarItem

STYLES = {"good": "green", "bad": "bold red", "warn": "yellow", "quiet": "dim", "": ""}
NARROWEST = 36
"""Columns that a section needs beside another."""
KEYS = "Keys"
VARIANTS = {"success": "green", "info": "cyan", "warning": "yellow", "error": "bold red"}


def print_dashboard(screen: Console, shown: Dashboard, line: str) -> None:
    """Print a dashboard with the one line of its last decision."""
    screen.print(Text(shown.title, style="bold"))
    if shown.banner:
        screen.print(Panel(Text(shown.banner, style="bold white on red"), style="red", box=box.HEAVY))
    screen.print(Text(line), style="cyan")
    small = [section for section in shown.sections if not section.head]
    wide = [section for section in small if _is_wide(section, screen.width)]
    for group in _rows([section for section in small if section not in wide], screen.width):
        screen.print(_side_by_side(screen, group))
    for section in wide:
        screen.print(_panel(section))
    for section in shown.sections:
        if section.title == KEYS:
            screen.print(_keys(section, screen.width))
        elif section.head:
            screen.print(_table(section))


def _is_wide(section: Section, width: int) -> bool:
    """Return whether a section has sentences that would be broken into too many lines beside another."""
    room = width // _across(width) - 6
    return any(len(fact.label) + len(fact.value) > 2 * room for fact in section.facts)


def _across(width: int) -> int:
    return max(1, min(3, width // NARROWEST))


def _rows(sections: Sequence[Section], width: int) -> Iterable[Sequence[Section]]:
    across = _across(width)
    return [sections[first : first + across] for first in range(0, len(sections), across)]


def _side_by_side(screen: Console, sections: Sequence[Section]) -> Table:
    """Return sections beside one another, all as high as the highest of them at the width they get."""
    across = _across(screen.width)
    options = screen.options.update_width(screen.width // across)
    height = max(len(screen.render_lines(_panel(section), options)) for section in sections)
    grid = Table.grid(expand=True)
    for _ in range(across):
        grid.add_column(ratio=1)
    grid.add_row(*(_panel(section, height) for section in sections))
    return grid


def _panel(section: Section, height: int | None = None) -> Panel:
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for fact in section.facts:
        table.add_row(escape(fact.label), Text(fact.value, style=STYLES[fact.tone]))
    inside: RenderableType = Group(table, Text(section.note, style="dim")) if section.note else table
    title = escape(section.title)
    return Panel(inside, title=title, title_align="left", box=box.ROUNDED, border_style="dim", height=height)


def _table(section: Section) -> Panel:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, name in enumerate(section.head):
        is_text = number in (0, len(section.head) - 1)
        table.add_column(name, justify="left" if is_text else "right", no_wrap=True)
    for row in section.rows:
        table.add_row(*(_toned_side(cell) for cell in row))
    inside: RenderableType = Group(table, Text(section.note, style="dim")) if section.note else table
    return Panel(
        inside if section.rows else Text(section.note, style="dim"),
        title=escape(section.title),
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
    )


def _toned_side(cell: str) -> Text:
    style = "green" if cell.startswith("bid ") else "red" if cell.startswith("ask ") else ""
    return Text(cell, style=style)


def _keys(section: Section, width: int) -> Panel:
    """Return all keys in as many columns as fit, read downwards; those that are not the default stand out."""
    longest = max(len(key) + len(value) for key, value, _ in section.rows) + 3
    across = max(1, (width - 4) // longest)
    height = -(-len(section.rows) // across)
    table = Table.grid(padding=(0, 2), expand=True)
    for row in range(height):
        cells = []
        for key, value, _ in section.rows[row::height]:
            style = "bold yellow" if value.endswith((" *", " !")) else "dim"
            cells.append(Text.assemble((key, "dim" if style == "dim" else ""), " ", (value, style)))
        table.add_row(*cells)
    note = Text(section.note, style="dim")
    return Panel(Group(table, note), title=KEYS, title_align="left", box=box.ROUNDED, border_style="dim")


def print_sidebar(screen: Console, items: Sequence[SidebarItem]) -> None:
    """Print the sidebar's items with what each means."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    for item in items:
        table.add_row(item.label, Text(item.value, style=item.valueColor or ""), escape(item.tooltip))
    screen.print(table)


def print_lines(screen: Console, lines: Sequence[ChartLine]) -> None:
    """Print the lines of the chart, the highest price first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("line", no_wrap=True)
    table.add_column("price", justify="right", no_wrap=True)
    table.add_column("left", justify="right", no_wrap=True)
    for line in sorted(lines, key=lambda line: -line.price):
        table.add_row(Text(line.text, style=line.lineColor), f"{line.price:.8g}", line.quantity)
    screen.print(table)


def print_notifications(screen: Console, notifications: Sequence[Notification], most: int = 10) -> None:
    """Print the latest notifications, the newest last."""
    for one in notifications[-most:]:
        screen.print(Text(f"{one.variant:>7}  {one.text}", style=VARIANTS.get(one.variant, "")))
