"""The kinds of certificates and what they claim ("Common part", "Kinds", "Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .entries import Entry, read_entry
from .game import Bounds, read_game
from .reading import Item, read, shown
from .robust import Region, check_regions, disjoint
from .trees import check_tree

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
    parts = item.parts(*COMMON, *PARTS[kind], optional={"software": None})
    _, _, _, chosen, form, _, *rest, _ = parts
    concept, game = chosen.text(*NAMES), read_game(form)
    entries: Sequence[Entry | Region]
    exact, undecided, name = None, 0, NAMES[concept]
    if kind == "equilibrium":
        entries = [read_entry(rest[0], game, concept)]
        words = f"the game has a proper {name} equilibrium"
    elif kind == "distinctness":
        entries = pair = [read_entry(place, game, concept) for place in rest[0].items(2)]
        player = rest[1].index(game.n)
        check_distinct(rest[0], pair, player)
        words = f"the game has two {name} equilibria with different payoffs of player {player}"
    elif kind == "robust":
        chosen.text("coco")
        radius = rest[0].not_negative()
        entries = check_regions(rest[1], game, radius)
        apart = all(disjoint(a.payoffs, b.payoffs) for a, b in combinations(entries, 2))
        different = f"different {'payoffs' if apart else 'prices'}"
        near = f"whose payoffs differ by at most {shown(radius)} of each player's range"
        words = f"every game {near} has at least {len(entries)} CoCo equilibria with {different}"
    else:
        places = rest[3].items() if kind == "enumeration" else []
        entries = stated = [read_entry(place, game, concept) for place in places]
        floor, least = check_tree(rest, game, concept == "coalition-perfect", stated)
        undecided = len(least)
        exact = undecided == 0 and counted(stated, floor)
        words = complete(stated, exact, floor, name)
        if undecided:
            cells = f"where some price is at most {shown(max(least))}"
            words = f"outside {undecided} undecided cells, {cells}, {words}"
    prices = tuple(entry.prices for entry in entries)
    payoffs = tuple(game.in_units(entry.payoffs) for entry in entries)
    return Claim(kind, concept, words, len(entries), exact, undecided, prices, payoffs)


def check_distinct(item: Item, entries: Sequence[Entry], player: int) -> None:
    """Refuse unless these are two equilibria with different payoffs of a player."""
    single = all(entry.form in ("rational", "box") for entry in entries)
    item.need(single, "two equilibria are expected, not sets")
    one, two = (entry.payoffs[player : player + 1] for entry in entries)
    item.need(disjoint(one, two), "the player's payoffs are not shown to differ")


def counted(entries: Sequence[Entry], floor: Fraction) -> bool:
    """Tell whether the entries are different single equilibria, none of them below the floor."""
    return (
        all(entry.single for entry in entries)
        and all(low >= floor for entry in entries for low, _ in entry.prices)
        and all(disjoint(one.prices, two.prices) for one, two in combinations(entries, 2))
    )


def complete(entries: Sequence[Entry], exact: bool, floor: Fraction, name: str) -> str:
    """Say in words that a list is complete."""
    where = f"normalised prices of at least {shown(floor)}" if floor else "positive prices"
    # entries proved to lie below the floor are none of those that are spoken of
    if not any(all(high >= floor for _, high in entry.prices) for entry in entries):
        return f"the game has no {name} equilibrium with {where}"
    if exact:
        ending = "um" if len(entries) == 1 else "a"
        return f"the game has exactly {len(entries)} {name} equilibri{ending} with {where}"
    sets = sum(not entry.single for entry in entries)
    more = f", {sets} of which are sets" if sets else ""
    return f"every {name} equilibrium with {where} is among the {len(entries)} listed{more}"
