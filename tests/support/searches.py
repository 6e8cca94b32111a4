"""Games for the tests of ``enumerate`` and ``exists``, and searches in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from commands import game

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.game.files.json_files import game_to_dict

#: Three players share (3, 0, 0), (0, 3, 0) or (0, 0, 6); anyone can veto, which leaves all with 0.
#: On u_0 / 3 + u_1 / 3 + u_2 / 6 = 1 the product u_0 u_1 u_2 is largest at (1, 1, 2): that is the
#: only equilibrium (facts page, F3). Threats are vetoes, so that coalitions of two have no
#: dividends: it is coalition-perfect.
SPLIT = game_to_dict(StrategicGame.from_bargaining([[3, 0, 0], [0, 3, 0], [0, 0, 6]], [0, 0, 0]))

#: Facts page, F7: player 1 alone chooses between (0, 0) and (1, 0); no proper equilibrium.
GIFT = game([0, 1], [0, 0], actions=[1, 2])

#: Designed (facts page, "Design"): coalition-perfect equilibria that pay (55, 1846, 923) and
#: (0, 1729, 1064).
TWO = game(
    [55, 112, 0, 0, 21, 133, 0, 0],
    [1846, 273, 1729, 1729, 336, 0, 2017, 133],
    [923, 168, 1064, 1064, 0, 0, 872, 0],
    actions=[2, 2, 2],
)

# As a terminal starts it: what a shell puts in the background ignores Ctrl-C. Saves the search
# after every cell, which costs too much for real use, and never comes to an end: a signal is in
# time whenever it is sent.
_DRIVER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import harsanyi_aux.equilibria.enumeration as search
from harsanyi_aux.cli.app import main
from harsanyi_aux.equilibria.cells.grow import Subdivision
search.SAVE_EVERY = 0.0
examine = Subdivision._examine
def examine_some(subdivision, node):
    while subdivision.counts.examined >= 25:
        time.sleep(60)
    return examine(subdivision, node)
Subdivision._examine = examine_some
sys.exit(main(sys.argv[1:]))
"""


def random_file(folder: Path, shape: tuple[int, ...], seed: int = 0) -> Path:
    """Write a random game with integer payoffs."""
    file = folder / f"{'x'.join(map(str, shape))}.json"
    file.write_text(json.dumps(game_to_dict(random_game("integer", shape, seed))))
    return file


def stopped(signal: int, state: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Start the program, send it a signal as soon as it has saved some cells, and wait."""
    process = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, *map(str, arguments), "--state", str(state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and examined(state) < 3:
        time.sleep(0.02)
    process.send_signal(signal)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def examined(state: Path) -> int:
    """Return how many cells a saved search has examined."""
    return json.loads(state.read_text())["examined"] if state.exists() else 0
