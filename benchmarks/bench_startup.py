"""Start-up: ``harsanyi --help`` and ``import harsanyi_aux`` against the import of peers.

Every way is a process of its own, timed on the clock from its start to its end, the interpreter
included. Ways take turns in a random order within each round, after a round that is not counted, in
which bytecode is written and files come into the system's cache. Because names are loaded where
they are first used, the import of the package alone says little: the import of `solve`, with all
that it needs, is what compares to the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench_threats import machine

SEED = 20261126


def ways() -> dict[str, list[str]]:
    """Return the commands by name."""
    code = {
        "python alone": "pass",
        "import numpy": "import numpy",
        "import harsanyi_aux": "import harsanyi_aux",
        "from harsanyi_aux import solve": "from harsanyi_aux import solve",
        "import pygambit": "import pygambit",
        "import nashpy": "import nashpy",
        "import quantecon": "import quantecon",
    }
    program = Path(sys.executable).with_name("harsanyi")
    return {
        **{name: [sys.executable, "-c", text] for name, text in code.items()},
        "harsanyi --help": [str(program), "--help"],
    }


def seconds(command: list[str]) -> float:
    """Return how long a process takes from its start to its end."""
    # without bytecode every start would compile the package
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=variables)
    return time.perf_counter() - begun


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every way in every round but the first."""
    commands = ways()
    times: dict[str, list[float]] = {name: [] for name in commands}
    order = list(commands)
    rng = random.Random(SEED)
    for counted in [False] + [True] * rounds:
        rng.shuffle(order)
        for name in order:
            taken = seconds(commands[name])
            if counted:
                times[name].append(taken)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="write all times, in seconds, to this file")
    options = parser.parse_args()
    rounds = 3 if options.quick else options.rounds
    print(machine())
    times = measure(rounds)
    print(f"\nseconds of {rounds} processes each")
    print(f"{'':32}{'median':>8}{'least':>8}")
    for name, taken in times.items():
        print(f"{name:32}{median(taken):8.3f}{min(taken):8.3f}")
    if options.json:
        found = {"machine": machine(), "seconds": times}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
