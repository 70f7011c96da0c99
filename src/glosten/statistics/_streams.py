"""Streams of random numbers that know their place: what path 7 draws is a function of (seed, name, index, 7) alone.

Nothing is shared, so results cannot depend on the number of threads, on batches, or on what else was drawn. A named
stream has a 64-bit key; SplitMix64 turns (key, number) into 64 random bits at once, and into the start of a
xoroshiro128++ sequence where a path needs many draws: that one has no multiplication, which vector units are slow at.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from glosten._jit import jit

FRACTION_BITS = 53
FRACTIONS = 2**FRACTION_BITS
"""Uniform draws are whole multiples of 1 / FRACTIONS, as many as a float in [0, 1) can tell apart evenly."""

_WORD = 2**64
_STEP, _FACTORS = 0x9E3779B97F4A7C15, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_GOLDEN, _FIRST, _SECOND = np.uint64(_STEP), np.uint64(_FACTORS[0]), np.uint64(_FACTORS[1])
_ONE, _11, _15, _17, _21, _27, _28 = (np.uint64(number) for number in (1, 11, 15, 17, 21, 27, 28))
_30, _31, _32, _36, _47, _49 = (np.uint64(number) for number in (30, 31, 32, 36, 47, 49))


def stream(seed: int, name: str, index: int = 0) -> np.uint64:
    """Return the key of a named stream: a 64-bit number that any other seed, name or index changes altogether."""
    digest = blake2b(f"{seed} {index} {name}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@jit
def bits(key: np.uint64, number: int) -> np.uint64:
    """Return 64 random bits that belong to a number of a stream.

    Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators; Stafford's mixer 13.
    """
    place = key + (np.uint64(number) + _ONE) * _GOLDEN
    place = (place ^ (place >> _30)) * _FIRST
    place = (place ^ (place >> _27)) * _SECOND
    return place ^ (place >> _31)


@jit
def uniform(key: np.uint64, number: int) -> float:
    """Return the uniform draw in [0, 1) that belongs to a number of a stream."""
    fraction: float = np.int64(bits(key, number) >> _11) / FRACTIONS
    return fraction


@jit
def sequence(key: np.uint64, number: int) -> tuple[np.uint64, np.uint64]:
    """Return the state from which a number of a stream draws its own sequence; never (0, 0)."""
    return bits(key, 2 * number), bits(key, 2 * number + 1)


@jit
def advance_word(first: np.uint64, second: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Return (draw, next state) of a sequence; the draw is a word of 64 random bits.

    Source: Blackman & Vigna (2021), Scrambled linear pseudorandom number generators: xoroshiro128++.
    """
    total = first + second
    draw = ((total << _17) | (total >> _47)) + first
    second ^= first
    first = ((first << _49) | (first >> _15)) ^ second ^ (second << _21)
    return draw, first, (second << _28) | (second >> _36)


@jit
def advance_words(first: np.uint64, second: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return (draw, other draw, next state) of a sequence: two words of 64 random bits for the price of one.

    The other is xoroshiro128+, which xoroshiro128++ computes on its way. Both together tell the state and are told by
    it, so the two words of a step are independent. The other's lowest bits are the weaker ones: compare it only.

    Source: Blackman & Vigna (2021), as `advance_word`.
    """
    draw, next_first, next_second = advance_word(first, second)
    return draw, first + second, next_first, next_second


@jit
def advance(first: np.uint64, second: np.uint64) -> tuple[np.int64, np.uint64, np.uint64]:
    """Return (draw, next state) of a sequence; the draw is a whole number from 0 to `FRACTIONS` - 1."""
    draw, first, second = advance_word(first, second)
    return np.int64(draw >> _11), first, second


@jit
def exchange_halves(word: np.uint64) -> np.uint64:
    """Return a word with its upper and lower 32 bits exchanged: a second draw from the same word.

    Compared with thresholds of 64 bits, either draw is exact to 2^-64. The upper halves decide, and they are
    independent, unless one of them equals the threshold's: once in 2^32 words.
    """
    return (word << _32) | (word >> _32)


def uncompiled_bits(key: int, number: int) -> int:
    """Return what `bits` returns, in whole numbers of Python: to hold the compiled one to."""
    place = (int(key) + (number + 1) * _STEP) % _WORD
    place = (place ^ (place >> 30)) * _FACTORS[0] % _WORD
    place = (place ^ (place >> 27)) * _FACTORS[1] % _WORD
    return place ^ (place >> 31)


def uncompiled_advance(first: int, second: int) -> tuple[int, int, int]:
    """Return what `advance` returns, in whole numbers of Python: to hold the compiled one to."""

    def rotate(word: int, places: int) -> int:
        return (word << places | word >> (64 - places)) % _WORD

    draw = (rotate((first + second) % _WORD, 17) + first) % _WORD
    second ^= first
    return draw >> 11, rotate(first, 49) ^ second ^ (second << 21) % _WORD, rotate(second, 28)
