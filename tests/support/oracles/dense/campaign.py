"""Random games of three players: the dense search against the lists that are proved complete.

    python -m oracles.dense.campaign OUT.jsonl [--minutes M] [--seconds S]

First all games are searched, then they are enumerated, those with several finds first. Results are
appended to the file, one game a line, and games in it are not done again. `--summary` prints them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from folders import GAMES

from harsanyi_aux import load_game, random_game
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.game.families import make_degenerate
from oracles.dense.compare import compare
from oracles.dense.search import dense_equilibria

FIRST_SEED = 500_000


@dataclass(frozen=True)
class Draw:
    """Some random games of one kind."""

    family: str
    actions: tuple[int, ...]
    count: int
    options: dict = field(default_factory=dict)
    degenerate: str | None = None

    @property
    def name(self):
        named = {key: getattr(value, "title", value) for key, value in self.options.items()}
        options = "".join(f" {key}={value}" for key, value in named.items())
        more = f", {self.degenerate}" if self.degenerate else ""
        return f"{self.family}{options} {'x'.join(map(str, self.actions))}{more}"

    def game(self, k):
        drawn = random_game(self.family, self.actions, FIRST_SEED + k, **self.options)
        if self.degenerate is None:
            return drawn
        return make_degenerate(drawn, self.degenerate, FIRST_SEED + k)


SMALL = (2, 2, 2)

#: Three equilibria; before what is owed had to lie inside the face whichever of its outcomes is
#: optimal, the box of the second was taken to hold no other, but the first is in it.
BOX_GAP = load_game(GAMES / "box_gap" / "game.json")

DRAWS = [
    Draw("uniform", SMALL, 12_000),
    Draw("integer", SMALL, 12_000),
    Draw("integer", SMALL, 1500, {"largest": 2}),
    Draw("integer", SMALL, 1500, {"largest": 4}),
    Draw("integer", SMALL, 6000, {"largest": 30}),
    Draw("normal", SMALL, 6000),
    Draw("symmetric", SMALL, 1000),
    Draw("zero-sum-plus", SMALL, 1000),
    Draw("bargaining", SMALL, 800),
    Draw("bargaining", (4, 2, 2), 200),
    Draw("covariant", SMALL, 400),
    Draw("transferable-plus", SMALL, 400),
    Draw("uniform", SMALL, 600, {}, "ties"),
    Draw("integer", SMALL, 400, {}, "duplicate-action"),
    Draw("uniform", SMALL, 200, {}, "constant-player"),
    Draw("bargaining", SMALL, 200, {}, "ties"),
    Draw("bargaining", SMALL, 200, {}, "duplicate-action"),
    Draw("bargaining", SMALL, 100, {}, "constant-player"),
    Draw("uniform", (2, 2, 3), 400),
    Draw("integer", (2, 2, 3), 400),
    Draw("uniform", (3, 3, 3), 150),
    Draw("integer", (3, 3, 3), 150),
    Draw("around", SMALL, 100, {"game": BOX_GAP, "radius": 0.005}),
    Draw("around", SMALL, 100, {"game": BOX_GAP, "radius": 0.02}),
    Draw("around", SMALL, 100, {"game": BOX_GAP, "radius": 0.05}),
]


def searched(draw, k):
    """Search one game; return what is kept of it."""
    begun = time.perf_counter()
    findings = dense_equilibria(draw.game(k))
    return {
        "draw": draw.name,
        "k": k,
        "step": "search",
        "single": sum(not find.broad for find in findings.proper),
        "broad": sum(find.broad for find in findings.proper),
        "boundary": len(findings.boundary),
        "unsettled": [find.prices.tolist() for find in findings.unsettled],
        "seconds": time.perf_counter() - begun,
    }


def compared(draw, k, seconds):
    """Search and enumerate one game and compare."""
    game = draw.game(k)
    findings = dense_equilibria(game)
    begun = time.perf_counter()
    enumeration = enumerate_equilibria(game, time_limit=seconds)
    spent = time.perf_counter() - begun
    comparison = compare(game, findings, enumeration)
    return {
        "draw": draw.name,
        "k": k,
        "step": "compare",
        "found": len(findings.proper),
        "listed": len(enumeration.proper),
        "sets": len(enumeration.sets),
        "complete": enumeration.complete,
        "missed": [[find.prices.tolist(), find.residual] for find in comparison.missed],
        "undecided": len(comparison.undecided),
        "unseen": [b.tolist() for b in comparison.unseen],
        "wrong": [[b.tolist(), residual] for b, residual in comparison.wrong],
        "crowded": [[find.prices.tolist() for find in finds] for finds in comparison.crowded],
        "seconds": spent,
    }


def in_order(draws, done):
    """Games to enumerate: first where several isolated equilibria were found, then the others."""
    places = [(draw, k) for draw in draws for k in range(draw.count)]

    def rank(place):
        draw, k = place
        search = done[draw.name, k, "search"]
        several = search["single"] > 1 or search["unsettled"]
        return (0, k) if several else (1, k / draw.count)

    return sorted(places, key=rank)


def read(path):
    """Return the results in a file by game and step."""
    lines = path.read_text().splitlines() if path.exists() else []
    results = map(json.loads, lines)
    return {(result["draw"], result["k"], result["step"]): result for result in results}


def run(path, draws, minutes, seconds):
    """Do what is not done yet, within the time."""
    end = time.monotonic() + 60 * minutes
    done = read(path)
    with path.open("a") as file:

        def append(result):
            file.write(json.dumps(result) + "\n")
            file.flush()
            done[result["draw"], result["k"], result["step"]] = result

        for draw in draws:
            for k in range(draw.count):
                if (draw.name, k, "search") not in done:
                    append(searched(draw, k))
                if time.monotonic() > end:
                    return
        for draw, k in in_order(draws, done):
            if (draw.name, k, "compare") not in done:
                append(compared(draw, k, seconds))
            if time.monotonic() > end:
                return


def summary(path):
    """Print a table of a file, one row for each kind of games."""
    groups = defaultdict(Counter)
    for (name, _, step), result in read(path).items():
        for group in (groups[name], groups["all"]):
            group[step] += 1
            if step == "search":
                group["unsettled"] += bool(result["unsettled"])
                group["search seconds"] += result["seconds"]
                group["several"] += result["single"] > 1
                group["broad"] += result["broad"] > 0
            else:
                group["incomplete"] += not result["complete"]
                group["in undecided"] += result["undecided"] > 0
                group["missed"] += len(result["missed"])
                group["wrong"] += len(result["wrong"])
                group["crowded"] += len(result["crowded"])
                group["isolated"] += result["listed"] - result["sets"]
                group["unseen"] += len(result["unseen"])
                group["seconds"] += result["seconds"]
    columns = ["search", "several", "broad", "unsettled", "compare", "incomplete", "in undecided"]
    columns += ["isolated", "missed", "wrong", "crowded", "unseen", "search seconds", "seconds"]
    print("| games | " + " | ".join(columns) + " |")
    for name, group in groups.items():
        print(f"| {name} | " + " | ".join(f"{group[column]:.6g}" for column in columns) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--seconds", type=float, default=20, help="of one enumeration")
    parser.add_argument("--summary", action="store_true")
    chosen = parser.parse_args()
    np.seterr(all="ignore")
    if chosen.summary:
        summary(chosen.path)
    else:
        run(chosen.path, DRAWS, chosen.minutes, chosen.seconds)
