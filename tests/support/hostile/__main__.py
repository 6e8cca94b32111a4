"""Campaigns: ``python -m hostile design|attack|enumerate …``; what is done is not done again.

design FORM COUNT CASES     games of a form, one a line
attack CASES RESULTS        false certificates about every game
enumerate CASES RESULTS     lists of equilibria, compared with those known
table RESULTS …             games, misses and undecided ones by form
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harsanyi_aux
from harsanyi_aux import enumerate_equilibria
from hostile.attacks import attack
from hostile.cases import from_dict, to_dict
from hostile.forms import design
from hostile.judge import judge, shows
from hostile.sketch import Case


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def _append(path: Path, data: dict[str, Any]) -> None:
    with path.open("a") as file:
        file.write(json.dumps(data) + "\n")


def run_design(form: str, count: int, path: Path) -> None:
    done = {line["seed"] for line in _lines(path)}
    for seed in range(count):
        if seed not in done:
            case = design(form, seed)
            if case is not None:
                _append(path, {"seed": seed, "name": form, **to_dict(case)})


def _todo(cases: Path, results: Path, count: int) -> Iterator[tuple[dict[str, Any], Case]]:
    done = {line["seed"] for line in _lines(results)}
    for line in _lines(cases)[:count]:
        if line["seed"] not in done:
            yield line, from_dict(line)


def run_attack(cases: Path, results: Path, count: int) -> None:
    for line, case in _todo(cases, results, count):
        tally = attack(case, line["seed"])
        _append(
            results,
            {
                "seed": line["seed"],
                "name": line["name"],
                "variant": case.variant,
                "tried": tally.tried,
                "true": tally.accepted,
                "kinds": dict(tally.kinds),
                "false": tally.false,
                "reached": {
                    "outward": tally.outward,
                    "edge": tally.edges,
                    "emptied": tally.emptied,
                },
            },
        )


def run_enumerate(cases: Path, results: Path, count: int, seconds: float) -> None:
    for line, case in _todo(cases, results, count):
        begun = time.perf_counter()
        found = enumerate_equilibria(
            case.game,
            concept=case.concept,
            price_floor=case.floor,
            time_limit=seconds,
            starts=1,
        )
        assert found.certificate is not None
        verdicts = judge(case, found.certificate)
        _append(
            results,
            {
                "seed": line["seed"],
                "name": line["name"],
                "variant": case.variant,
                "complete": found.complete,
                "listed": len(found.certificate["equilibria"]),
                "found": [verdict.found for verdict in verdicts],
                "false leaves": [list(verdict.false) for verdict in verdicts],
                "miss": any(
                    verdict.is_miss or (verdict.found == "listed" and not shows(case, known, found))
                    for verdict, known in zip(verdicts, case.known, strict=True)
                ),
                "seconds": time.perf_counter() - begun,
            },
        )


def table(paths: list[Path]) -> None:
    rows: dict[str, Counter[str]] = {}
    reached: dict[str, list[float]] = {}
    for path in paths:
        for line in _lines(path):
            row = rows.setdefault(line["name"], Counter())
            row["games"] += 1
            if "tried" in line:
                row["certificates"] += line["tried"]
                row["true accepted"] += line["true"]
                row["false accepted"] += len(line["false"])
                row["games with a false one"] += bool(line["false"])
                row["true regions"] += line["kinds"].get("true, true", 0)
                for kind, shares in line.get("reached", {}).items():
                    reached.setdefault(kind, []).extend(shares)
            else:
                row["misses"] += line["miss"]
                row["complete"] += line["complete"]
                row["known undecided"] += "undecided" in line["found"]
                row["known"] += len(line["found"])
    for name, row in rows.items():
        print(name, dict(row))
    for kind, shares in reached.items():
        # the largest radius accepted, as a share of the least found that must be refused
        shares = sorted(share for share in shares if share)
        if shares:
            near = sum(share >= 0.9 for share in shares)
            print(
                f"{kind}: {len(shares)}, median {shares[len(shares) // 2]:.2f}, {near} from 0.9,",
                end=" ",
            )
            print(f"largest {shares[-1]}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="hostile", description=__doc__)
    parser.add_argument("what", choices=["design", "attack", "enumerate", "table"])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--count", type=int, default=10**9, help="games at most")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each list")
    given = parser.parse_args()
    print(harsanyi_aux.__file__, file=sys.stderr)
    if given.what == "design":
        form, count, path = given.paths
        run_design(form, int(count), Path(path))
    elif given.what == "table":
        table([Path(path) for path in given.paths])
    elif given.what == "attack":
        run_attack(*map(Path, given.paths), given.count)
    else:
        run_enumerate(*map(Path, given.paths), given.count, given.seconds)


if __name__ == "__main__":
    main()
