"""The page of one example: payoff table, prices, threats and dividends, computed from its files.

Everything is exact arithmetic on the game and its equilibria in the players' own units, from the
definition (conditions 1 to 4); no solver is involved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from harsanyi_aux.game.coalitions import coco_division, dividends, members
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame


@dataclass(frozen=True)
class Proof:
    """A certificate beside the page: file name and what the checker says it proves."""

    file: str
    claim: str


def page(
    title: str,
    prose: str,
    game: StrategicGame,
    equilibria: Sequence[tuple[str, Equilibrium]],
    proofs: Sequence[Proof],
    recipe: str,
) -> str:
    """Return README.md of an example; `equilibria` come with the names of their files."""
    n = game.n_players
    parts = [
        f"# {title}",
        prose.strip(),
        "## The game",
        f"{n} players, {' × '.join(map(str, game.actions))} actions; game file: "
        "[`game.json`](game.json). Players and actions are numbered from 0.",
        payoff_table(game),
    ]
    if equilibria:
        parts += ["## The equilibria", reading_help(equilibria[0][1].concept)]
    for name, equilibrium in equilibria:
        parts.append(equilibrium_part(game, name, equilibrium))
    if proofs:
        parts += ["## What is proved", proof_table(proofs)]
    parts += ["## How it was made", recipe.strip()]
    return "\n\n".join(parts) + "\n"


def payoff_table(game: StrategicGame) -> str:
    """Return all outcomes with payoffs; outcomes that pay the same stand in one row."""
    payoffs: Any = game.fractions
    by_payoff: dict[tuple[Any, ...], list[str]] = {}
    for actions in product(*map(range, game.actions)):
        pays = tuple(payoffs[(slice(None), *actions)])
        by_payoff.setdefault(pays, []).append("".join(map(str, actions)))
    lines = [
        "Outcomes are written as the actions of players 0, 1, … in order.",
        "",
        f"| outcome | {' | '.join(f'U{i}' for i in range(game.n_players))} |",
        "| --- |" + " ---: |" * game.n_players,
    ]
    lines += [
        f"| {', '.join(names)} | {' | '.join(map(str, pays))} |"
        for pays, names in by_payoff.items()
    ]
    return "\n".join(lines)


def reading_help(concept: str) -> str:
    """Say how to read the tables."""
    condition = (
        "*Division* asks that the members of a coalition of two players or more have dividends of "
        "equal worth, `a_i w_i` the same for all of them. The dividend of player `i` from `S` is "
        "`w_i = Σ (−1)^(|S|−|R|) u_i^R` over the coalitions `R` with `i ∈ R ⊆ S`."
    )
    if concept == "coco":
        condition = (
            "*Division* asks that each player's payoff is worth the CoCo value of the threats, "
            "`a_i u_i = φ_i(v)` with `φ_i(v) = Σ (|R|−1)! (n−|R|)! / n! · v(R)` over the `R` with "
            "`i ∈ R`, where the complement of `R` has `−v(R)`."
        )
    return (
        "`a` are the prices (curnits per util). The coalition of all plays what maximises "
        "`a·U`. Every other coalition `R` and its complement play the zero-sum game in which `R` "
        "gets `Σ a_i U_i` over its members less the same sum over the others; `u^R` are the "
        "payoffs when both carry out their threats. Under each fight stands what every "
        f"deviation of either side would give `R`. {condition}"
    )


def equilibrium_part(game: StrategicGame, name: str, equilibrium: Equilibrium) -> str:
    """Return the section on one equilibrium."""
    n, full = game.n_players, (1 << game.n_players) - 1
    a = [Fraction(p) for p in equilibrium.prices]
    payoffs: Any = game.fractions
    utilities = utilities_of(game, equilibrium)
    worth = sum(p * u for p, u in zip(a, utilities[full], strict=True))
    best = max(
        sum(p * u for p, u in zip(a, payoffs[(slice(None), *o)], strict=True))
        for o in product(*map(range, game.actions))
    )
    lines = [
        f"### [`{name}`]({name}): prices {vector(a)}, payoffs {vector(utilities[full])}",
        "",
        f"All together play {strategy_text(equilibrium, full)}: "
        f"`a·u = {worth}`, and no outcome has more than {best}.",
        "",
        "| fight | threat of R | of the complement | "
        + " | ".join(f"u{i}" for i in range(n))
        + " | v(R) | R gets by deviating | R gets if the complement deviates |",
        "| --- | --- | --- |" + " ---: |" * (n + 1) + " --- | --- |",
    ]
    values = np.full(1 << n, Fraction(0), dtype=object)
    values[full] = worth
    for mask in range(1, full, 2):
        matrix = threat_matrix(game, a, mask)
        x = flat(equilibrium, mask)
        y = flat(equilibrium, full ^ mask)
        value = x @ matrix @ y
        values[mask], values[full ^ mask] = value, -value
        lines.append(
            f"| {braces(mask)} against {braces(full ^ mask)} | {strategy_text(equilibrium, mask)} "
            f"| {strategy_text(equilibrium, full ^ mask)} | "
            + " | ".join(map(str, utilities[mask]))
            + f" | {value} | {listed(matrix @ y)} | {listed(x @ matrix)} |"
        )
    lines += ["", *division_lines(equilibrium, a, utilities, values)]
    return "\n".join(lines)


def division_lines(
    equilibrium: Equilibrium, a: Sequence[Fraction], utilities: Any, values: Any
) -> list[str]:
    """Return the table that shows the division."""
    n, full = len(a), len(values) - 1
    if equilibrium.concept == "coco":
        shares = coco_division(values)
        return [
            "| player | u | a u | φ(v) |",
            "| ---: | ---: | ---: | ---: |",
            *(
                f"| {i} | {utilities[full][i]} | {a[i] * utilities[full][i]} | {shares[i]} |"
                for i in range(n)
            ),
        ]
    gains = dividends(utilities)
    lines = ["| coalition | dividends of its members | worth a w |", "| --- | --- | --- |"]
    for mask in range(1, full + 1):
        ours = members(mask)
        if len(ours) > 1:
            told = ", ".join(str(gains[mask, i]) for i in ours)
            worths = ", ".join(str(a[i] * gains[mask, i]) for i in ours)
            lines.append(f"| {braces(mask)} | {told} | {worths} |")
    return lines


def proof_table(proofs: Sequence[Proof]) -> str:
    """Return the certificates and what they prove."""
    return "\n".join(
        [
            "`harsanyi check FILE` replays these.",
            "",
            "| certificate | it proves that |",
            "| --- | --- |",
            *(f"| [`{proof.file}`]({proof.file}) | {proof.claim} |" for proof in proofs),
        ]
    )


# -- from the definition -------------------------------------------------------------------------


def flat(equilibrium: Equilibrium, mask: int) -> Any:
    """Return a coalition's strategy, its joint actions in C order."""
    array = equilibrium.strategies[frozenset(members(mask))]
    return np.array([Fraction(p) for p in array.ravel()], dtype=object)


