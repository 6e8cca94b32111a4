"""How games, equilibria and verifications show themselves in notebooks: HTML and LaTeX.

Notebooks call ``_repr_html_`` and ``_repr_latex_``, which come here. Texts from outside are
escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.text.html import Markup, element
from harsanyi_aux.text.plain import coalition_name, number, plain, shape_of
from harsanyi_aux.text.tables import Column, numbers, table

if TYPE_CHECKING:
    from harsanyi_aux.game.definition import Verification
    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame

#: Outcomes, threats or checks shown at most; printing shows all.
MOST_ROWS = 64

_MOST_ACTIONS = 6
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


# -- games ---------------------------------------------------------------------------------------


def game_html(game: StrategicGame) -> str:
    """Return title, shape and payoffs of a game as HTML."""
    indices, payoffs, hidden = _outcomes(game)
    chosen = [
        Column(f"{i}: {plain(name)}", [plain(game.action_labels[i][a]) for a in indices[i]])
        for i, name in enumerate(game.players)
    ]
    earned = [
        numbers(["U", element("sub", str(i))], payoffs[i], "utils") for i in range(game.n_players)
    ]
    kind = "exact payoffs" if game.is_exact else "payoffs in floating point"
    caption = f"{plain(game.title) or 'A game'}: {shape_of(game.actions)} actions, {kind}"
    return element(
        "div",
        table(caption, [*chosen, *earned], sortable=False),
        _more(hidden, "outcomes"),
    )


def game_latex(game: StrategicGame) -> str:
    """Return the payoffs of a game as a LaTeX array."""
    indices, payoffs, hidden = _outcomes(game)
    n = game.n_players
    heads = [*(_text(name) for name in game.players), *(f"U_{{{i}}}" for i in range(n))]
    rows = [
        [
            *(_text(game.action_labels[i][indices[i][k]]) for i in range(n)),
            *(_number(payoffs[i][k]) for i in range(n)),
        ]
        for k in range(len(indices[0]))
    ]
    if hidden:
        rows.append([r"\vdots"] * (2 * n))
    return _array("l" * n + "|" + "r" * n, heads, rows)


def _outcomes(game: StrategicGame) -> tuple[list[list[int]], list[list[Any]], int]:
    """Return actions and payoffs by player of the outcomes shown, and how many are not."""
    shown = min(game.n_outcomes, MOST_ROWS)
    array = game.fractions if game.is_exact else game.payoffs
    payoffs = [row[:shown].tolist() for row in array.reshape(game.n_players, -1)]
    indices = np.array(np.unravel_index(np.arange(shown), game.actions)).tolist()
    return indices, payoffs, game.n_outcomes - shown


# -- equilibria ----------------------------------------------------------------------------------


def equilibrium_html(equilibrium: Equilibrium) -> str:
    """Return prices, payoffs and threats of an equilibrium as HTML."""
    players = table(
        f"{equilibrium.kind.capitalize()} {equilibrium.concept} equilibrium",
        [
            Column("player", [str(i) for i in range(equilibrium.n_players)]),
            numbers("price", equilibrium.prices.tolist(), "curnits/util", one_unit=False),
            numbers("payoff", equilibrium.payoffs.tolist(), "utils", one_unit=False),
        ],
        sortable=False,
    )
    listed = list(equilibrium.strategies.items())
    shown = listed[:MOST_ROWS]
    threats = table(
        "Threats: joint actions, numbered from 0, with their probabilities",
        [
            Column("S", [coalition_name(coalition) for coalition, _ in shown]),
            Column("plays", [_plays(strategy) for _, strategy in shown]),
        ],
        sortable=False,
    )
    return element(
        "div",
        players,
        threats,
        _more(len(listed) - len(shown), "coalitions"),
        _residuals(equilibrium),
    )


def equilibrium_latex(equilibrium: Equilibrium) -> str:
    """Return prices and payoffs of an equilibrium as a LaTeX array."""
    rows = [
        [str(i), _number(price), _number(payoff)]
        for i, (price, payoff) in enumerate(
            zip(equilibrium.prices.tolist(), equilibrium.payoffs.tolist(), strict=True)
        )
    ]
    return _array("c|rr", ["i", "a_i", "u_i"], rows)


def _plays(strategy: Any) -> str:
    used = [tuple(index) for index in np.argwhere(strategy > 0).tolist()]
    told = [
        f"({','.join(map(str, index))})"
        + ("" if strategy[index] == 1 else f" with {number(strategy[index], 4)}")
        for index in used[:_MOST_ACTIONS]
    ]
    if len(used) > _MOST_ACTIONS:
        told.append(f"and {len(used) - _MOST_ACTIONS} more")
    return ", ".join(told)


def _residuals(equilibrium: Equilibrium) -> Markup | None:
    found = equilibrium.residuals
    if found is None:
        return None
    return element(
        "p",
        f"Residuals: pareto {number(found.pareto, 2)}, threats {number(found.threats, 2)}, "
        f"division {number(found.division, 2)}.",
    )


# -- verifications -------------------------------------------------------------------------------


def verification_html(verification: Verification) -> str:
    """Return the verdict and every line of a verification as HTML; failing lines first."""
    from harsanyi_aux.game.definition import describe_failure

    failure = verification.first_failure
    how = "exactly" if verification.exact else f"within {verification.tolerance:g}"
    told = f"Valid: all {len(verification.checks)} lines hold {how}."
    if failure is not None:
        told = f"Not valid: {describe_failure(failure)}."
    checks = sorted(verification.checks, key=lambda check: check.passed)[:MOST_ROWS]
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
    return element("div", lines, _more(len(verification.checks) - len(checks), "lines"))


def verification_latex(verification: Verification) -> str:
    """Return the lines held and the worst residual of every condition as a LaTeX array."""
    rows = []
    for condition in dict.fromkeys(check.condition for check in verification.checks):
        checks = [check for check in verification.checks if check.condition == condition]
        held = sum(check.passed for check in checks)
        worst = max(check.residual for check in checks)
        rows.append([_text(condition), f"{held} / {len(checks)}", _number(worst, 2)])
    heads = [_text("condition"), _text("lines that hold"), _text("largest residual")]
    return _array("l|rr", heads, rows)


# -- parts ---------------------------------------------------------------------------------------


def _more(hidden: int, what: str) -> Markup | None:
    return element("p", f"{hidden} more {what}.") if hidden > 0 else None


def _array(columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" & ".join(heads) + r" \\ \hline", *(" & ".join(row) + r" \\" for row in rows)]
    inside = "\n".join(lines)
    return f"$$\n\\begin{{array}}{{{columns}}}\n{inside}\n\\end{{array}}\n$$"


def _text(text: str) -> str:
    return r"\text{" + "".join(_TEX.get(c, c) for c in plain(text)) + "}"


def _number(value: float | Fraction, digits: int = 6) -> str:
    if not math.isfinite(value):
        return _text(str(value))
    written = number(value, digits)
    if "/" in written:
        above, below = written.lstrip("-").split("/")
        return ("-" if written.startswith("-") else "") + rf"\tfrac{{{above}}}{{{below}}}"
    if "e" in written.lower():
        factor, power = written.lower().split("e")
        return rf"{factor} \times 10^{{{int(power)}}}"
    return written
