"""Writes this folder: derives every game from its recipe, proves what is said of it, checks it all.

Each example is a folder with the game, its exact equilibria, certificates, and a page. Every
equilibrium is verified in rational arithmetic and every certificate replayed before it is written;
files appear complete or not at all, and the same program writes the same files again.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from gallery_pages import Proof, page
from gallery_texts import TEXTS

from harsanyi_aux.certify.claims import Report
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.certificates import write_certificate
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.existence import exists
from harsanyi_aux.equilibria.points.statements import distinctness_statement, without_residuals
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.files.json_files import game_to_dict, load_game, write_text
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.design.design import DesignedGame, design

FOLDER = Path(__file__).parent
#: Cells of an enumeration; limits of time would make files depend on the machine.
MOST_CELLS = 3000

Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """What a folder holds: game, exact equilibria, and certificates by file name."""

    game: StrategicGame
    equilibria: tuple[Equilibrium, ...]
    documents: Documents


# -- certificates --------------------------------------------------------------------------------


def pairs(game: StrategicGame, equilibria: Sequence[Equilibrium]) -> Documents:
    """Return the distinctness certificates of all pairs with different payoffs."""
    return {
        f"distinctness-{e}-{f}.certificate.json": distinctness_statement(game, one, other)
        for (e, one), (f, other) in combinations(enumerate(equilibria), 2)
        if any(Fraction(u) != v for u, v in zip(one.payoffs, other.payoffs, strict=True))
    }


def listing(game: StrategicGame, concept: Concept) -> tuple[tuple[Equilibrium, ...], Documents]:
    """Return the exact equilibria that an enumeration finds, and its certificate if complete."""
    result = enumerate_equilibria(game, concept=concept, max_cells=MOST_CELLS)
    exact = tuple(in_whole_prices(e) for e in result.proper if e.is_exact)
    assert result.certificate is not None
    name = f"enumeration-{concept}.certificate.json"
    return exact, ({name: result.certificate} if result.complete else {})


def in_whole_prices(equilibrium: Equilibrium) -> Equilibrium:
    """Return the same exact equilibrium with coprime integers for prices; only ratios matter."""
    prices = [Fraction(p) for p in equilibrium.prices]
    common = math.lcm(*(p.denominator for p in prices))
    whole = [int(p * common) for p in prices]
    scaled = [Fraction(p, math.gcd(*whole)) for p in whole]
    return replace(equilibrium, prices=np.array(scaled, dtype=object))


def with_new(known: Sequence[Equilibrium], found: Sequence[Equilibrium]) -> tuple[Equilibrium, ...]:
    """Return the known equilibria and those found that have other payoffs."""
    kept = list(known)
    for one in found:
        if not any((one.payoffs == other.payoffs).all() for other in kept):
            kept.append(one)
    return tuple(kept)


# -- the recipes ---------------------------------------------------------------------------------


@cache
def designed(seed: int, limit: int, **options: Any) -> dict[int, DesignedGame]:
    """Return the games of a search by the number of the structure they came from."""
    result = design(**options, rng=seed, limit=limit, count=10**6)
    return {game.tried: game for game in result.games}


def from_design(tried: int, seed: int, *, limit: int | None = None, **options: Any) -> Example:
    """Return the game that a search of one seed finds at a structure, with its certificates."""
    return with_certificates(designed(seed, limit or tried, **options)[tried])


def with_certificates(found: DesignedGame) -> Example:
    """Return a designed game with its certificates."""
    others, documents = listing(found.game, found.equilibria[0].concept)
    equilibria = with_new(found.equilibria, others)
    return Example(found.game, equilibria, {**pairs(found.game, equilibria), **documents})


def prescribed(title: str, **options: Any) -> Example:
    """Return the game that a design with given prices and strategies has."""
    (found,) = design(**options).games
    game = StrategicGame.from_arrays(*found.game.fractions, title=title)
    return with_certificates(replace(found, game=game))


def of_three(title: str, rows: Sequence[Sequence[int]]) -> StrategicGame:
    """Return the 2x2x2 game with the given payoffs by players."""
    payoffs = (np.array(row, dtype=object).reshape(2, 2, 2) for row in rows)
    return StrategicGame.from_arrays(*payoffs, title=title)


def listed(title: str, rows: Sequence[Sequence[int]]) -> Example:
    """Return a 2x2x2 game with its complete list of CoCo equilibria."""
    game = of_three(title, rows)
    equilibria, documents = listing(game, "coco")
    assert documents
    return Example(game, equilibria, documents)


def refuted(game: StrategicGame) -> Example:
    """Return the example of a game that has no coalition-perfect equilibrium."""
    answer = exists(game, concept="coalition-perfect", max_cells=MOST_CELLS)
    assert answer.status == "refuted"
    assert answer.certificate is not None
    _, documents = listing(game, "coco")
    return Example(game, (), {"refutation.certificate.json": answer.certificate, **documents})


def robust(shape: tuple[int, ...], *, tries: int, steps: int, seed: int) -> Example:
    """Return a game with its ball of games that all have several CoCo equilibria."""
    from harsanyi_aux.search.robust.examples import find_robust

    found = find_robust(shape, at_least=2, tries=tries, steps=steps, rng=seed)
    assert found is not None
    equilibria, documents = listing(found.game, "coco")
    return Example(
        found.game, equilibria, {"robust.certificate.json": found.certificate, **documents}
    )


QUARTER = Fraction(1, 4)
#: Threats, and what all agree on, in the smallest example; found by a local search over structures.
SMALLEST: dict[tuple[int, ...], Any] = {
    (0,): [3 * QUARTER, QUARTER],
    (1,): (1,),
    (2,): (1,),
    (0, 1): (0, 1),
    (0, 2): (1, 1),
    (1, 2): (0, 0),
    (0, 1, 2): [[[3 * QUARTER, 0], [0, 0]], [[QUARTER, 0], [0, 0]]],
}

#: What a local search for a large division defect ended with, by players.
FAR = (
    (0, 3, 4, 4, 0, 3, 1, 2),
    (3, 4, 1, 4, 1, 4, 1, 4),
    (1, 4, 0, 0, 1, 1, 4, 0),
)

#: Payoffs of random numbers, rounded to integers from 0 to 9, by players.
CURVED = (
    (0, 3, 9, 1, 5, 6, 8, 7),
    (4, 2, 5, 5, 4, 7, 6, 8),
    (1, 5, 8, 2, 2, 5, 1, 7),
)

RECIPES: dict[str, Callable[[], Example]] = {
    "two_smallest": lambda: prescribed(
        "A safe action",
        shape=(2, 2, 2),
        integer=2,
        symmetric="swap",
        prices=((1, 2, 1),),
        strategies=(SMALLEST,),
    ),
    "exactly_two": lambda: from_design(9855, 1, shape=(2, 2, 2), integer=40),
    "continuum": lambda: from_design(2707, 1, limit=9855, shape=(2, 2, 2), integer=40),
    "exactly_three": lambda: from_design(
        986, 2, limit=1425, shape=(3, 3, 3), equilibria=3, integer=60, symmetric="cyclic"
    ),
    "exactly_four": lambda: from_design(
        1425, 2, shape=(3, 3, 3), equilibria=3, integer=60, symmetric="cyclic"
    ),
    "strict_threats": lambda: from_design(4, 1, shape=(3, 3, 3), integer=60, objective="both"),
    "four_players": lambda: from_design(2026, 1, shape=(2, 2, 2, 2), integer=60),
    "curve": lambda: listed("A curve of CoCo equilibria", CURVED),
    "robust_coco": lambda: robust((2, 2, 2), tries=2, steps=40, seed=6),
    "none": lambda: refuted(load_game(FOLDER.parent / "no_coalition_perfect.json")),
    "large_defect": lambda: refuted(of_three("Far from any coalition-perfect equilibrium", FAR)),
}


# -- files ---------------------------------------------------------------------------------------


def make(name: str) -> None:
    """Derive one example, check it and write its folder."""
    example = RECIPES[name]()
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    files: dict[str, str] = {"game.json": as_text(game_to_dict(example.game))}
    for number, equilibrium in enumerate(example.equilibria):
        assert verify(example.game, equilibrium, exact=True).valid, f"{name}, {number}"
        files[f"equilibrium-{number}.json"] = as_text(without_residuals(equilibrium))
    for document in example.documents.values():
        check(document)
    for file, text in files.items():
        write_text(folder / file, text)
    for file, document in example.documents.items():
        write_certificate(document, folder / file)
    for path in folder.iterdir():
        if path.name not in {*files, *example.documents, "README.md"}:
            path.unlink()
    write_text(folder / "README.md", page_of(folder))


def as_text(data: dict[str, Any]) -> str:
    """Return JSON with one line for each key."""
    rows = (f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in data.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def page_of(folder: Path) -> str:
    """Return the page of an example, computed from the files in its folder alone."""
    from harsanyi_aux.certify.reading.document import read
    from harsanyi_aux.game.equilibrium import equilibrium_from_dict
    from harsanyi_aux.game.files.json_files import read_json

    game = load_game(folder / "game.json")
    equilibria = [
        (file.name, equilibrium_from_dict(read_json(file), game))
        for file in sorted(folder.glob("equilibrium-*.json"))
    ]
    proofs = [
        Proof(file.name, claim_of(check(read(file))))
        for file in sorted(folder.glob("*.certificate.json"))
    ]
    text = TEXTS[folder.name]
    return page(text.title, text.prose, game, equilibria, proofs, text.recipe)


def claim_of(report: Report) -> str:
    """Return what a certificate proves, with the dimensions of continua."""
    if not any(one.dimension for one in report.statements):
        return report.claim
    told = (
        f"payoffs ({', '.join(str(low) for low, _ in one.payoffs)}), dimension "
        f"{'at least ' if one.form == 'level' else ''}{one.dimension}"
        for one in report.statements
    )
    return f"{report.claim}: {'; '.join(told)}"


def main() -> None:
    """Make the examples named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="examples; all by default")
    for name in parser.parse_args().names or RECIPES:
        begun = time.perf_counter()
        make(name)
        print(f"{name}: {time.perf_counter() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main()
