"""The registry of vendor formats, and recognising one by what a file holds."""

from __future__ import annotations

import difflib

from glosten.errors import TapeError
from glosten.market._batch import Format
from glosten.market._import_betfair import BETFAIR
from glosten.market._import_binance_capture import BINANCE_CAPTURE
from glosten.market._import_binance_dump import BINANCE_DUMP
from glosten.market._import_bybit import BYBIT_BOOK
from glosten.market._import_ccxt import CCXT
from glosten.market._import_columns import COLUMNS, header
from glosten.market._import_cryptofeed import CRYPTOFEED
from glosten.market._import_klines import KLINES
from glosten.market._import_lean import LEAN
from glosten.market._import_lobster import LOBSTER
from glosten.market._vendor_file import VendorFile

FORMATS: tuple[Format, ...] = (
    BINANCE_DUMP,
    CRYPTOFEED,
    BINANCE_CAPTURE,
    BYBIT_BOOK,
    LOBSTER,
    LEAN,
    CCXT,
    BETFAIR,
    KLINES,
    COLUMNS,
)
"""Asked in this order: what recognises more of a file comes first, any table with a header last."""


def recognise(file: VendorFile) -> Format | None:
    """Return the format of a file by its content, None where it is no known one."""
    return next((format_ for format_ in FORMATS if format_.recognises(file)), None)


def format_of(file: VendorFile, name: str = "", *, is_mapped: bool = False) -> Format:
    """Return the named format, or the recognised one; a map of columns means any table with a header.

    Raises TapeError where the name is unknown or nothing recognises the file.
    """
    if name:
        for format_ in FORMATS:
            if format_.name == name:
                return format_
        names = [format_.name for format_ in FORMATS]
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
        raise TapeError(f"{name} is no format of market data; {hint}")
    found = COLUMNS if is_mapped else recognise(file)
    if found is not None:
        return found
    columns = header(file)
    if columns:
        return COLUMNS  # which says what is missing
    raise TapeError(
        f"{file.path} is of no format that can be recognised; name it with --format "
        f"({', '.join(format_.name for format_ in FORMATS)}), or give csv a header."
    )
