"""Standard output holds what the command prints and nothing from the libraries it uses."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harsanyi_aux.numbers.programs import quiet_highs

_MAIN = "import sys; from harsanyi_aux.cli.app import main; sys.exit(main())"


@pytest.mark.parametrize(
    "arguments",
    [
        ["exists", "catalog:journals/ijgt/nau2004/sec4", "--concept", "coalition-perfect"],
        ["design", "--shape", "2,2,2", "--seed", "3"],
        ["design", "--shape", "2,2,2", "--seed", "3", "--integer", "40", "--limit", "50"],
    ],
)
def test_json_is_alone_on_standard_output(arguments):
    # a process of its own: libraries written in C print past sys.stdout
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, *arguments, "--json"], capture_output=True, text=True
    )
    assert done.returncode in (0, 1)
    assert isinstance(json.loads(done.stdout), dict)


def test_a_solver_is_made_without_a_word_and_standard_output_is_as_before(capfd):
    quiet_highs()
    print("after")
    assert capfd.readouterr().out == "after\n"


def test_an_exact_equilibrium_of_two_players_is_said_to_be_coalition_perfect(run, write):
    # prices (2, 1): v(0) = 2, h = 9, so a·u = (11/2, 7/2); two players have no smaller coalitions
    game = {
        "format": "harsanyi-game",
        "version": 1,
        "actions": [2, 2],
        "payoffs": [[4, 1, 0, 2], [1, 0, 1, 5]],
    }
    answer = run("solve", write(game), "--exact")
    assert "11/4" in answer.out
    assert "Division defect over all coalitions: 0 (coalition-perfect)." in answer.out
