"""With --json standard output holds one JSON object, whatever the libraries beneath print.

They write to the file descriptor, which only a process of its own shows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize(
    "arguments",
    [
        ["exists", EXAMPLES / "gallery/exactly_two/game.json", "--concept", "coalition-perfect"],
        ["design", "--shape", "2,2,2", "--seed", "3"],
        ["design", "--shape", "2,2,2", "--seed", "3", "--integer", "12"],
    ],
)
def test_nothing_but_json(arguments):
    code = "import sys; from harsanyi_aux.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stdout.count("\n") <= 1
