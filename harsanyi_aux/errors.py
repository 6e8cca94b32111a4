"""The errors this package raises on purpose; everything else that escapes is a bug."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "HarsanyiError",
    "InputError",
    "InvalidEquilibrium",
    "NoEquilibriumFound",
    "did_you_mean",
    "did_you_mean_file",
]


class HarsanyiError(Exception):
    """Root of the package's own errors.

    Examples
    --------
    >>> from harsanyi_aux import HarsanyiError, load_game
    >>> try:
    ...     load_game("missing.json")
    ... except HarsanyiError as error:
    ...     print(error)
    missing.json: cannot be read (No such file or directory)
    """


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

    Examples
    --------
    >>> from harsanyi_aux import InputError
    >>> print(InputError("is no number", place="payoffs[0]", mend="write 1/3"))
    payoffs[0]: is no number; write 1/3
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

    Examples
    --------
    >>> from harsanyi_aux import NoEquilibriumFound
    >>> error = NoEquilibriumFound("no equilibrium", tried=("homotopy",), best_residual=1e-3)
    >>> error.tried, error.best_residual
    (('homotopy',), 0.001)
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
    """A claimed equilibrium that fails the definition.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from harsanyi_aux import InvalidEquilibrium, StrategicGame, solve, verify
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> wrong = replace(solve(game), payoffs=np.array([1.0, 1.0]))
    >>> try:
    ...     verify(game, wrong).raise_if_invalid()
    ... except InvalidEquilibrium as error:
    ...     print(str(error).partition(":")[0])
    condition 'pareto' fails for coalition {0, 1}, player 0
    """


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return ``did you mean 'NAME'?`` for the known name most like `name`; empty if none is."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def did_you_mean_file(name: str | Path) -> str:
    """Return ``did you mean 'PATH'?`` for a file that exists; empty if none is like `name`.

    Each part of the path that does not exist is replaced by the most similar entry of its folder.
    """
    found = Path(Path(name).anchor)
    for part in Path(name).parts[len(found.parts) :]:
        if part == os.pardir or (found / part).exists():
            found /= part
            continue
        try:
            entries = os.listdir(found)
        except (OSError, ValueError):  # no folder, or none that may be listed
            return ""
        # without their endings, which alone would make any two names of files alike
        stems = difflib.get_close_matches(Path(part).stem, {Path(e).stem: e for e in entries})
        near = [entry for entry in entries if Path(entry).stem in stems]
        if not near:
            return ""
        found /= difflib.get_close_matches(part, near, n=1, cutoff=0.0)[0]
    return f"did you mean {str(found)!r}?" if found.is_file() and found != Path(name) else ""
