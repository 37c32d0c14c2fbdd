"""Sums in one order: with several threads the last digits, and with them the candidates, would vary by machine."""

from __future__ import annotations

from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """Holds numerical libraries to one thread; the matrices here are too small to gain from more."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn, without types

    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits
