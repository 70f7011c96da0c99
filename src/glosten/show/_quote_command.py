"""``glosten quote``: what a market maker should quote before the next order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from glosten.show._output import console, emit_json

if TYPE_CHECKING:
    from glosten.theory import Binary, Quotes


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("quote")(quote)


def quote(
    *,
    v_low: Annotated[float, typer.Option("--v-low", help="The low value, in price units.")] = 98.0,
    v_high: Annotated[float, typer.Option("--v-high", help="The high value, in price units.")] = 102.0,
    prior: Annotated[float, typer.Option(help="Probability of the high value.")] = 0.5,
    alpha: Annotated[float, typer.Option(help="Fraction of traders who know the value.")] = 0.3,
    gamma: Annotated[float, typer.Option(help="Probability that a noise trader buys.")] = 0.5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Quote the binary Glosten-Milgrom model: bid and ask before the next order, and what each would teach."""
    from glosten.theory import Binary  # noqa: PLC0415

    model = Binary(v_low, v_high, prior, alpha, gamma)
    quotes = model.quotes()
    if as_json:
        emit_json(quotes._asdict())
    else:
        _print(model, quotes)


def spell(value: float | None) -> str:
    """Return a number in nine digits, or a dash where there is none."""
    return "-" if value is None else f"{value:.9g}"


def describe(model: Binary) -> str:
    """Return the parameters of a model in one line."""
    return (
        f"V is {model.v_low:g} or {model.v_high:g}; P(high) = {model.prior:g}; "
        f"a fraction {model.alpha:.4g} of the traders knows it; noise buys with probability {model.gamma:g}"
    )


def _print(model: Binary, quotes: Quotes) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    screen.print(f"{describe(model)}.")
    table = Table(box=None, pad_edge=False)
    for header in ("", "quote", "probability", "P(high) after", "informed"):
        table.add_column(header, justify="left" if not header else "right")
    for name, side in (("ask (somebody buys)", 1), ("bid (somebody sells)", -1)):
        price, after = (quotes.ask, quotes.posterior_buy) if side > 0 else (quotes.bid, quotes.posterior_sell)
        chance = quotes.p_buy if side > 0 else quotes.p_sell
        table.add_row(name, spell(price), spell(chance), spell(after), spell(model.informed_share(side)))
    screen.print(table)
    screen.print(f"mean {spell(quotes.mean)}, spread {spell(quotes.spread)}")
    gains = model.gains()
    screen.print(
        f"Of each arrival the informed expect {spell(gains.informed)}, noise traders {spell(gains.noise)}, "
        "the maker 0 on either side."
    )
    for reason in (quotes.why_no_ask, quotes.why_no_bid):
        if reason is not None:
            screen.print(f"No quote on that side. {reason}")
