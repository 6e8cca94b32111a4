"""The errors this package raises on purpose; everything else that escapes is a bug."""

from __future__ import annotations

__all__ = ["AccuracyError", "GeometryError"]


class GeometryError(ValueError):
    """Unusable input: points, a direction, a radius.

    Parameters
    ----------
    problem : str
        What is wrong.
    place : str, optional
        Where it is wrong: the argument, with the row and the coordinate.
    mend : str, optional
        What would put it right.

    Notes
    -----
    ``str(error)`` is a single line, ``place: problem; mend``, without the parts not given.
    """

    def __init__(self, problem: str, *, place: str = "", mend: str = "") -> None:
        self.problem = problem
        self.place = place
        self.mend = mend
        super().__init__(problem)

    def __str__(self) -> str:
        told = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{told}; {self.mend}" if self.mend else told

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only arguments are lost by the inherited pickling, which worker processes need
        return (_rebuild, (self.problem, self.place, self.mend))


def _rebuild(problem: str, place: str, mend: str) -> GeometryError:
    return GeometryError(problem, place=place, mend=mend)


class AccuracyError(ArithmeticError):
    """A computed answer failed its own check; it is withheld rather than returned."""
