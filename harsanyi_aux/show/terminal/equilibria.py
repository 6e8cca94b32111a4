"""Tables for people: equilibria, verifications and CoCo values, drawn by rich.

Nothing here decides anything; the numbers come from `definition` and `value`. Prices, payoffs,
shares and threats are named as on the facts page, "Notation" and "Concepts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from harsanyi_aux.game.coalitions import (
    coco_division,
    grand_coalition,
    members,
    membership,
    sizes,
)
from harsanyi_aux.game.definition import Check, Verification, describe_failure
from harsanyi_aux.game.equilibrium import AnyArray
from harsanyi_aux.game.implied import fights
from harsanyi_aux.text.plain import coalition_name, column, number, plain, shape_of

if TYPE_CHECKING:
    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.prices.value import CocoValue

#: Games with more players get a summary by coalition size in place of a line per coalition.
MOST_LISTED_PLAYERS = 5

_MOST_LISTED_ACTIONS = 6
_NARROWEST = 12  # of a column of names
#: What the concepts are called in sentences.
CONCEPTS = {"coco": "CoCo equilibrium", "coalition-perfect": "coalition-perfect equilibrium"}


def to_text(parts: Iterable[RenderableType]) -> str:
    """Return the parts as text, coloured only for a terminal.

    As wide as the terminal, or as a table needs to be: a number must never lose its last digits.
    """
    listed = list(parts)
    terminal = Console().width
    width = max([terminal, *(_least_width(part) for part in listed if isinstance(part, Table))])
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        for part in listed:
            if isinstance(part, Table):
                console.print(part)
            else:
                soft = isinstance(part, Text) and part.no_wrap is True
                console.print(part, width=None if soft else terminal, soft_wrap=soft)
    lines = capture.get().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _least_width(table: Table) -> int:
    """Return the width at which no column that must not wrap is cut."""
    total = 0
    for part in table.columns:
        lines = "\n".join(map(str, [part.header, *part.cells])).split("\n")
        widest = max(map(len, lines))
        total += widest if part.no_wrap else min(widest, _NARROWEST)
    return total + 2 * len(table.columns)


def new_table(*headers: str, left: Sequence[int] = ()) -> Table:
    """Return an empty table; columns are right-aligned but for those listed in `left`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for k, header in enumerate(headers):
        words = k in left
        table.add_column(
            header, justify="left" if words else "right", no_wrap=not words, overflow="fold"
        )
    return table


def heading(game: StrategicGame) -> Text:
    """Return title, shape and kind of numbers of a game."""
    n = game.n_players
    players = "1 player" if n == 1 else f"{n} players"
    actions = "1 action" if game.actions == (1,) else f"{shape_of(game.actions)} actions"
    kinds = [
        f"{players} with {actions}",
        "exact payoffs" if game.is_exact else "payoffs in floating point",
    ]
    if game.transferable:
        kinds.append("transferable utility")
    return Text(f"{plain(game.title) or 'A game without a title'}\n{', '.join(kinds)}")


# -- equilibria ----------------------------------------------------------------------------------


def equilibrium_parts(
    game: StrategicGame,
    equilibrium: Equilibrium,
    *,
    number_of: tuple[int, int],
    verification: Verification,
    defect: float,
    regrets: Mapping[str, float] | None,
    everything: bool,
) -> list[RenderableType]:
    """Return one equilibrium: its players, its threats and how it was checked.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    number_of : (int, int)
        Which equilibrium this is, and of how many.
    verification : Verification
    defect : float
        The division defect (facts page, "Concepts").
    regrets : mapping of str to float, or None
        Of the players of the auxiliary game; None where there is none (transferable utility).
    everything : bool
        List every coalition and every joint action, however many.
    """
    k, total = number_of
    title = f"\n{equilibrium.kind.capitalize()} {CONCEPTS[equilibrium.concept]}"
    if total > 1:
        title += f", {k} of {total}"
    exact = verification.exact
    found = fights(game, equilibrium, exact=exact)
    lows: AnyArray = np.array(game.exact_minima, dtype=object) if exact else game.minima
    ranges: AnyArray = np.array(game.exact_ranges, dtype=object) if exact else game.ranges
    utilities = lows + ranges * found.utilities
    prices = equilibrium.prices if exact else equilibrium.prices.astype(np.float64)
    payoffs = np.array(equilibrium.payoffs, dtype=prices.dtype)
    if not exact:  # rounding beside the payoffs' range is not worth showing
        payoffs[np.abs(payoffs) < 1e-12 * ranges] = 0.0
    values = (np.where(membership(game.n_players), prices, -prices) * utilities).sum(axis=1)
    utilities[-1] = payoffs  # with side payments they are not U(ρ_N)
    owed = coco_division(values)
    parts: list[RenderableType] = [Text(title, style="bold"), ""]
    parts.append(_players(game, prices, payoffs, prices * payoffs, owed))
    parts.append("")
    if everything or game.n_players <= MOST_LISTED_PLAYERS:
        parts.append(_threats(game, equilibrium, values, utilities, everything))
    else:
        parts += _threats_by_size(game, equilibrium, values)
    parts += ["", _account(equilibrium, verification, defect, regrets)]
    return parts


