"""The kinds of certificates and what they claim ("Common part", "Kinds", "Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from .entries import Entry, read_entry
from .game import Bounds, Game, read_game
from .reading import Item, read, shown
from .robust import Region, check_regions, disjoint
from .trees import Covered, check_tree

COMMON = ("format", "version", "kind", "concept", "game", "sha256")
NAMES = {"coco": "CoCo", "coalition-perfect": "coalition-perfect"}
TREE = ("price_floor", "vertices", "nodes")
PARTS = {
    "equilibrium": ("equilibrium",),
    "distinctness": ("equilibria", "player"),
    "refutation": TREE,
    "enumeration": (*TREE, "equilibria"),
    "robust": ("radius", "equilibria"),
}


@dataclass(frozen=True)
class Claim:
    """What a certificate proves.

    Attributes
    ----------
    kind, concept
        As in the document.
    words
        The claim.
    equilibria
        How many entries the document states: equilibria, sets of them, or regions.
    exact
        Whether there are exactly so many equilibria (None if the kind does not speak of that).
    undecided
        In how many cells nothing is claimed.
    prices, payoffs
        Bounds for every entry and player: normalised prices, and payoffs in the game's units.
    """

    kind: str
    concept: str
    words: str
    equilibria: int
    exact: bool | None
    undecided: int
    prices: tuple[Bounds, ...]
    payoffs: tuple[Bounds, ...]


def check(document: object) -> Claim:
    """Return what a certificate (text, bytes or a JSON document) proves, or raise `Refused`."""
    item = read(document)
    kind = Item(item.value.get("kind"), "kind").text(*PARTS)
    keys = (*COMMON, *PARTS[kind])
    parts = item.parts(*keys, optional={"software": None})
    _, _, _, chosen, form, _, *rest, _ = parts
    concept, game = chosen.text(*NAMES), read_game(form)
    entries: Sequence[Entry | Region]
    exact, undecided, name = None, 0, NAMES[concept]
    if kind == "equilibrium":
        entries = [read_entry(rest[0], game, concept)]
        words = f"the game has a proper {name} equilibrium"
    elif kind == "distinctness":
        entries = distinct(*rest, game, concept)
        words = (
            f"the game has two {name} equilibria with different payoffs of player {rest[1].value}"
        )
    elif kind == "robust":
        chosen.text("coco")
        radius = rest[0].not_negative()
        regions = check_regions(rest[1], game, radius)
        apart = all(disjoint(a.payoffs, b.payoffs) for a, b in combinations(regions, 2))
        words = (
            f"every game whose payoffs differ by at most {shown(radius)} of each player's range has at "
            f"least {len(regions)} CoCo equilibria with different {'payoffs' if apart else 'prices'}"
        )
        entries = [replace(region, payoffs=game.in_units(region.payoffs)) for region in regions]
    else:
        places = rest[3].items() if kind == "enumeration" else []
        entries = stated = [read_entry(place, game, concept) for place in places]
        covered = check_tree(
            rest[:3], game, concept == "coalition-perfect", stated, kind == "refutation"
        )
        undecided = covered.undecided
        exact, words = complete(stated, covered, name)
    prices, payoffs = (
        tuple(entry.prices for entry in entries),
        tuple(entry.payoffs for entry in entries),
    )
    return Claim(kind, concept, words, len(entries), exact, undecided, prices, payoffs)


def distinct(listed: Item, player: Item, game: Game, concept: str) -> list[Entry]:
    """Check two equilibria with different payoffs of a player."""
    entries = [read_entry(place, game, concept) for place in listed.items(2)]
    single = all(entry.form in ("rational", "box") for entry in entries)
    listed.need(single, "two equilibria are expected, not sets")
    i = player.index(game.n)
    one, two = (entry.payoffs[i : i + 1] for entry in entries)
    listed.need(disjoint(one, two), "the player's payoffs are not shown to differ")
    return entries


def complete(entries: Sequence[Entry], covered: Covered, name: str) -> tuple[bool, str]:
    """Return whether there are exactly so many equilibria as entries, and what a tree proves.

    So it is if the entries are different single equilibria, none of them below the floor.
    """
    floor, count = covered.floor, len(entries)
    exact = (
        covered.undecided == 0
        and all(entry.single for entry in entries)
        and all(low >= floor for entry in entries for low, _ in entry.prices)
        and all(disjoint(one.prices, two.prices) for one, two in combinations(entries, 2))
    )
    where = f"normalised prices of at least {shown(floor)}" if floor else "positive prices"
    # entries proved to lie below the floor are none of those that are spoken of
    if not any(all(high >= floor for _, high in entry.prices) for entry in entries):
        words = f"the game has no {name} equilibrium with {where}"
    elif exact:
        ending = "um" if count == 1 else "a"
        words = f"the game has exactly {count} {name} equilibri{ending} with {where}"
    else:
        sets = sum(not entry.single for entry in entries)
        words = f"every {name} equilibrium with {where} is among the {count} listed"
        words += f", {sets} of which are sets" if sets else ""
    if covered.undecided:
        least = f"where some price is at most {shown(covered.least)}"
        words = f"outside {covered.undecided} undecided cells, {least}, {words}"
    return exact, words
