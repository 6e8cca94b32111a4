"""Writes README.md and the certificates of this folder: published games of three or more players.

The games are those of pygambit's catalog. For each, `exists` decides both concepts and
`enumerate_equilibria` lists the CoCo equilibria, and the coalition-perfect ones where there are
any. What the table says is what the checker confirms of the certificates.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pygambit

from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.certificates import write_certificate
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.existence import exists
from harsanyi_aux.equilibria.results import Enumeration, Existence
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.files.libraries import from_catalog
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import format_number

FOLDER = Path(__file__).parent
#: Games with a greater product of (1 + number of actions) are skipped.
LARGEST_SIZE = 1000
#: Larger certificates are not kept, in bytes.
LARGEST_FILE = 700_000
MOST_CELLS = 2000
#: Second question where the first, about all positive prices, stays undecided.
FLOOR = Fraction(1, 1000)

INTRODUCTION = f"""\
# Published games with three or more players

All games of Gambit's catalog (`pygambit.catalog.games()`) that have three or more players; games in
extensive form are reduced to strategic form. This file and the certificates are written by

    make catalog

* *CoCo equilibria*: the proper ones, and whether the list is proved complete.
* *Coalition-perfect*: `exists`, `refuted` or `undecided`; where undecided, also the answer about
  normalised prices of at least {FLOOR}. The least division defect met is in normalised units.
* *Seconds*: of one processor, for both concepts, without the replay.

A search ends after {MOST_CELLS} cells. Games with a product of (1 + number of actions) above
{LARGEST_SIZE} are skipped. Certificates are checked by `harsanyi check FILE`.
"""


@dataclass(frozen=True)
class Proof:
    """A certificate, the name of its file, what it proves, and the command that makes it."""

    file: str
    document: dict[str, Any]
    claim: str
    command: str

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(json.dumps(self.document, separators=(",", ":"))) + 1


@dataclass(frozen=True)
class Row:
    """One game's results."""

    name: str
    game: StrategicGame
    listed: Enumeration
    perfect: Existence
    perfect_listed: Enumeration | None
    above_floor: Existence | None
    proofs: tuple[Proof, ...]
    seconds: float


def names_of_games() -> list[str]:
    """Return the catalog's games of three or more players, by name."""
    names = sorted(str(name) for name in pygambit.catalog.games()["Game"])
    return [name for name in names if len(pygambit.catalog.load(name).players) >= 3]


def size_of(game: StrategicGame) -> int:
    """Return the product of (1 + number of actions)."""
    return math.prod(1 + count for count in game.actions)


def study(name: str, game: StrategicGame) -> Row:
    """Decide and list."""
    begun = time.process_time()
    coco = exists(game, concept="coco", max_cells=MOST_CELLS)
    listed = enumerate_equilibria(game, concept="coco", max_cells=MOST_CELLS)
    perfect = exists(game, concept="coalition-perfect", max_cells=MOST_CELLS)
    perfect_listed = above_floor = None
    if perfect.status == "exists":
        perfect_listed = enumerate_equilibria(
            game, concept="coalition-perfect", max_cells=MOST_CELLS
        )
    if perfect.status == "undecided":
        above_floor = exists(
            game, concept="coalition-perfect", max_cells=MOST_CELLS, price_floor=FLOOR
        )
    seconds = time.process_time() - begun
    proofs = [
        prove(name, "coco", "exists", coco),
        prove(name, "coco", "enumerate", listed),
        prove(name, "coalition-perfect", "exists", perfect),
    ]
    if perfect_listed is not None:
        proofs.append(prove(name, "coalition-perfect", "enumerate", perfect_listed))
    if above_floor is not None:
        proofs.append(prove(name, "coalition-perfect", "exists", above_floor, ".floor"))
    return Row(name, game, listed, perfect, perfect_listed, above_floor, tuple(proofs), seconds)