def tensor_of(game: StrategicGame, mask: int) -> Any:
    """Return payoffs ``[player, joint action of the coalition, of its complement]``."""
    n = game.n_players
    ours, theirs = list(members(mask)), list(members(((1 << n) - 1) ^ mask))
    order = (0, *(1 + i for i in ours + theirs))
    rows = int(np.prod([game.actions[i] for i in ours]))
    return game.fractions.transpose(order).reshape(n, rows, -1)


def threat_matrix(game: StrategicGame, a: Sequence[Fraction], mask: int) -> Any:
    """Return what the coalition gets, in curnits, for every pair of joint actions."""
    signs = [p if mask >> i & 1 else -p for i, p in enumerate(a)]
    tensor = tensor_of(game, mask)
    return sum(s * tensor[i] for i, s in enumerate(signs))


def utilities_of(game: StrategicGame, equilibrium: Equilibrium) -> Any:
    """Return ``u[S, i]``: payoffs when the coalition ``S`` and its complement fight."""
    n, full = game.n_players, (1 << game.n_players) - 1
    utilities = np.full((1 << n, n), Fraction(0), dtype=object)
    utilities[full] = tensor_of(game, full)[:, :, 0] @ flat(equilibrium, full)
    for mask in range(1, full):
        tensor = tensor_of(game, mask)
        x, y = flat(equilibrium, mask), flat(equilibrium, full ^ mask)
        utilities[mask] = [x @ tensor[i] @ y for i in range(n)]
    return utilities


# -- words ---------------------------------------------------------------------------------------


def vector(numbers: Sequence[Any]) -> str:
    """Write a vector as ``(1, 1/2)``."""
    return f"({', '.join(map(str, numbers))})"


def braces(mask: int) -> str:
    """Write a coalition as ``{0,2}``."""
    return "{" + ",".join(map(str, members(mask))) + "}"


def listed(numbers: Any) -> str:
    """Write a short list; of a long one only the distinct numbers, in order of size."""
    if len(numbers) <= 9:
        return ", ".join(map(str, numbers))
    return "among " + ", ".join(map(str, sorted(set(numbers))))


def strategy_text(equilibrium: Equilibrium, mask: int) -> str:
    """Write a strategy as ``01`` or ``1/2 × 01 + 1/2 × 10``."""
    array = equilibrium.strategies[frozenset(members(mask))]
    parts = []
    for actions in product(*map(range, array.shape)):
        chance = Fraction(array[actions])
        if chance:
            name = "".join(map(str, actions))
            parts.append(name if chance == 1 else f"{chance} × {name}")
    return " + ".join(parts)
