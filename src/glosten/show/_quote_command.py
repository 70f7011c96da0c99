"""``glosten quote``: what a market maker should quote before the next order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._model_options import Alpha, Chosen, File, Gamma, High, Low, Name, Prior, Sets, choose_model
from glosten.show._output import console, emit_json

if TYPE_CHECKING:
    from glosten.theory import Binary


MOST_SHOWN = 8
"""Values of a list that are spelled out."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("quote")(quote)


def quote(
    file: File = None,
    *,
    model: Name = None,
    parameters: Sets = None,
    v_low: Low = None,
    v_high: High = None,
    prior: Prior = None,
    alpha: Alpha = None,
    gamma: Gamma = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Quote a model: bid and ask before the next order, and what each would teach."""
    from glosten.theory import Binary  # noqa: PLC0415

    flags = {"v_low": v_low, "v_high": v_high, "prior": prior, "alpha": alpha, "gamma": gamma}
    chosen = choose_model(file, model, parameters, flags)
    if as_json:
        emit_json(_members(chosen.model))
    elif isinstance(chosen.model, Binary):
        _print_binary(chosen, chosen.model)
    else:
        _print(chosen)


def spell(value: float | None) -> str:
    """Return a number in nine digits, or a dash where there is none."""
    return "-" if value is None else f"{value:.9g}"


def describe(chosen: Chosen) -> str:
    """Return the parameters of a model in one line."""
    if chosen.kind.name == "binary":
        model = chosen.model
        return (
            f"V is {model.v_low:g} or {model.v_high:g}; P(high) = {model.prior:g}; "
            f"a fraction {model.alpha:.4g} of the traders knows it; noise buys with probability {model.gamma:g}"
        )
    given = ", ".join(f"{name} = {_plain(value)}" for name, value in chosen.parameters.items())
    return f"{chosen.kind.name}: {given}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        shown = [f"{one:g}" for one in value]
        return f"[{', '.join(shown if len(shown) <= MOST_SHOWN else [*shown[:2], '...', shown[-1]])}]"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _members(model: Any) -> dict[str, Any]:
    return dict(model.quotes()._asdict())


def _print(chosen: Chosen) -> None:
    """Print every field of the quotes of a model; a quote that does not exist is a dash, with the reason below."""
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    screen.print(f"{describe(chosen)}.", markup=False)
    members = _members(chosen.model)
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in members.items():
        if not name.startswith("why_"):
            table.add_row(name.replace("_", " "), spell(value))
    screen.print(table)
    for name, reason in members.items():
        if name.startswith("why_") and reason is not None:
            screen.print(f"No quote on that side. {reason}", markup=False)


def _print_binary(chosen: Chosen, model: Binary) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen, quotes = console(), model.quotes()
    screen.print(f"{describe(chosen)}.")
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
