"""The kinds of certificates and what they claim ("Common part", "Kinds", "Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .entries import Bounds, Entry, read_entry
from .game import Game, read_game
from .reading import Item, read
from .robust import check_regions, payoffs_differ
from .trees import check_tree

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
    common = ("format", "version", "kind", "concept", "software", "game", "sha256")
    fields = item.fields(*common, *PARTS[kind])
    concept = fields["concept"].text(*NAMES)
    fields["software"].text()
    game = read_game(fields["game"])
    if kind == "robust":
        return robust(fields, game, concept)
    if kind == "distinctness":
        return distinctness(fields, game, concept)
    name = NAMES[concept]
    if kind == "equilibrium":
        entry = read_entry(fields["equilibrium"], game, concept)
        return claim(kind, concept, f"the game has a proper {name} equilibrium", [entry])
    if kind == "refutation":
        covered = check_tree(fields, game, concept, None)
        words = f"the game has no {name} equilibrium with {_prices(covered.floor)}"
        return claim(kind, concept, words, [], exact=True)
    return enumeration(fields, game, concept)


def claim(
    kind: str,
    concept: str,
    words: str,
    entries: Sequence[Entry],
    exact: bool | None = None,
    undecided: int = 0,
) -> Claim:
    """Return a claim about entries."""
    return Claim(
        kind,
        concept,
        words,
        len(entries),
        exact,
        undecided,
        tuple(entry.prices for entry in entries),
        tuple(entry.payoffs for entry in entries),
    )


def _prices(floor: Fraction) -> str:
    if floor == 0:
        return "positive prices"
    return f"normalised prices of at least {floor}"


def disjoint(one: Bounds, two: Bounds) -> bool:
    """Tell whether intervals are disjoint in some coordinate."""
    return any(a[1] < b[0] or b[1] < a[0] for a, b in zip(one, two, strict=True))


def distinctness(fields: dict[str, Item], game: Game, concept: str) -> Claim:
    """Check two equilibria with different payoffs of a player."""
    entries = []
    for place in fields["equilibria"].items(2):
        entries.append(read_entry(place, game, concept))
        place.need(entries[-1].form in ("rational", "box"), "an equilibrium is expected, not a set")
    player = fields["player"].index(game.n)
    one, two = (entry.payoffs[player : player + 1] for entry in entries)
    fields["equilibria"].need(disjoint(one, two), "the player's payoffs are not shown to differ")
    words = f"the game has two {NAMES[concept]} equilibria with different payoffs of player {player}"
    return claim("distinctness", concept, words, entries)


def enumeration(fields: dict[str, Item], game: Game, concept: str) -> Claim:
    """Check a list of all equilibria."""
    entries = [read_entry(place, game, concept) for place in fields["equilibria"].items()]
    covered = check_tree(fields, game, concept, entries)
    exact = (
        covered.undecided == 0
        and all(entry.single for entry in entries)
        and all(low >= covered.floor for entry in entries for low, _ in entry.prices)
        and all(
            disjoint(one.prices, two.prices) for k, two in enumerate(entries) for one in entries[:k]
        )
    )
    name, sets = NAMES[concept], sum(not entry.single for entry in entries)
    listed = f"{len(entries)} listed" + (f" ({sets} of them sets)" if sets else "")
    words = (
        f"the game has exactly {len(entries)} {name} equilibria with {_prices(covered.floor)}"
        if exact
        else f"every {name} equilibrium with {_prices(covered.floor)} is among the {listed}"
    )
    if covered.undecided:
        words += (
            f", or in one of {covered.undecided} undecided cells, "
            f"where some price is at most {covered.least}"
        )
    return claim("enumeration", concept, words, entries, exact, covered.undecided)


def robust(fields: dict[str, Item], game: Game, concept: str) -> Claim:
    """Check equilibria of all games near one."""
    fields["concept"].text("coco")
    radius = fields["radius"].number()
    fields["radius"].need(radius >= 0, "the radius is negative")
    regions = check_regions(fields["equilibria"], game, radius)
    distinct = all(payoffs_differ(a, b) for k, b in enumerate(regions) for a in regions[:k])
    words = (
        f"every game whose payoffs differ by at most {radius} of each player's range has at least "
        f"{len(regions)} CoCo equilibria with different {'payoffs' if distinct else 'prices'}"
    )
    return Claim(
        "robust",
        concept,
        words,
        len(regions),
        None,
        0,
        tuple(region.prices for region in regions),
        tuple(
            tuple(
                (game.in_units(i, low), game.in_units(i, high))
                for i, (low, high) in enumerate(region.payoffs)
            )
            for region in regions
        ),
    )