def _players(game: StrategicGame, *quantities: AnyArray) -> Table:
    headers = ("price\ncurnits/util", "payoff u\nutils", "share a·u\ncurnits", "owed φ(v)\ncurnits")
    table = new_table("", "player", *headers, left=[1])
    # utils and curnits per util differ from player to player, curnits do not
    written = [column(x.tolist(), one_unit=k > 1) for k, x in enumerate(quantities)]
    for i, row in enumerate(zip(*written, strict=True)):
        table.add_row(str(i), plain(game.players[i]), *row)
    return table


def _threats(
    game: StrategicGame,
    equilibrium: Equilibrium,
    values: AnyArray,
    utilities: AnyArray,
    everything: bool,
) -> Table:
    """One block for every pair of a coalition and its complement, then the grand coalition."""
    n = game.n_players
    full = grand_coalition(n)
    table = new_table("S", "v(S)\ncurnits", "u^S\nutils", "chance", "threat of S", left=[2, 4])
    table.columns[0].justify = "left"
    table.columns[2].no_wrap = n < MOST_LISTED_PLAYERS
    pairs = sorted(range(1, full, 2), key=lambda mask: (mask.bit_count(), mask))
    worth = column(values.tolist(), 5)
    by_player = [column(utilities[1:, i].tolist(), 5) for i in range(n)]
    widths = [max(map(len, texts)) for texts in by_player]
    for mask in [*pairs, full]:
        own = " ".join(by_player[i][mask - 1].rjust(widths[i]) for i in range(n))
        for side, payoffs in ((mask, own), (full ^ mask, "")):
            cells = [coalition_name(members(side)), worth[side], payoffs]
            for line in _strategy(game, equilibrium, side, everything) if side else ():
                table.add_row(*cells, *line)
                cells = ["", "", ""]
        table.add_section()
    return table


def _strategy(
    game: StrategicGame, equilibrium: Equilibrium, mask: int, everything: bool
) -> list[tuple[str, str]]:
    """Return the joint actions that a coalition's strategy uses, with their probabilities."""
    strategy = equilibrium.strategies.by_mask(mask)
    lines = []
    for index in np.argwhere(strategy > 0).tolist():
        labels = (
            plain(game.action_labels[i][a]) for i, a in zip(members(mask), index, strict=True)
        )
        lines.append((_probability(strategy[tuple(index)]), ", ".join(labels)))
    if len(lines) > _MOST_LISTED_ACTIONS and not everything:
        hidden = len(lines) - _MOST_LISTED_ACTIONS
        lines[_MOST_LISTED_ACTIONS:] = [("", f"and {hidden} more (--all)")]
    return lines


def _probability(value: Any) -> str:
    if value == 1 or isinstance(value, Fraction):
        return number(value)
    return f"{float(value):.4f}" if value >= 5e-5 else f"{float(value):.0e}"


def _threats_by_size(
    game: StrategicGame, equilibrium: Equilibrium, values: AnyArray
) -> list[RenderableType]:
    n = game.n_players
    table = new_table("|S|", "coalitions", "least v(S)", "greatest v(S)", "mixed threats", "widest")
    supports = np.array(
        [0, *(np.count_nonzero(equilibrium.strategies.by_mask(m)) for m in range(1, 1 << n))]
    )
    groups = [np.flatnonzero(sizes(n) == size) for size in range(1, n + 1)]
    least = column([values[group].min() for group in groups])
    greatest = column([values[group].max() for group in groups])
    for k, group in enumerate(groups):
        mixed = int((supports[group] > 1).sum())
        widest = int(supports[group].max())
        table.add_row(str(k + 1), str(len(group)), least[k], greatest[k], str(mixed), str(widest))
    note = (
        'Coalitions by size; "widest" is the most joint actions one threat mixes. '
        "--all lists every coalition, --json gives all of it."
    )
    return [table, "", Text(note)]


