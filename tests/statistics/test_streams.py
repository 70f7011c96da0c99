from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.statistics import (
    FRACTIONS,
    advance,
    advance_word,
    advance_words,
    bits,
    exchange_halves,
    sequence,
    stream,
    uncompiled_advance,
    uncompiled_bits,
    uniform,
)

compiled_only = pytest.mark.skipif(not hasattr(bits, "py_func"), reason="words wrap in compiled code only")


@compiled_only
@settings(max_examples=50)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**62))
def test_bits_are_those_of_whole_numbers_in_python(key: int, number: int) -> None:
    assert int(bits(np.uint64(key), number)) == uncompiled_bits(key, number)


def test_bits_are_those_of_the_published_generator() -> None:
    assert uncompiled_bits(1234567, 0) == 6457827717110365317  # Vigna's splitmix64.c, seed 1234567
    assert uncompiled_bits(1234567, 1) == 3203168211198807973


def test_a_sequence_follows_the_published_generator() -> None:
    draw, first, second = uncompiled_advance(1, 2)
    assert draw == (393217) >> 11  # rotl(1 + 2, 17) + 1
    assert first == (1 << 49) ^ 3 ^ (3 << 21)
    assert second == 3 << 28


@compiled_only
def test_a_sequence_is_that_of_whole_numbers_in_python() -> None:
    first, second = (np.uint64(word) for word in sequence(stream(0, "test"), 3))
    slow = int(first), int(second)
    for _ in range(2000):
        draw, first, second = advance(first, second)
        first, second = np.uint64(first), np.uint64(second)
        slow_draw, *rest = uncompiled_advance(*slow)
        slow = rest[0], rest[1]
        assert (int(draw), int(first), int(second)) == (slow_draw, *slow)


def test_streams_differ_by_seed_name_and_index_and_zero_is_ordinary() -> None:
    keys = {int(stream(seed, name, index)) for seed in (0, 1, 10) for name in ("a", "b") for index in (0, 1, 2)}
    assert len(keys) == 18
    assert 0 not in keys
    assert stream(1, "0 a") != stream(10, " a")
    assert int(stream(0, "simulate/value")) == int(stream(0, "simulate/value"))


@compiled_only
def test_draws_are_uniform_and_neighbours_unrelated() -> None:
    for seed in (0, 1, 2**64 - 1):
        key = stream(seed, "test")
        draws = np.array([uniform(key, number) for number in range(20_000)])
        assert draws.min() >= 0
        assert draws.max() < 1
        assert abs(draws.mean() - 0.5) < 4 * np.sqrt(1 / 12 / draws.size)
        assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4 / np.sqrt(draws.size)


@compiled_only
def test_first_draws_of_neighbouring_sequences_are_uniform() -> None:
    key = stream(0, "test")
    draws = np.empty(20_000)
    for number in range(draws.size):
        first, second = sequence(key, number)
        draws[number] = advance(np.uint64(first), np.uint64(second))[0] / FRACTIONS
    counts = np.histogram(draws, 64, (0, 1))[0]
    chi_square = float(((counts - draws.size / 64) ** 2 / (draws.size / 64)).sum())
    assert chi_square < 63 + 4 * np.sqrt(2 * 63)
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4 / np.sqrt(draws.size)


@compiled_only
def test_a_step_gives_two_words_and_their_halves_are_four_independent_draws() -> None:
    first, second = (np.uint64(word) for word in sequence(stream(0, "test"), 6))
    draws = np.empty((20_000, 4), np.uint64)
    for number in range(len(draws)):
        total = (int(first) + int(second)) % 2**64
        expected = advance_word(first, second)
        word, other, first, second = (np.uint64(part) for part in advance_words(first, second))
        assert (word, first, second) == expected
        assert other == total
        draws[number] = word, exchange_halves(word), other, exchange_halves(other)
    below = draws < np.uint64(2**64 * 3 // 10)
    assert np.abs(below.mean(axis=0) - 0.3).max() < 4 * np.sqrt(0.3 * 0.7 / len(draws))
    bound = 4.5 / np.sqrt(len(draws))  # 22 correlations
    assert np.abs(np.corrcoef(below.T)[np.triu_indices(4, 1)]).max() < bound
    assert np.abs(np.corrcoef(below[:-1].T, below[1:].T)[:4, 4:]).max() < bound


@compiled_only
def test_a_word_serves_two_independent_draws() -> None:
    first, second = (np.uint64(word) for word in sequence(stream(0, "test"), 5))
    draws = np.empty((20_000, 2), np.uint64)
    for number in range(len(draws)):
        word, first, second = (np.uint64(part) for part in advance_word(first, second))
        draws[number] = word, exchange_halves(word)
    assert np.array_equal(draws[:, 0] >> np.uint64(32), draws[:, 1] & np.uint64(2**32 - 1))
    below = draws < np.uint64(2**64 * 3 // 10)
    error = 4 * np.sqrt(0.3 * 0.7 / len(draws))
    assert np.abs(below.mean(axis=0) - 0.3).max() < error
    assert abs(np.corrcoef(below.T)[0, 1]) < 4 / np.sqrt(len(draws))
    assert abs(np.corrcoef(below[:-1, 1], below[1:, 0])[0, 1]) < 4 / np.sqrt(len(draws))
