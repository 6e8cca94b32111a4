"""Gambit's ``.efg`` files: game trees, read and reduced to strategic form exactly.

The format is defined in Gambit's documentation ("Game representation formats: the extensive game
file format"). A reader of our own, beside Gambit's, names the line of an error, takes labels as
they come, counts strategies before it makes the table, and calls strategies by what they do;
Gambit's is the oracle in the tests.

A strategy of the reduced form says what its player does at the information sets that the strategy
itself does not rule out. Strategies come in Gambit's order: by the information sets as they are met
when the tree is walked in depth, the first one slowest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.scanner import Scanner
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray

__all__ = ["MOST_PAYOFFS", "MOST_STRATEGIES", "parse_efg"]

#: Strategies of one player, and numbers in the table, that a tree may have.
MOST_STRATEGIES, MOST_PAYOFFS = 20_000, 5_000_000

#: Information sets of one player, by number, and what is done there.
Plan: TypeAlias = Mapping[int, int]
IntArray: TypeAlias = NDArray[np.int64]

CHANCE = 0
_NEVER = -1  # an action that no plan has


@dataclass(frozen=True)
class _InformationSet:
    name: str
    actions: tuple[str, ...]
    probabilities: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class _Leaf:
    """What leads to an end of the tree, and what it pays."""

    probability: Fraction
    needs: tuple[Plan, ...]
    payoffs: tuple[Fraction, ...]


@dataclass
class _Tree:
    """A tree as it is read.

    ``sets[k]`` are the information sets of player ``k``, chance being 0; ``met[k]`` the nodes at
    which player ``k`` moves, in the order of the file: information set, and own choices before.
    """

    scanner: Scanner
    players: list[str]
    sets: list[dict[int, _InformationSet]] = field(init=False)
    met: list[list[tuple[int, Plan]]] = field(init=False)
    outcomes: dict[int, tuple[Fraction, ...]] = field(default_factory=dict)
    leaves: list[_Leaf] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sets = [{} for _ in range(len(self.players) + 1)]
        self.met = [[] for _ in range(len(self.players) + 1)]


def parse_efg(text: str, source: str = "") -> StrategicGame:
    """Read a game tree from the content of an ``.efg`` file and reduce it to strategic form.

    Parameters
    ----------
    text : str
    source : str, optional
        The name of the file, for messages.

    Returns
    -------
    StrategicGame
        Exact; actions are called by what the strategy does.

    Raises
    ------
    InputError
        Naming `source`, line and column; or with the numbers of strategies where the strategic form
        is too large (`MOST_STRATEGIES`, `MOST_PAYOFFS`).
    """
    scanner = Scanner(text, source)
    title, players = scanner.header("EFG", "2")
    scanner.accept("text")  # a comment
    tree = _Tree(scanner, players)
    _read_nodes(tree)
    try:
        plans = _plans(tree)
        return StrategicGame.from_arrays(
            *_payoffs(tree, plans),
            title=title,
            players=players,
            action_labels=[
                [_name(tree.sets[k + 1], plan) for plan in own] for k, own in enumerate(plans)
            ],
        )
    except InputError as error:
        raise error.within(source) from None


# -- reading -----------------------------------------------------------------------------------


def _read_nodes(tree: _Tree) -> None:
    """Read all nodes, which are listed as the tree is walked in depth."""
    n = len(tree.players)
    start = _Leaf(Fraction(1), ({},) * n, (Fraction(0),) * n)
    waiting = [start]
    while waiting:
        reached = waiting.pop()
        kind = tree.scanner.expect('a node: "c", "p" or "t"', "word")
        if kind not in ("c", "p", "t"):
            at = tree.scanner.at - len(kind)
            raise tree.scanner.error(f'a node is "c", "p" or "t", not {kind!r}', at)
        tree.scanner.expect_text("the node's label in quotes")
        if kind == "t":
            tree.leaves.append(_paid(tree, reached))
            continue
        waiting += reversed(_branches(tree, reached, chance=kind == "c"))
    if tree.scanner.peek()[0] != "end":
        raise tree.scanner.error("the tree is complete, but the file goes on")


def _branches(tree: _Tree, reached: _Leaf, *, chance: bool) -> list[_Leaf]:
    """Read the rest of a node at which someone moves; return what its branches lead to."""
    scanner = tree.scanner
    player = CHANCE if chance else scanner.count("the number of a player")
    if not chance and not 1 <= player <= len(tree.players):
        raise scanner.error(f"there is no player {player} among {len(tree.players)}")
    number = scanner.count("the number of an information set")
    found = _read_set(tree, player, number)
    reached = _paid(tree, reached)
    if chance:
        return [
            _Leaf(reached.probability * p, reached.needs, reached.payoffs)
            for p in found.probabilities
        ]
    before, own, after = (
        reached.needs[: player - 1],
        reached.needs[player - 1],
        reached.needs[player:],
    )
    tree.met[player].append((number, own))
    branches = []
    for action in range(len(found.actions)):
        # who forgets what was done here before does the same again: other branches are not reached
        done = action if own.get(number, action) == action else _NEVER
        needs = (*before, {**own, number: done}, *after)
        branches.append(_Leaf(reached.probability, needs, reached.payoffs))
    return branches


def _split(needs: tuple[Plan, ...], k: int) -> tuple[tuple[Plan, ...], Plan, tuple[Plan, ...]]:
    return needs[:k], needs[k], needs[k + 1 :]


def _read_set(tree: _Tree, player: int, number: int) -> _InformationSet:
    scanner = tree.scanner
    known = tree.sets[player].get(number)
    label = scanner.expect_text("a label") if scanner.peek()[0] == "text" else ""
    at = scanner.at
    if not scanner.accept("brace", "{"):
        if known is None:
            raise scanner.error('expected "{" before the actions of a new information set')
        return known
    actions, probabilities = [], []
    while not scanner.accept("brace", "}"):
        actions.append(scanner.expect_text('an action in quotes or "}"'))
        if player == CHANCE:
            probabilities.append(Fraction(scanner.number("a probability")))
    if known is not None:
        if len(actions) != len(known.actions) or probabilities != list(known.probabilities):
            raise scanner.error("the information set had other actions before", at)
        return known
    if not actions:
        raise scanner.error("an information set without actions", at)
    if player == CHANCE and (sum(probabilities) != 1 or min(probabilities) < 0):
        raise scanner.error(
            f"the probabilities have the sum {sum(probabilities)}",
            at,
            "they must not be negative, and their sum exactly 1: write 1/3, not 0.333",
        )
    found = _InformationSet(label, tuple(actions), tuple(probabilities))
    tree.sets[player][number] = found
    return found


def _paid(tree: _Tree, reached: _Leaf) -> _Leaf:
    """Read the outcome of a node and add what it pays to what was paid before."""
    scanner = tree.scanner
    number = scanner.count("the number of an outcome")
    scanner.accept("text")  # its label
    if scanner.accept("brace", "{"):
        paid = tuple(
            Fraction(scanner.number(f"payoff of player {k}")) for k in range(len(tree.players))
        )
        scanner.expect(f'"}}" after {len(tree.players)} payoffs', "brace", "}")
        if number == 0:
            raise scanner.error("outcome 0 stands for none and pays nothing")
        if tree.outcomes.setdefault(number, paid) != paid:
            raise scanner.error(f"outcome {number} paid something else before")
    elif number and number not in tree.outcomes:
        raise scanner.error(f"outcome {number} has no payoffs")
    if not number:
        return reached
    total = tuple(u + v for u, v in zip(reached.payoffs, tree.outcomes[number], strict=True))
    return _Leaf(reached.probability, reached.needs, total)


# -- strategies --------------------------------------------------------------------------------


def _plans(tree: _Tree) -> list[list[Plan]]:
    """Return the reduced strategies of all players, counted before they are listed."""
    counts = [_count(tree.sets[k], tree.met[k]) for k in range(1, len(tree.sets))]
    size = len(counts) * math.prod(counts)
    if max(counts) > MOST_STRATEGIES or size > MOST_PAYOFFS:
        told = ", ".join(
            f"{name}: {count:,}" for name, count in zip(tree.players, counts, strict=True)
        )
        raise InputError(
            f"the strategic form of the tree is too large: strategies by player {told}; "
            f"{size:,} payoffs",
            mend=f"at most {MOST_STRATEGIES:,} strategies of a player and {MOST_PAYOFFS:,} "
            "payoffs are possible",
        )
    return [list(_list(tree.sets[k], tree.met[k])) for k in range(1, len(tree.sets))]


def _count(sets: Mapping[int, _InformationSet], met: Sequence[tuple[int, Plan]]) -> int:
    """Return the number of reduced strategies; with imperfect recall a number not below it."""
    before: dict[int, set[frozenset[tuple[int, int]]]] = {}
    for number, own in met:
        before.setdefault(number, set()).add(frozenset(own.items()))
    if any(len(choices) > 1 for choices in before.values()):
        return math.prod(len(one.actions) for one in sets.values())
    # with perfect recall the choices before an information set are always the same: those after
    # different information sets, or after none, are independent
    counts: dict[frozenset[tuple[int, int]], int] = {}
    latest_first = sorted(before.items(), key=lambda item: -len(min(item[1], key=len)))
    for number, (choices,) in latest_first:
        branches = range(len(sets[number].actions))
        ways = sum(counts.get(choices | {(number, action)}, 1) for action in branches)
        counts[choices] = counts.get(choices, 1) * ways
    return counts.get(frozenset(), 1)


def _list(sets: Mapping[int, _InformationSet], met: Sequence[tuple[int, Plan]]) -> Iterator[Plan]:
    """List the strategies, in Gambit's order."""
    waiting: list[tuple[Plan, Sequence[tuple[int, Plan]]]] = [({}, met)]
    while waiting:
        plan, ahead = waiting.pop()  # the nodes ahead are those that the plan may still come to
        undecided = next((number for number, own in ahead if own.items() <= plan.items()), None)
        if undecided is None:
            yield plan
            continue
        waiting += [
            (
                {**plan, undecided: action},
                [
                    (number, own)
                    for number, own in ahead
                    if number != undecided and own.get(undecided, action) == action
                ],
            )
            for action in reversed(range(len(sets[undecided].actions)))
        ]


