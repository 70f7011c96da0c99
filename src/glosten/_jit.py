"""The one compiler decorator of the house, its flags, and where its compiled code is kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
KEPT_CACHES = 4


def _cache_home() -> Path:
    named = os.environ.get("GLOSTEN_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(named) if named else Path.home() / ".cache") / "glosten"


def _sources_hash() -> str:
    """Hash every source of the package: numba itself does not notice an edited callee in another file."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    package = Path(__file__).parent
    for source in sorted(package.rglob("*.py")):
        digest.update(str(source.relative_to(package)).encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_directory() -> str:
    """Return the directory for compiled code, or "" where none can be written (then nothing is cached)."""
    home = _cache_home()
    directory = home / _sources_hash()
    try:
        fresh = not directory.exists()
        directory.mkdir(parents=True, exist_ok=True)
        if fresh:
            others = sorted(home.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
            for stale in others[KEPT_CACHES:]:
                shutil.rmtree(stale, ignore_errors=True)
    except OSError:
        return ""
    return str(directory) if os.access(directory, os.W_OK) else ""


_DIRECTORY = _cache_directory()


def jit(function: Function) -> Function:
    """Compile a function on its first call: no Python objects, IEEE arithmetic in source order, the GIL released.

    ``fastmath`` stays off because results must not depend on the compiler's mood; division by zero follows numpy, and
    every division that can meet a zero is guarded, since the uncompiled twin would raise.
    """
    config: Any = numba.config
    kept = config.CACHE_DIR
    config.CACHE_DIR = _DIRECTORY
    try:
        compile_lazily: Any = numba.njit(cache=bool(_DIRECTORY), nogil=True, error_model="numpy")
        return cast(Function, compile_lazily(function))
    finally:
        config.CACHE_DIR = kept


def _multiply_add(_context: Any, first: Any, second: Any, third: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return first(first, second, third), generate


def _choose(context: Any, condition: Any, one: Any, other: Any) -> Any:
    del condition
    kind = context.unify_types(one, other)

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return kind(numba.types.boolean, kind, kind), generate


def _widen(_context: Any) -> Any:
    def generate(target: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # llvmlite itself lists no such attribute
        return target.get_dummy_value()

    return numba.types.none(), generate


def _inline(_context: Any) -> Any:
    def generate(target: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        builder.function.attributes.add("alwaysinline")
        return target.get_dummy_value()

    return numba.types.none(), generate


multiply_add: Callable[[float, float, float], float] = cast(Any, intrinsic(_multiply_add))
"""First times second plus third, rounded once, for compiled code: half the work, and the same on every machine."""
choose: Callable[[Any, Any, Any], Any] = cast(Any, intrinsic(_choose))
"""One value where a condition holds, another where it does not, for compiled code: both are computed.

Of `one if condition else other` the compiler makes a branch, and may then tell twice what comes after it.
"""
widen: Callable[[], None] = cast(Any, intrinsic(_widen))
"""Asks for the machine's widest vectors in the compiled function that calls it, for loops of nothing but arithmetic.

The compiler keeps to half of them by default. No result depends on it where the order of every addition is written out.
"""
inline: Callable[[], None] = cast(Any, intrinsic(_inline))
"""Asks that the compiled function which calls it become part of its callers, however long it is.

A loop that calls a function cannot be done in vectors.
"""
