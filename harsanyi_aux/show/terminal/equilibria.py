"""Tables for people: equilibria, verifications and CoCo values, drawn by rich.

Nothing here decides anything; the numbers come from `definition` and `value`. Prices, payoffs,
shares and threats are named as on the facts page, "Notation" and "Concepts".
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harsanyi_aux.auxiliary.coco import AuxiliaryGame
from harsanyi_aux.game.coalitions import (
    by_size,
    grand_coalition,
    members,
    sizes,
)
from harsanyi_aux.game.equilibrium import AnyArray
from harsanyi_aux.game.verification import Check, Verification
from harsanyi_aux.show.equilibria import (
    CONCEPTS,
    Account,
    account_of,
    accuracy,
    threat,
    title_of,
)
from harsanyi_aux.show.terminal.tables import new_table
from harsanyi_aux.text.plain import coalition_name, column, number, plain

if TYPE_CHECKING:
    from harsanyi_aux.game.equilibrium import AnyArray, Equilibrium
    from harsanyi_aux.game.implied import Quantities
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.prices.value import CocoValue

#: Games with more players get a summary by coalition size in place of a line per coalition.
MOST_LISTED_PLAYERS = 5

_MOST_LISTED_ACTIONS = 6


# -- equilibria ----------------------------------------------------------------------------------


def equilibrium_parts(
    game: StrategicGame,
    equilibrium: Equilibrium,
    *,
    number_of: tuple[int, int],
    tol: float = 1e-9,
    everything: bool,
) -> list[RenderableType]:
    """Return one equilibrium: its players, its threats and how it was checked.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    number_of : (int, int)
        Which equilibrium this is, and of how many.
    tol : float, optional
        Largest accepted residual in floating point.
    everything : bool
        List every coalition and every joint action, however many.
    """
    account = account_of(game, equilibrium, tol=tol)
    found = account.quantities
    parts: list[RenderableType] = [Text(f"\n{title_of(equilibrium, *number_of)}", style="bold"), ""]
    parts += [_players(game, found), ""]
    if everything or game.n_players <= MOST_LISTED_PLAYERS:
        parts.append(_threats(account, everything))
    else:
        parts += _threats_by_size(game, equilibrium, found.values)
    return [*parts, "", _account(account)]


def _players(game: StrategicGame, found: Quantities) -> Table:
    headers = ("price\ncurnits/util", "payoff u\nutils", "share a·u\ncurnits", "owed φ(v)\ncurnits")
    table = new_table("", "player", *headers, left=[1])
    # utils and curnits per util differ from player to player, curnits do not
    columns = (
        *(column(x.tolist(), one_unit=False) for x in (found.prices, found.payoffs)),
        *(column(x.tolist()) for x in (found.shares, found.owed)),
    )
    for i, row in enumerate(zip(*columns, strict=True)):
        table.add_row(str(i), plain(game.players[i]), *row)
    return table


def _threats(account: Account, everything: bool) -> Table:
    """One block for every pair of a coalition and its complement, then the grand coalition."""
    found = account.quantities
    n = account.game.n_players
    full = grand_coalition(n)
    table = new_table("S", "v(S)\ncurnits", "u^S\nutils", "chance", "threat of S", left=[2, 4])
    table.columns[0].justify = "left"
    table.columns[2].no_wrap = n < MOST_LISTED_PLAYERS
    worth = column(found.values.tolist(), 5)
    utilities = found.utilities.copy()
    utilities[full] = found.payoffs  # the stated ones
    by_player = [column(utilities[1:, i].tolist(), 5) for i in range(n)]
    widths = [max(map(len, texts)) for texts in by_player]
    for mask in [*(mask for mask in by_size(n)[:-1] if mask & 1), full]:
        own = " ".join(by_player[i][mask - 1].rjust(widths[i]) for i in range(n))
        for side, payoffs in ((mask, own), (full ^ mask, "")):
            cells = [coalition_name(members(side)), worth[side], payoffs]
            for line in _strategy(account, side, everything) if side else ():
                table.add_row(*cells, *line)
                cells = ["", "", ""]
        table.add_section()
    return table


def _strategy(account: Account, mask: int, everything: bool) -> list[tuple[str, str]]:
    """Return the joint actions that a coalition's strategy uses, with their probabilities."""
    used = threat(account.game, account.equilibrium, mask)
    lines = [(_probability(chance), actions) for actions, chance in used]
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


def _account(account: Account) -> Text:
    """Say how the equilibrium was checked."""
    verification = account.verification
    passed = sum(check.passed for check in verification.checks)
    lines = [
        f"Checked: {passed} of {len(verification.checks)} lines of the definition hold "
        f"{accuracy(verification)}.",
        f"Residuals: {verification.residuals}.",
        f"Division defect over all coalitions: {account.defect:.3g} ({account.perfection}).",
    ]
    if not account.game.transferable:
        regrets = AuxiliaryGame(account.game).regrets(account.equilibrium)
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
        told = f"not valid: {failure}"
        return Text(told, style="bold red", no_wrap=True)
    what = f"{verification.kind} {CONCEPTS[verification.concept]}"
    count = len(verification.checks)
    told = f"valid: a {what}; all {count} lines hold {accuracy(verification)}"
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
    masks = by_size(n)
    listed = new_table("S", "v(S), curnits", left=[0])
    for mask, text in zip(masks, column(value.values[masks].tolist()), strict=True):
        listed.add_row(coalition_name(members(mask)), text)
    return [*parts, listed, "", Text(f"Arithmetic: {how}.")]