def prove(
    name: str, concept: Concept, command: str, result: Existence | Enumeration, suffix: str = ""
) -> Proof:
    """Replay a certificate."""
    assert result.certificate is not None  # only transferable utility has none
    floor = f" --price-floor {FLOOR}" if suffix else ""
    return Proof(
        file=f"{'-'.join(name.split('/')[-2:])}.{concept}.{command}{suffix}.json",
        document=result.certificate,
        claim=check(result.certificate).claim,
        command=f"harsanyi {command} catalog:{name} --concept {concept}{floor} --certificate FILE",
    )


# -- the table -----------------------------------------------------------------------------------


def table(rows: list[Row], skipped: list[str]) -> str:
    """Return the text of README.md."""
    lines = [
        INTRODUCTION,
        "| game | shape | CoCo equilibria | payoffs | coalition-perfect | least defect | seconds |",
        "| --- | --- | --- | --- | --- | ---: | ---: |",
    ]
    for row in rows:
        defect = row.perfect.least_defect
        cells = [
            f"{row.game.title} (`{row.name}`)",
            "×".join(map(str, row.game.actions)),
            number_of(row.listed),
            "; ".join(payoffs_of(row.listed)) or "none",
            status_of(row),
            "" if defect is None else f"{defect:.3g}",
            f"{row.seconds:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "Skipped: " + ("; ".join(skipped) or "none") + "."]
    lines += ["", "## Certificates", "", "| file | proves that |", "| --- | --- |"]
    for proof in (proof for row in rows for proof in row.proofs):
        link = f"[`{proof.file}`]({proof.file})"
        if proof.size > LARGEST_FILE:
            link = f"not kept, {proof.size / 1e6:.1f} MB: `{proof.command}`"
        lines.append(f"| {link} | {proof.claim} |")
    return "\n".join(lines) + "\n"


def status_of(row: Row) -> str:
    """Say what is known about coalition-perfect equilibria."""
    if row.perfect_listed is not None:
        return f"{row.perfect.status}: {number_of(row.perfect_listed)}"
    if row.above_floor is not None:
        return f"{row.perfect.status}; {row.above_floor.status} for prices ≥ {FLOOR}"
    return row.perfect.status


def number_of(result: Enumeration) -> str:
    """Say how many equilibria there are, and what is proved of that."""
    sets = result.sets
    points = len(result.proper) - len(sets)
    parts = [str(points)] if points or not sets else []
    for dimension in sorted({many.dimension for many in sets}):
        count = sum(many.dimension == dimension for many in sets)
        plural = "continua" if count > 1 else "continuum"
        parts.append(f"{count} {plural} of dimension {dimension}")
    if result.complete:
        return f"{' and '.join(parts)}, proved complete"
    unseen = sum(cell.reason == "not examined" for cell in result.undecided)
    counts = {"undecided": len(result.undecided) - unseen, "not examined": unseen}
    left = ", ".join(f"{count} cells {what}" for what, count in counts.items() if count)
    return f"{' and '.join(parts)}, not proved complete ({left})"


def payoffs_of(result: Enumeration) -> list[str]:
    """Return the different payoff vectors, exact where they are."""
    texts = []
    for equilibrium in result.proper:
        exact = equilibrium.payoffs.dtype == object
        numbers = [
            str(format_number(u)) if exact else f"{float(u):.6g}" for u in equilibrium.payoffs
        ]
        text = f"({', '.join(numbers)})"
        if text not in texts:
            texts.append(text)
    return texts


def main() -> None:
    """Write the table and the certificates."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    rows, skipped = [], []
    for name in names_of_games():
        game = from_catalog(name)
        if size_of(game) > LARGEST_SIZE:
            skipped.append(f"`{name}` ({'×'.join(map(str, game.actions))}, too large)")
            continue
        rows.append(study(name, game))
        print(f"{name}: {number_of(rows[-1].listed)}; {rows[-1].perfect.status}", flush=True)
    # only now, so that an interrupted run leaves the folder as it was
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for proof in (proof for row in rows for proof in row.proofs):
        if proof.size <= LARGEST_FILE:
            write_certificate(proof.document, FOLDER / proof.file)
    (FOLDER / "README.md").write_text(table(rows, skipped), encoding="utf-8")


if __name__ == "__main__":
    main()
