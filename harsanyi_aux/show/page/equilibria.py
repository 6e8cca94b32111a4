"""The part of the page about one equilibrium: players, threats, dividends, checks."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from harsanyi_aux.game.coalitions import members
from harsanyi_aux.game.definition import division_defect, verify
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.quantities import Quantities, quantities
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.game.verification import Verification
from harsanyi_aux.text.html import Markup, data_address, element
from harsanyi_aux.text.plain import coalition_name, number, plain
from harsanyi_aux.text.tables import Column, numbers, table

#: Coalitions listed at most; the file of the equilibrium has all of them.
MOST_COALITIONS = 255
#: Joint actions of one threat listed at most.
MOST_ACTIONS = 12

_CONCEPTS = {"coco": "CoCo equilibrium", "coalition-perfect": "coalition-perfect equilibrium"}


def equilibrium_section(
    game: StrategicGame, equilibrium: Equilibrium, k: int, total: int, picture: Markup | None
) -> Markup:
    """Return everything about one equilibrium.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    k, total : int
        Which one, from 1, and of how many.
    picture : Markup or None
    """
    name = f"equilibrium-{k}"
    found = quantities(game, equilibrium)
    checked = verify(game, equilibrium, exact=game.is_exact and equilibrium.is_exact)
    title = f"{equilibrium.kind.capitalize()} {_CONCEPTS[equilibrium.concept]}"
    masks = _listed(game.n_players)
    parts = [
        element("h3", title + (f", {k} of {total}" if total > 1 else ""), id=name),
        verdict(game, equilibrium, checked),
        player_table(game, found, name),
        threat_table(game, equilibrium, found, masks, name),
        dividend_table(game, found, masks, name),
    ]
    hidden = (1 << game.n_players) - 1 - len(masks)
    if hidden:
        told = f"{hidden} coalitions are not listed; the file below has all of them."
        parts.append(element("p", told, class_="quiet"))
    parts += [
        picture or Markup(),
        element(
            "details",
            element("summary", f"All {len(checked.checks)} lines of the check"),
            check_table(checked, name),
        ),
        element(
            "p",
            element(
                "a",
                f"Equilibrium {k} as a file for harsanyi verify",
                href=data_address(
                    json.dumps(equilibrium.to_dict(), indent=1).encode(), "application/json"
                ),
                download=f"{name}.json",
            ),
            class_="download",
        ),
    ]
    return element("section", parts, aria_labelledby=name)


def verdict(game: StrategicGame, equilibrium: Equilibrium, checked: Verification) -> Markup:
    """Say how an equilibrium was checked."""
    failure = checked.first_failure
    how = "exactly" if checked.exact else f"within {checked.tolerance:g}"
    if failure is None:
        told = element("strong", f"All {len(checked.checks)} lines hold {how}.", class_="pass")
    else:
        told = element("strong", f"Not valid: {failure}.", class_="fail")
    defect = division_defect(game, equilibrium)
    strong = equilibrium.concept == "coalition-perfect" or defect <= checked.tolerance
    residuals = checked.residuals
    return element(
        "p",
        told,
        f" Residuals: pareto {number(residuals.pareto, 2)}, threats "
        f"{number(residuals.threats, 2)}, division {number(residuals.division, 2)}. "
        f"Division defect over all coalitions {defect:.3g}: "
        + ("coalition-perfect." if strong else "not coalition-perfect with these threats."),
        class_="verdict",
    )


def player_table(game: StrategicGame, found: Quantities, name: str) -> Markup:
    """Return prices, payoffs, shares and what is owed."""
    return table(
        "Prices and payoffs of the players",
        [
            _players(game),
            numbers("price a", found.prices.tolist(), "curnits/util", one_unit=False),
            numbers("payoff u", found.payoffs.tolist(), "utils", one_unit=False),
            numbers("share a·u", found.shares.tolist(), "curnits"),
            numbers("owed φ(v)", found.owed.tolist(), "curnits"),
        ],
        name=f"{name}-players",
    )


def threat_table(
    game: StrategicGame, equilibrium: Equilibrium, found: Quantities, masks: list[int], name: str
) -> Markup:
    """Return, for every coalition, its value, what all players get and its threat."""
    payoffs = [
        numbers(
            ["u", element("sup", "S"), element("sub", str(i))],
            found.utilities[masks, i].tolist(),
            f"{plain(game.players[i])}, utils",
            digits=5,
        )
        for i in range(game.n_players)
    ]
    return table(
        "What every coalition threatens, and what all players get when it fights the others",
        [
            _coalitions(masks),
            numbers("v(S)", found.values[masks].tolist(), "curnits", digits=5),
            *payoffs,
            Column("threat", [_threat(game, equilibrium, mask) for mask in masks]),
        ],
        name=f"{name}-threats",
    )


def dividend_table(game: StrategicGame, found: Quantities, masks: list[int], name: str) -> Markup:
    """Return fallbacks and dividends of every member of every coalition."""
    lines = [(mask, i) for mask in masks for i in members(mask)]
    at = tuple(np.array(lines).T)
    utilities, slices = found.utilities[at], found.dividends[at]
    prices = found.prices[[i for _, i in lines]]
    return table(
        "Dividends: what members get in their coalition beyond what they can fall back on",
        [
            _coalitions([mask for mask, _ in lines]),
            Column(
                "player",
                [f"{i}: {plain(game.players[i])}" for _, i in lines],
                wide=True,
            ),
            numbers("payoff u", utilities.tolist(), "utils", digits=5),
            numbers("fallback t", (utilities - slices).tolist(), "utils", digits=5),
            numbers("dividend w", slices.tolist(), "utils", digits=5),
            numbers("dividend a·w", (prices * slices).tolist(), "curnits", digits=5),
        ],
        name=f"{name}-dividends",
    )


def check_table(checked: Verification, name: str) -> Markup:
    """Return a verification line by line."""
    checks = checked.checks
    return table(
        "The definition, line by line",
        [
            Column("condition", [check.condition for check in checks]),
            Column("statement", [check.statement for check in checks]),
            Column("S", [coalition_name(check.coalition) for check in checks]),
            Column("player", ["" if c.player is None else str(c.player) for c in checks]),
            numbers("expected", [check.expected for check in checks], digits=8, one_unit=False),
            numbers("found", [check.found for check in checks], digits=8, one_unit=False),
            Column(
                "residual",
                [number(check.residual, 2) for check in checks],
                keys=[float(check.residual) for check in checks],
                numeric=True,
            ),
            Column(
                "verdict",
                [
                    element("span", "holds" if c.passed else "FAILS",
                            class_="pass" if c.passed else "fail")
                    for c in checks
                ],
            ),
        ],
        name=f"{name}-checks",
    )  # fmt: skip


def _players(game: StrategicGame) -> Column:
    return Column(
        "player", [f"{i}: {plain(name)}" for i, name in enumerate(game.players)], wide=True
    )


def _coalitions(masks: list[int]) -> Column:
    keys = [float(mask.bit_count() * (1 << 20) + mask) for mask in masks]
    return Column("S", [coalition_name(members(mask)) for mask in masks], keys=keys)


def _listed(n: int) -> list[int]:
    """Return the coalitions that are listed, by size; the grand coalition always."""
    masks = sorted(range(1, 1 << n), key=lambda mask: (mask.bit_count(), mask))
    return masks if len(masks) <= MOST_COALITIONS else [*masks[: MOST_COALITIONS - 1], masks[-1]]


def _threat(game: StrategicGame, equilibrium: Equilibrium, mask: int) -> Markup:
    strategy = equilibrium.strategies.by_mask(mask)
    used = [tuple(index) for index in np.argwhere(strategy > 0).tolist()]
    lines = [
        element("li", _action(game, mask, index, strategy[index])) for index in used[:MOST_ACTIONS]
    ]
    if len(used) > MOST_ACTIONS:
        lines.append(element("li", f"and {len(used) - MOST_ACTIONS} more"))
    return element("ul", lines, class_="threat")


def _action(game: StrategicGame, mask: int, index: tuple[int, ...], probability: Any) -> str:
    labels = ", ".join(
        plain(game.action_labels[i][a]) for i, a in zip(members(mask), index, strict=True)
    )
    return labels if probability == 1 else f"{number(probability, 4)}: {labels}"