def _account(
    equilibrium: Equilibrium,
    verification: Verification,
    defect: float,
    regrets: Mapping[str, float] | None,
) -> Text:
    """Say how the equilibrium was checked."""
    residuals = verification.residuals
    count = len(verification.checks)
    passed = sum(check.passed for check in verification.checks)
    strong = equilibrium.concept == "coalition-perfect" or defect <= verification.tolerance
    meaning = "coalition-perfect" if strong else "not coalition-perfect with these threats"
    how = "exactly" if verification.exact else f"within {verification.tolerance:g}"
    lines = [
        f"Checked: {passed} of {count} lines of the definition hold {how}.",
        f"Residuals: pareto {number(residuals.pareto, 2)}, threats "
        f"{number(residuals.threats, 2)}, division {number(residuals.division, 2)}.",
        f"Division defect over all coalitions: {defect:.3g} ({meaning}).",
    ]
    if regrets:
        worst = max(regrets, key=lambda player: regrets[player])
        lines.append(
            f"Largest regret in the auxiliary game: {number(regrets[worst], 2)} ({worst})."
        )
    return Text("\n".join(lines))


# -- verification --------------------------------------------------------------------------------


def verification_parts(verification: Verification) -> list[RenderableType]:
    """Return every line of a verification, grouped by what is compared, and the verdict last."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in verification.checks:
        groups.setdefault((check.condition, check.statement), []).append(check)
    widths = [0] * 6
    tables: dict[tuple[str, str], list[list[str]]] = {}
    for key, checks in groups.items():
        tables[key] = _check_rows(checks)
        for row in tables[key]:
            widths = [max(width, len(cell)) for width, cell in zip(widths, row, strict=True)]
    parts: list[RenderableType] = []
    for (condition, statement), rows in tables.items():
        table = new_table("S", "player", "expected", "found", "residual", "", left=[0, 5])
        for k, width in enumerate(widths):
            table.columns[k].min_width = width
            table.columns[k].no_wrap = True
        for row in rows:
            *cells, verdict = row
            table.add_row(*cells, Text(verdict, style="green" if verdict == "pass" else "bold red"))
        parts += [Text(f"{condition}: {statement}", style="bold"), table, ""]
    return [*parts, _verdict(verification)]


def _check_rows(checks: list[Check]) -> list[list[str]]:
    expected = column([check.expected for check in checks], 8)
    found = column([check.found for check in checks], 8)
    return [
        [
            coalition_name(check.coalition),
            "" if check.player is None else str(check.player),
            expected[k],
            found[k],
            number(check.residual, 2),
            "pass" if check.passed else "FAIL",
        ]
        for k, check in enumerate(checks)
    ]


def _verdict(verification: Verification) -> Text:
    """Return the verdict on a single line, however long: scripts read the last line."""
    failure = verification.first_failure
    if failure is not None:
        told = f"not valid: {describe_failure(failure)}"
        return Text(told, style="bold red", no_wrap=True)
    how = "exactly" if verification.exact else f"within {verification.tolerance:g}"
    what = f"{verification.kind} {CONCEPTS[verification.concept]}"
    told = f"valid: a {what}; all {len(verification.checks)} lines hold {how}"
    return Text(told, style="green", no_wrap=True)


# -- CoCo value ----------------------------------------------------------------------------------


def value_parts(
    game: StrategicGame, value: CocoValue, payoffs: Sequence[Any], everything: bool
) -> list[RenderableType]:
    """Return the CoCo value: shares of the players and values of the coalitions.

    Parameters
    ----------
    game : StrategicGame
    value : CocoValue
    payoffs : sequence of n numbers or None
        Shares divided by prices, None at price zero.
    everything : bool
        List every coalition, however many.
    """
    parts: list[RenderableType] = [Text("\nCoCo value", style="bold")]
    if not game.transferable:
        parts.append(
            Text(
                "Utility is not transferable in this game: this is its value if utility were "
                "transferable at these prices."
            )
        )
    how = "exact" if value.is_exact else f"floating point, values known within {value.width:.1e}"
    table = new_table("", "player", "price\ncurnits/util", "share φ(v)\ncurnits", "payoff\nutils")
    table.columns[1].justify = "left"
    prices, shares = column(value.prices.tolist(), one_unit=False), column(value.shares.tolist())
    written = iter(column([u for u in payoffs if u is not None], one_unit=False))
    for i, payoff in enumerate(payoffs):
        text = "none" if payoff is None else next(written)
        table.add_row(str(i), plain(game.players[i]), prices[i], shares[i], text)
    parts += ["", table, ""]
    n = game.n_players
    if n > MOST_LISTED_PLAYERS and not everything:
        note = f"{(1 << n) - 1} coalitions: --all lists their values, --json gives all of it."
        return [*parts, Text(f"{note}\nArithmetic: {how}.")]
    masks = sorted(range(1, 1 << n), key=lambda mask: (mask.bit_count(), mask))
    listed = new_table("S", "v(S), curnits", left=[0])
    for mask, text in zip(masks, column(value.values[masks].tolist()), strict=True):
        listed.add_row(coalition_name(members(mask)), text)
    return [*parts, listed, "", Text(f"Arithmetic: {how}.")]
