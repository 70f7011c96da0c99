"""Files as vendors ship them: plain, gzip, bzip2 or zip, read a bounded piece at a time, whole lines together."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import polars as pl

from glosten.errors import TapeError

HEAD_BYTES = 1 << 18
"""What is looked at to recognise a format."""
CHUNK_BYTES = 1 << 25
LONGEST_LINE = 1 << 28
"""A piece of this length without the end of a line is not the text it claims to be."""

METADATA_KEY = "glosten.tape"
"""Where the parquet metadata of a tape of ours say what it is, as a JSON object."""

_DAMAGE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)


def _unwatched(position: int) -> None:
    del position


@dataclass
class Place:
    """The line being read now, from 1, for messages; 0 before the first."""

    line: int = 0


@dataclass(frozen=True)
class VendorFile:
    """One text or parquet file of a vendor, perhaps inside a container; ``head`` is its beginning, decompressed.

    ``watch`` is told how many bytes of ``path`` have been read.
    """

    path: Path
    container: str
    member: str
    head: bytes
    watch: Callable[[int], None] = _unwatched
    place: Place = field(default_factory=Place)

    @property
    def name(self) -> str:
        """Return the name of the file itself, without its folder and without the suffix of a compression."""
        name = self.member.rsplit("/", 1)[-1] or self.path.name
        return re.sub(r"\.(gz|bz2)$", "", name)

    @property
    def is_parquet(self) -> bool:
        """Return whether it is a parquet file."""
        return self.head.startswith(b"PAR1")

    def first_lines(self, most: int) -> list[str]:
        """Return up to ``most`` first lines, none of them cut; nothing where this is no text."""
        if b"\0" in self.head:
            return []
        lines = self.head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
        is_cut = len(self.head) >= HEAD_BYTES and not self.head.endswith(b"\n")
        return lines[: -1 if is_cut else None][:most]

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the decompressed content in pieces of about ``size`` bytes that end with a line."""
        with _readable(self.path), self.path.open("rb") as raw, _opened(raw, self.container, self.member) as stream:
            rest = b""
            while piece := stream.read(size):
                self.watch(raw.tell())
                end = piece.rfind(b"\n") + 1
                if end:
                    yield rest + piece[:end]
                    rest = piece[end:]
                else:
                    rest += piece
                if len(rest) > LONGEST_LINE:
                    raise TapeError(f"{self.path} has a line of more than {LONGEST_LINE >> 20} MiB; is it a text file?")
            if rest:
                yield rest

    def lines(self) -> Iterator[bytes]:
        """Yield the lines that are not empty, without their ends; ``place`` counts them."""
        for chunk in self.chunks():
            for line in chunk.split(b"\n"):
                self.place.line += 1
                if line.strip():
                    yield line
            self.place.line -= chunk.endswith(b"\n")

    def text(self) -> Iterator[str]:
        """Yield pieces of the content as text, not cut at lines."""
        with _readable(self.path), self.path.open("rb") as raw, _opened(raw, self.container, self.member) as stream:
            reader = io.TextIOWrapper(stream, encoding="utf-8")
            while piece := reader.read(CHUNK_BYTES):
                self.watch(raw.tell())
                yield piece


def open_vendor_files(path: Path) -> list[VendorFile]:
    """Return the files in a path: itself, or every member of a zip. Raises TapeError where there is nothing to read."""
    if not path.exists():
        raise TapeError(f"{path} does not exist; give the path of a market data file.")
    if path.is_dir():
        raise TapeError(f"{path} is a directory; give the paths of the files in it.")
    with _readable(path):
        with path.open("rb") as raw:
            start = raw.read(4)
        if not start:
            raise TapeError(f"{path} is an empty file.")
        container = _container(start)
        names = [""]
        if container == "zip":
            with zipfile.ZipFile(path) as archive:
                names = [entry.filename for entry in archive.infolist() if not entry.is_dir() and entry.file_size]
            if not names:
                raise TapeError(f"{path} is a zip archive with nothing in it.")
        return [VendorFile(path, container, name, _head(path, container, name)) for name in names]


def _container(start: bytes) -> str:
    for container, magic in (("zip", b"PK\x03\x04"), ("gzip", b"\x1f\x8b"), ("bzip2", b"BZh")):
        if start.startswith(magic):
            return container
    return "plain"


@contextmanager
def _opened(raw: IO[bytes], container: str, member: str) -> Iterator[IO[bytes]]:
    if container == "gzip":
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast("IO[bytes]", stream)
    elif container == "bzip2":
        with bz2.BZ2File(raw) as stream:
            yield cast("IO[bytes]", stream)
    elif container == "zip":
        with zipfile.ZipFile(raw) as archive, archive.open(member) as stream:
            yield stream
    else:
        yield raw


def _head(path: Path, container: str, member: str) -> bytes:
    with path.open("rb") as raw, _opened(raw, container, member) as stream:
        head, piece = b"", b"-"
        while len(head) < HEAD_BYTES and piece:
            piece = stream.read(HEAD_BYTES - len(head))
            head += piece
        if not head:
            raise TapeError(f"{path} holds nothing.")
        return head


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TapeError(f"{path} cannot be read; is it damaged or still being written? ({reason})") from error
    except UnicodeDecodeError as error:
        raise TapeError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start}).") from error


def csv_frames(
    file: VendorFile, schema: dict[str, Any], *, skip_header: bool, separator: str = ","
) -> Iterator[pl.DataFrame]:
    """Yield a csv file of known columns piece by piece, in file order.

    Raises TapeError where a field is not of its column's type, with what polars says of it.
    """
    skip = 1 if skip_header else 0
    for chunk in file.chunks():
        try:
            frame = pl.read_csv(io.BytesIO(chunk), has_header=False, skip_rows=skip, schema=schema, separator=separator)
        except pl.exceptions.NoDataError:
            continue
        except pl.exceptions.PolarsError as error:
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise TapeError(f"{file.path}: a row is not {', '.join(schema)} ({first}).") from error
        finally:
            skip = 0
        yield frame


def json_items(file: VendorFile) -> Iterator[Any]:
    """Yield the members of one JSON array, without holding more than a piece of its text.

    Raises ValueError where the text is no JSON array.
    """
    decoder, text, at = json.JSONDecoder(), "", 0
    pieces = file.text()
    is_open = False
    while True:
        at = _skip(text, at)
        if not is_open and at < len(text):
            if text[at] != "[":
                raise ValueError("it does not begin with [")
            is_open, at = True, _skip(text, at + 1)
        if is_open and at < len(text):
            if text[at] == "]":
                return
            try:
                item, end = decoder.raw_decode(text, at)
            except json.JSONDecodeError:
                item, end = None, len(text)
            # A number at the very end of a piece may go on in the next one.
            if end < len(text):
                file.place.line += 1
                yield item
                at = end
                continue
        piece = next(pieces, None)
        if piece is None:
            raise ValueError("the JSON array does not end")
        text, at = text[at:] + piece, 0


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def read_metadata(path: Path) -> dict[str, Any]:
    """Return what a tape of ours says of itself (`METADATA_KEY`); nothing where a file is none."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return {}
        text = pl.read_parquet_metadata(path).get(METADATA_KEY, "{}")
        known = json.loads(text)
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return {}
    return known if isinstance(known, dict) else {}
