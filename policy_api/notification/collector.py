"""Python's collector of garbage, set up for a program that has much under way at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (20_000, 20, 20)
"""With Python's own, a fifth of a worker's time goes into looking for garbage among requests that
are under way, and into looking at the program itself."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Leave alone what exists already, and look at the rest less often."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
