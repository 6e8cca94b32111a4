"""The kinds of certificates and what they claim ("Common part", "Kinds", "Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from .entries import Entry, read_entry
from .game import Bounds, Game, read_game
from .reading import Item, read
from .robust import Region, check_regions, disjoint
from .trees import Tree

COMMON = ("format", "version", "kind", "concept", "game", "sha256")
NAMES = {"coco": "CoCo", "coalition-perfect": "coalition-perfect"}
PARTS = {
    "equilibrium": ("equilibrium",),
    "distinctness": ("equilibria", "player"),
    "refutation": ("price_floor", "vertices", "nodes"),
    "enumeration": ("price_floor", "vertices", "nodes", "equilibria"),
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
    fields = item.fields(*COMMON, *PARTS[kind], optional={"software": None})
    concept = fields["concept"].text(*NAMES)
    game = read_game(fields["game"])
    entries: Sequence[Entry | Region]
    exact, undecided, name = None, 0, NAMES[concept]
    if kind == "equilibrium":
        entries = [read_entry(fields["equilibrium"], game, concept)]
        words = f"the game has a proper {name} equilibrium"
    elif kind == "distinctness":
        entries, words = distinctness(fields, game, concept)
    elif kind == "robust":
        entries, words = robust(fields, game)
    else:
        places = fields["equilibria"].items() if kind == "enumeration" else []
        entries = stated = [read_entry(place, game, concept) for place in places]
        covered = Tree(fields, game, concept == "coalition-perfect", stated).walk()
        undecided = covered.undecided
        exact = undecided == 0 and counted(stated, covered.floor)
        where = "normalised prices of at least " + str(covered.floor)
        where = where if covered.floor else "positive prices"
        # those proved to lie below the floor are none of those that are spoken of
        reach = [e for e in stated if all(high >= covered.floor for _, high in e.prices)]
        words = complete(stated if reach else [], exact, name, where)
        if undecided:
            cells = f"{undecided} undecided cells, where some price is at most {covered.least}"
            words = f"outside {cells}, {words}"
    prices, payoffs = [e.prices for e in entries], [e.payoffs for e in entries]
    return Claim(
        kind, concept, words, len(entries), exact, undecided, tuple(prices), tuple(payoffs)
    )


def complete(entries: Sequence[Entry], exact: bool, name: str, where: str) -> str:
    """Say in words that a list is complete."""
    if exact and entries:
        ending = "um" if len(entries) == 1 else "a"
        return f"the game has exactly {len(entries)} {name} equilibri{ending} with {where}"
    if not entries:
        return f"the game has no {name} equilibrium with {where}"
    sets = sum(not entry.single for entry in entries)
    return f"every {name} equilibrium with {where} is among the {len(entries)} listed" + (
        f", {sets} of which are sets" if sets else ""
    )


def counted(entries: Sequence[Entry], floor: Fraction) -> bool:
    """Tell whether the entries are different single equilibria, none of them below the floor."""
    return (
        all(entry.single for entry in entries)
        and all(low >= floor for entry in entries for low, _ in entry.prices)
        and all(disjoint(one.prices, two.prices) for one, two in combinations(entries, 2))
    )


def distinctness(fields: dict[str, Item], game: Game, concept: str) -> tuple[list[Entry], str]:
    """Check two equilibria with different payoffs of a player."""
    entries = [read_entry(place, game, concept) for place in fields["equilibria"].items(2)]
    single = all(entry.form in ("rational", "box") for entry in entries)
    fields["equilibria"].need(single, "two equilibria are expected, not sets")
    player = fields["player"].index(game.n)
    one, two = (entry.payoffs[player : player + 1] for entry in entries)
    fields["equilibria"].need(disjoint(one, two), "the player's payoffs are not shown to differ")
    words = (
        f"the game has two {NAMES[concept]} equilibria with different payoffs of player {player}"
    )
    return entries, words


def robust(fields: dict[str, Item], game: Game) -> tuple[list[Region], str]:
    """Check equilibria of all games near one."""
    fields["concept"].text("coco")
    radius = fields["radius"].not_negative()
    regions = check_regions(fields["equilibria"], game, radius)
    distinct = all(disjoint(a.payoffs, b.payoffs) for a, b in combinations(regions, 2))
    words = (
        f"every game whose payoffs differ by at most {radius} of each player's range has at least "
        f"{len(regions)} CoCo equilibria with different {'payoffs' if distinct else 'prices'}"
    )
    return [replace(region, payoffs=game.in_units(region.payoffs)) for region in regions], words
