"""Exact integer arithmetic where a product of two balances would not fit in 64 bits."""

from __future__ import annotations

from glosten._jit import jit


@jit
def multiply_divide(total: int, part: int, whole: int) -> int:
    """Return floor(total * part / whole) exactly for 0 <= part <= whole and any total; all below 2**62.

    The product may need 124 bits, so it is built bit by bit (binary long multiplication with a running remainder).
    """
    if whole <= 0:
        return 0
    quotient = total // whole * part
    rest = total % whole
    carried, remainder = 0, 0
    bit = 1
    while bit <= part // 2:
        bit *= 2
    while bit > 0 and part > 0:
        carried, remainder = 2 * carried, 2 * remainder
        if remainder >= whole:  # at once, so that nothing ever exceeds twice the whole
            remainder -= whole
            carried += 1
        if part & bit:
            remainder += rest
        if remainder >= whole:
            remainder -= whole
            carried += 1
        bit //= 2
    return quotient + carried


@jit
def fee_quanta(notional: int, rate_e8: int) -> int:
    """Return the fee on a notional in cash quanta, rounded against us: a cost up, a rebate towards zero.

    ``rate_e8`` is the fee as a fraction in units of 1e-8 (0.02 % is 20,000); negative is a rebate.
    """
    if rate_e8 >= 0:
        return -multiply_divide(-notional, rate_e8, 100_000_000)
    return -multiply_divide(notional, -rate_e8, 100_000_000)
