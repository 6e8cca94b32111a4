"""How many equilibria do random games have: runs the campaigns and writes their summary.

Each campaign is a `harsanyi search` of one shape by enumeration, for both concepts; its store is
kept in the folder for stores, outside the repository, and continued if it is there. ``summary.csv``
has one row for each family and number of payoff vectors, with 95 % Clopper-Pearson intervals.
"""

from __future__ import annotations

import argparse
import csv
import io
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harsanyi_aux.game.files.json_files import write_text
from harsanyi_aux.search.campaign.database import reading
from harsanyi_aux.search.campaign.summary import share

FOLDER = Path(__file__).parent
SEED = 5
MOST_CELLS = 2000
#: Seconds for a game. A few games meet it, and which ones depends on the machine: they are told.
TIME_LIMIT = 60
ALL = ("uniform", "integer", "normal", "symmetric", "zero-sum-plus", "bargaining")
#: Bargaining games and symmetric games do not have this shape.
UNEQUAL = ("uniform", "integer", "normal", "zero-sum-plus")
CONCEPTS = ("coco", "coalition-perfect")
COLUMNS = ("concept", "shape", "family", "what", "number", "games", "of", "share", "low", "high")


@dataclass(frozen=True)
class Campaign:
    """Games of one shape: which families, how many of each."""

    shape: tuple[int, ...]
    families: tuple[str, ...]
    count: int

    @property
    def store(self) -> str:
        """The name of the store."""
        return f"{'x'.join(map(str, self.shape))}.db"

    def command(self, stores: Path, workers: int) -> list[str]:
        """Return the command that runs it."""
        families = [word for name in self.families for word in ("--family", name)]
        concepts = [word for name in CONCEPTS for word in ("--concept", name)]
        return [
            *("harsanyi", "search", "--shape", ",".join(map(str, self.shape)), *families),
            *("--count", str(self.count), *concepts, "--method", "enumeration"),
            *("--seed", str(SEED), "--max-cells", str(MOST_CELLS)),
            *("--time-limit", str(TIME_LIMIT), "--workers", str(workers)),
            *("--store", str(stores / self.store), "--resume"),
        ]


CAMPAIGNS = (
    Campaign((2, 2, 2), ALL, 60),
    Campaign((2, 2, 3), UNEQUAL, 40),
    Campaign((3, 3, 3), (*UNEQUAL, "symmetric"), 25),
    Campaign((2, 2, 2, 2), ALL, 20),
)


def rows_of(store: Path) -> Iterator[tuple[object, ...]]:
    """Yield the summary rows of one store; equilibria are counted where the list is complete."""
    with reading(store) as (connection, plan):
        rows = connection.execute(
            "SELECT cell, payoffs, sets, complete, reason FROM games WHERE status = 'done'"
        ).fetchall()
    numbered = sorted(enumerate(plan.cells), key=lambda pair: CONCEPTS.index(pair[1].concept))
    for number, cell in numbered:
        start = (cell.concept, "x".join(map(str, cell.shape)), cell.family.name)
        own = [row for row in rows if row[0] == number]
        whole = [row for row in own if row[3] == 1]
        yield (*start, "list proved complete", "", *numbers(len(whole), len(own)))
        continua = sum(row[2] > 0 for row in whole)
        yield (*start, "with a continuum", "", *numbers(continua, len(whole)))
        stopped = sum(row[4] != "" for row in own)
        yield (*start, "given up for time", "", *numbers(stopped, len(own)))
        for count, games in sorted(Counter(row[1] for row in whole).items()):
            yield (*start, "payoff vectors", count, *numbers(games, len(whole)))


def page(rows: list[tuple[object, ...]], commands: list[str]) -> str:
    """Return README.md: the commands, and the counts of `rows` as one line for each family."""
    groups: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        groups.setdefault(row[:3], []).append(row)
    lines = [
        "# How many equilibria do random games have?",
        "",
        "Written by `make census` from the stores of these campaigns; each game is settled by the "
        "seed, its family, its shape and its number. `summary.csv` has the same counts. "
        f"Which games are given up after {TIME_LIMIT} seconds depends on the machine and its load; "
        "with `--max-cells` alone every machine has the same rows.",
        "",
        *("    " + command for command in commands),
        "",
        "*Proved*: games whose list of proper equilibria is proved complete, of those examined. "
        "A store that was stopped early holds the first games of each family. "
        "Only proved ones are counted to the right, by their number of different payoff vectors, "
        "with 95 % Clopper-Pearson intervals for the shares.",
        "",
        "| concept | shape | family | proved | given up for time | games by payoff vectors "
        "| with a continuum |",
        "| --- | --- | --- | ---: | ---: | --- | ---: |",
    ]
    for (concept, shape, family), own in groups.items():
        if not own[0][6]:
            continue
        told = "; ".join(
            f"{row[4]}: {row[5]} ({float(str(row[8])):.1%} to {float(str(row[9])):.1%})"
            for row in own
            if row[3] == "payoff vectors"
        )
        lines.append(
            f"| {concept} | {shape} | {family} | {own[0][5]} of {own[0][6]} | {own[2][5]} "
            f"| {told or 'none'} | {own[1][5]} |"
        )
    return "\n".join(lines) + "\n"


def numbers(count: int, of: int) -> tuple[object, ...]:
    """Return count, of how many, share and interval as the table has them."""
    found = share(count, of)
    part = count / of if of else 0.0
    return count, of, f"{part:.4f}", f"{found.low:.4f}", f"{found.high:.4f}"


def main() -> None:
    """Run what is not done, then write the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=Path, default=Path("build/census"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--summary-only", action="store_true", help="of the stores that are there")
    chosen = parser.parse_args()
    chosen.stores.mkdir(parents=True, exist_ok=True)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    rows: list[tuple[object, ...]] = []
    commands = []
    program = str(Path(sys.executable).parent / "harsanyi")
    for campaign in CAMPAIGNS:
        command = campaign.command(chosen.stores, chosen.workers)
        print(shlex.join(command), flush=True)
        commands.append(shlex.join(campaign.command(Path("build/census"), 2)))
        if not chosen.summary_only:
            subprocess.run([program, *command[1:]], check=True)
        store = chosen.stores / campaign.store
        if store.exists():
            rows += rows_of(store)
    table.writerows(rows)
    write_text(FOLDER / "summary.csv", out.getvalue())
    write_text(FOLDER / "README.md", page(rows, commands))


if __name__ == "__main__":
    main()