def _name(sets: Mapping[int, _InformationSet], plan: Plan) -> str:
    """Return what a strategy does, in words; also where, unless the actions' names say it."""
    done = [sets[number].actions[action] or str(action + 1) for number, action in plan.items()]
    named = [action for one in sets.values() for action in one.actions]
    if len(sets) > 1 and len({*named, ""}) <= len(named):
        labels = [one.name for one in sets.values()]
        for k, number in enumerate(plan):
            label = sets[number].name
            place = label if label and labels.count(label) == 1 else f"{label} #{number}".strip()
            done[k] = f"{place}: {done[k]}"
    return "; ".join(done) or "nothing"


def _payoffs(tree: _Tree, plans: Sequence[Sequence[Plan]]) -> list[ObjectArray]:
    """Return every player's expected payoffs, one array each.

    Sums are made of whole numbers: all probabilities times payoffs have one denominator.
    """
    leaves = [
        leaf
        for leaf in tree.leaves
        if leaf.probability and not any(_NEVER in needs.values() for needs in leaf.needs)
    ]
    shape = tuple(map(len, plans))
    places = _reaching(plans, leaves)
    columns = []
    for player in range(len(plans)):
        earned = [leaf.probability * leaf.payoffs[player] for leaf in leaves]
        common = math.lcm(*(value.denominator for value in earned))
        whole = [int(value * common) for value in earned]
        small = sum(map(abs, whole)) < 2**62
        total = np.zeros(shape, dtype=np.int64 if small else object)
        for place, value in zip(places, whole, strict=True):
            total[place] += value
        columns.append(total if common == 1 else _divided(total, common))
    return columns


def _reaching(
    plans: Sequence[Sequence[Plan]], leaves: Sequence[_Leaf]
) -> list[tuple[IntArray, ...]]:
    """Return which joint strategies reach each leaf, as numpy's open mesh."""
    known: list[dict[frozenset[tuple[int, int]], list[int]]] = [{} for _ in plans]
    places = []
    for leaf in leaves:
        chosen = []
        for own, needs, seen in zip(plans, leaf.needs, known, strict=True):
            key = frozenset(needs.items())
            if key not in seen:
                seen[key] = [k for k, plan in enumerate(own) if key <= plan.items()]
            chosen.append(np.array(seen[key], dtype=np.int64))
        places.append(np.ix_(*chosen))
    return places


def _divided(total: ObjectArray, common: int) -> ObjectArray:
    values, where = np.unique(total, return_inverse=True)
    quotients = np.empty(len(values), dtype=object)
    quotients[:] = [Fraction(int(value), common) for value in values.tolist()]
    divided: ObjectArray = quotients[where].reshape(total.shape)
    return divided
