"""Distributions in fixed space: counts by bucket, which add up, with a stated error.

A bucket is as wide as a 64th of the amounts in it (below 64 fen, one fen), so its middle is within 1/128 of every amount
it counts: 0.8 %. Sketches of parts of a population are merged by adding them, in any order.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 6
PER_OCTAVE = 1 << BITS
OCTAVES = 38                                                # up to 2^44 fen, beyond the largest amount there is
BUCKETS = PER_OCTAVE * OCTAVES
ERROR = 1 / (2 * PER_OCTAVE)


def bucket(amount_fen: int) -> int:
    """The bucket of an amount that is not negative."""
    shift = max(0, bits_of(amount_fen) - BITS - 1)
    return min(shift * PER_OCTAVE + (amount_fen >> shift), BUCKETS - 1)


def bits_of(number: int) -> int:
    """How many bits a number takes."""
    return number.bit_length()


def middles_fen() -> NDArray[np.int64]:
    """The amount each bucket stands for: int64[BUCKETS]."""
    at = np.arange(BUCKETS)
    shift = np.maximum(0, at // PER_OCTAVE - 1)
    middles: NDArray[np.int64] = (at - shift * PER_OCTAVE << shift) + (1 << shift) // 2
    return middles


def quantiles_fen(counts: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.int64]:
    """Quantiles of sketches, fen: `counts` int64[..., BUCKETS], `shares` between 0 and 1. Returns int64[..., shares].

    Of nobody there are none: -1.
    """
    counts = np.asarray(counts)
    reached = np.cumsum(counts, axis=-1)
    many = reached[..., -1:]
    middles = middles_fen()
    found = []
    for share in shares:
        rank = np.maximum(1, np.ceil(many * share)).astype(np.int64)
        place = (reached < rank).sum(axis=-1)
        found.append(np.where(many[..., 0] > 0, middles[np.minimum(place, BUCKETS - 1)], -1))
    return np.stack(found, axis=-1)
