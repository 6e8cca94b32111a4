"""The errors this package raises on purpose; everything else that escapes is a bug."""

from __future__ import annotations

import math

__all__ = ["HarsanyiError", "InputError", "InvalidEquilibrium", "NoEquilibriumFound"]


class HarsanyiError(Exception):
    """Root of the package's own errors."""


class InputError(HarsanyiError, ValueError):
    """Unusable input: a file, an array or an argument.

    Parameters
    ----------
    problem : str
        What is wrong.
    place : str, optional
        Where it is wrong: a file with line and column, a path in JSON, a player and an outcome.
    mend : str, optional
        What would put it right.

    Notes
    -----
    ``str(error)`` is always a single line, ``place: problem; mend``, without the parts not given.
    """

    def __init__(self, problem: str, *, place: str = "", mend: str = "") -> None:
        self.problem = problem
        self.place = place
        self.mend = mend
        super().__init__(problem)

    def __str__(self) -> str:
        told = f"{self.place}: {self.problem}" if self.place else self.problem
        if self.mend:
            told = f"{told}; {self.mend}"
        # names of files and players come from outside and may hold line breaks
        return " ".join(told.splitlines())

    def within(self, place: str) -> InputError:
        """Return the same error with the larger place, such as the file, named before its own."""
        inner = f"{place}, {self.place}" if place and self.place else place or self.place
        return InputError(self.problem, place=inner, mend=self.mend)

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only arguments are lost by the inherited pickling, which worker processes need
        return (_rebuild_input_error, (self.problem, self.place, self.mend))


def _rebuild_input_error(problem: str, place: str, mend: str) -> InputError:
    return InputError(problem, place=place, mend=mend)


class NoEquilibriumFound(HarsanyiError, RuntimeError):  # noqa: N818 (the name in the interface)
    """Every method gave up; says which were tried and how near the best came.

    Parameters
    ----------
    message : str
        What was looked for.
    tried : tuple of str, optional
        The methods, in the order tried.
    best_residual : float, optional
        The smallest normalised residual reached (a pure number); infinite if there was none.
    """

    def __init__(
        self, message: str, *, tried: tuple[str, ...] = (), best_residual: float = math.inf
    ) -> None:
        self.message = message
        self.tried = tried
        self.best_residual = best_residual
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_no_equilibrium, (self.message, self.tried, self.best_residual))


def _rebuild_no_equilibrium(
    message: str, tried: tuple[str, ...], best_residual: float
) -> NoEquilibriumFound:
    return NoEquilibriumFound(message, tried=tried, best_residual=best_residual)


class InvalidEquilibrium(HarsanyiError, ValueError):  # noqa: N818 (the name in the interface)
    """A claimed equilibrium that fails the definition."""
