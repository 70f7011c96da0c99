"""What should be true: the Glosten-Milgrom model, one compiled function an equation."""

from glosten.theory._binary import posterior, quotes, side_if_high, side_if_low, side_probability

__all__ = [
    "posterior",
    "quotes",
    "side_if_high",
    "side_if_low",
    "side_probability",
]
