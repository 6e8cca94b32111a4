"""The part of the page about one equilibrium: players, threats, dividends, checks."""

from __future__ import annotations

import json

import numpy as np

from harsanyi_aux.game.coalitions import by_size, members
from harsanyi_aux.game.implied import Quantities
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.game.verification import Verification
from harsanyi_aux.show.equilibria import Account, accuracy, threat, title_of
from harsanyi_aux.text.html import Content, Markup, data_address, element
from harsanyi_aux.text.plain import coalition_name, number, plain
from harsanyi_aux.text.tables import Column, numbers, table

#: Coalitions listed at most; the file of the equilibrium has all of them.
MOST_COALITIONS = 255
#: Joint actions of one threat listed at most.
MOST_ACTIONS = 12


def equilibrium_section(account: Account, k: int, total: int, picture: Markup | None) -> Markup:
    """Return everything about one equilibrium.

    Parameters
    ----------
    account : Account
    k, total : int
        Which one, from 1, and of how many.
    picture : Markup or None
    """
    name = f"equilibrium-{k}"
    game, equilibrium, found = account.game, account.equilibrium, account.quantities
    checked = account.verification
    masks = _listed(game.n_players)
    parts = [
        element("h3", title_of(equilibrium, k, total), id=name),
        verdict(account),
        player_table(game, found, name),
        threat_table(account, masks, name),
        dividend_table(game, found, masks, name),
    ]
    hidden = (1 << game.n_players) - 1 - len(masks)
    if hidden:
        told = f"{hidden} coalitions are not listed; the file below has all of them."
        parts.append(element("p", told, class_="quiet"))
    content = json.dumps(equilibrium.to_dict(), indent=1).encode()
    parts += [
        picture or Markup(),
        element(
            "details",
            element("summary", f"All {len(checked.checks)} lines of the check"),
            check_table(checked, name),
        ),
        download(f"Equilibrium {k} as a file for harsanyi verify", content, f"{name}.json"),
    ]
    return element("section", parts, aria_labelledby=name)


def verdict(account: Account) -> Markup:
    """Say how an equilibrium was checked."""
    checked = account.verification
    failure = checked.first_failure
    if failure is None:
        held = f"All {len(checked.checks)} lines hold {accuracy(checked)}."
        told = element("strong", held, class_="pass")
    else:
        told = element("strong", f"Not valid: {failure}.", class_="fail")
    return element(
        "p",
        told,
        f" Residuals: {checked.residuals}. "
        f"Division defect over all coalitions {account.defect:.3g}: {account.perfection}.",
        class_="verdict",
    )


def player_table(game: StrategicGame, found: Quantities, name: str) -> Markup:
    """Return prices, payoffs, shares and what is owed."""
    return table(
        "Prices and payoffs of the players",
        [
            player_column(game),
            numbers("price a", found.prices.tolist(), "curnits/util", one_unit=False),
            numbers("payoff u", found.payoffs.tolist(), "utils", one_unit=False),
            numbers("share a·u", found.shares.tolist(), "curnits"),
            numbers("owed φ(v)", found.owed.tolist(), "curnits"),
        ],
        name=f"{name}-players",
    )


def threat_table(account: Account, masks: list[int], name: str) -> Markup:
    """Return, for every coalition, its value, what all players get and its threat."""
    game, found = account.game, account.quantities
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
            Column("threat", [_threat(account, mask) for mask in masks]),
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


def player_column(game: StrategicGame) -> Column:
    """Return numbers and names of the players."""
    return Column(
        "player", [f"{i}: {plain(name)}" for i, name in enumerate(game.players)], wide=True
    )


def _coalitions(masks: list[int]) -> Column:
    keys = [float(mask.bit_count() * (1 << 20) + mask) for mask in masks]
    return Column("S", [coalition_name(members(mask)) for mask in masks], keys=keys)


def _listed(n: int) -> list[int]:
    """Return the coalitions that are listed, by size; the grand coalition always."""
    masks = by_size(n)
    return masks if len(masks) <= MOST_COALITIONS else [*masks[: MOST_COALITIONS - 1], masks[-1]]


def _threat(account: Account, mask: int) -> Markup:
    used = threat(account.game, account.equilibrium, mask)
    lines = [
        element("li", actions if chance == 1 else f"{number(chance, 4)}: {actions}")
        for actions, chance in used[:MOST_ACTIONS]
    ]
    if len(used) > MOST_ACTIONS:
        lines.append(element("li", f"and {len(used) - MOST_ACTIONS} more"))
    return element("ul", lines, class_="threat")


def download(words: str, content: bytes, name: str, *more: Content) -> Markup:
    """Return a paragraph with a link that saves a JSON file held by the page itself."""
    link = element("a", words, href=data_address(content, "application/json"), download=name)
    return element("p", link, *more, class_="download")
