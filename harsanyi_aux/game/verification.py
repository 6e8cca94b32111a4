"""What a verification says: one line for each statement of the definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harsanyi_aux.errors import InvalidEquilibrium
from harsanyi_aux.game.equilibrium import Concept, Residuals
from harsanyi_aux.numbers.arrays import Number
from harsanyi_aux.text.html import element
from harsanyi_aux.text.notebook import (
    MOST_ROWS,
    latex_array,
    latex_number,
    latex_text,
    more_rows,
)
from harsanyi_aux.text.plain import coalition_name, number
from harsanyi_aux.text.tables import Column, table

Condition = Literal["pareto", "prices", "threats", "division"]


@dataclass(frozen=True)
class Check:
    """One line of a verification.

    Attributes
    ----------
    condition : "pareto", "prices", "threats" or "division" (conditions 1 to 4)
    statement : str
        What was compared, in words.
    coalition : tuple of int
    player : int or None
        None where the line is about the coalition as a whole.
    expected, found : float or Fraction
        In curnits at the equilibrium's own prices, unless the statement says utils.
    residual : float or Fraction
        The normalised violation.
    passed : bool

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve, verify
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> line = verify(game, solve(game)).checks[0]
    >>> print(line.condition, line.passed)
    pareto True
    """

    condition: Condition
    statement: str
    coalition: tuple[int, ...]
    player: int | None
    expected: Number
    found: Number
    residual: Number
    passed: bool

    def __str__(self) -> str:
        """Return one line that says which condition fails, where and by how much."""
        where = f"coalition {{{', '.join(map(str, self.coalition))}}}"
        who = "" if self.player is None else f", player {self.player}"
        return (
            f"condition '{self.condition}' fails for {where}{who}: {self.statement}: "
            f"expected {float(self.expected):.12g}, found {float(self.found):.12g} "
            f"(normalised residual {float(self.residual):.3g})"
        )


@dataclass(frozen=True)
class Verification:
    """What `verify` found.

    Attributes
    ----------
    concept, kind : as claimed by the equilibrium
    exact : bool
        Whether the check was made in rational arithmetic; then every residual must be zero.
    tolerance : float
        Largest accepted residual.
    checks : tuple of Check
        In the order of the conditions.
    residuals : Residuals

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve, verify
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> checked = verify(game, solve(game))
    >>> len(checked.checks), checked.first_failure
    (9, None)
    >>> checked.raise_if_invalid()
    """

    concept: Concept
    kind: str
    exact: bool
    tolerance: float
    checks: tuple[Check, ...]
    residuals: Residuals

    @property
    def valid(self) -> bool:
        """Whether every line passed."""
        return all(check.passed for check in self.checks)

    @property
    def first_failure(self) -> Check | None:
        """The first line that failed, None where all passed."""
        return next((check for check in self.checks if not check.passed), None)

    def _repr_html_(self) -> str:
        failure = self.first_failure
        how = "exactly" if self.exact else f"within {self.tolerance:g}"
        told = f"Valid: all {len(self.checks)} lines hold {how}."
        if failure is not None:
            told = f"Not valid: {failure}."
        checks = sorted(self.checks, key=lambda check: check.passed)[:MOST_ROWS]
        lines = table(
            element("strong", told),
            [
                Column("condition", [check.condition for check in checks]),
                Column("statement", [check.statement for check in checks]),
                Column("S", [coalition_name(check.coalition) for check in checks]),
                Column("player", ["" if c.player is None else str(c.player) for c in checks]),
                Column("residual", [number(check.residual, 2) for check in checks], numeric=True),
                Column("verdict", ["holds" if check.passed else "FAILS" for check in checks]),
            ],
            sortable=False,
        )
        return element("div", lines, more_rows(len(self.checks) - len(checks), "lines"))

    def _repr_latex_(self) -> str:
        rows = []
        for condition in dict.fromkeys(check.condition for check in self.checks):
            checks = [check for check in self.checks if check.condition == condition]
            held = sum(check.passed for check in checks)
            worst = max(check.residual for check in checks)
            rows.append([latex_text(condition), f"{held} / {len(checks)}", latex_number(worst, 2)])
        heads = [
            latex_text("condition"),
            latex_text("lines that hold"),
            latex_text("largest residual"),
        ]
        return latex_array("l|rr", heads, rows)

    def raise_if_invalid(self) -> None:
        """Raise `InvalidEquilibrium` with the first failing line, if there is one."""
        failure = self.first_failure
        if failure is not None:
            raise InvalidEquilibrium(str(failure))
