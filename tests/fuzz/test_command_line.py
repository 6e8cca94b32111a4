"""The command line on mutated files: one line on standard error and status 2, or an answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Answer, Run
from folders import EXAMPLES
from hypothesis import strategies as st
from mutations import budgets, contents, explore, text_of, trees

VETO = EXAMPLES / "veto.json"
GAME = json.loads(VETO.read_text())
EQUILIBRIUM = json.loads((EXAMPLES / "veto_equilibrium.json").read_text())
CERTIFICATE = json.loads((EXAMPLES / "gallery/none/refutation.certificate.json").read_text())
NFG = b'NFG 1 R "Prisoners" { "Row" "Column" } { 2 2 }\n\n3 3 5 0 0 5 1 1\n'


def is_orderly(answer: Answer, path: Path) -> None:
    """An answer with its status, or one line that names the file."""
    assert answer.status in (0, 1, 2)
    assert "Traceback" not in answer.err
    if answer.status == 2:
        assert answer.out == ""
        assert answer.err.startswith("harsanyi: ")
        assert answer.err.count("\n") == 1
        assert "internal error" not in answer.err
        assert str(path) in answer.err
    else:
        json.loads(answer.out, parse_constant=_no_json)


def _no_json(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


@budgets(60, 6_000)
def test_games(budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "g.json"

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        is_orderly(run("value", path, "--json"), path)

    explore(budget, st.one_of(trees([GAME]).map(text_of), contents([text_of(GAME)])), holds)


@budgets(40, 3_000)
def test_gambit_games(budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "g.nfg"

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        is_orderly(run("value", path, "--json"), path)

    explore(budget, contents([NFG]), holds)


@budgets(25, 1_000)
@pytest.mark.parametrize("command", ["solve", "enumerate", "exists"])
def test_solvers(command: str, budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    limits = () if command == "solve" else ("--cells", 30, "--workers", 1)
    originals = [game for game in (GAME, small()) if game]

    def holds(game: Any) -> None:
        path.write_bytes(text_of(game))
        is_orderly(run(command, path, "--json", *limits), path)

    explore(budget, trees(originals), holds)


def small() -> dict[str, Any]:
    return {
        "format": "harsanyi-game",
        "version": 1,
        "title": "small",
        "players": ["a", "b"],
        "actions": [2, 1],
        "payoffs": [[1, "1/3"], [0.25, -2]],
        "transferable": False,
    }


@budgets(60, 6_000)
def test_equilibria(budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "e.json"

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        for more in ((), ("--exact",)):
            is_orderly(run("verify", VETO, path, "--json", *more), path)

    originals = [EQUILIBRIUM, {"equilibria": [EQUILIBRIUM]}]
    explore(
        budget, st.one_of(trees(originals).map(text_of), contents([text_of(EQUILIBRIUM)])), holds
    )


@budgets(60, 6_000)
def test_certificates(budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.json"

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        is_orderly(run("check", path, "--json"), path)

    files = [text_of(CERTIFICATE)]
    explore(budget, st.one_of(trees([CERTIFICATE]).map(text_of), contents(files)), holds)


# -- files that are no texts -----------------------------------------------------------------------

COMMANDS: dict[str, Callable[[Path], tuple[object, ...]]] = {
    "game": lambda path: ("value", path),
    "equilibrium": lambda path: ("verify", VETO, path),
    "certificate": lambda path: ("check", path),
    "state": lambda path: ("enumerate", VETO, "--state", path),
    "store": lambda path: ("search", "--summary", path),
}

UNUSABLE = {
    "empty": b"",
    "blank": b" \n\t\n",
    "a mark only": b"\xef\xbb\xbf",
    "UTF-16": text_of(GAME).decode().encode("utf-16"),
    "UTF-16 without a mark": text_of(GAME).decode().encode("utf-16-le"),
    "UTF-32": text_of(GAME).decode().encode("utf-32"),
    "nulls": bytes(5000),
    "binary": bytes(range(256)) * 20,
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "not a number": b"NaN",
    "a number of many digits": b"9" * 100_000,
    "a list": b"[1, 2]",
    "a text": b'"harsanyi-game"',
    "null": b"null",
}


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_files(name: str, kind: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(UNUSABLE[name])
    answer = run(*COMMANDS[kind](path))
    assert answer.status == 2
    is_orderly(answer, path)
    assert path.read_bytes() == UNUSABLE[name]


@pytest.mark.parametrize("kind", COMMANDS)
def test_folders(kind: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "folder.json"
    path.mkdir()
    answer = run(*COMMANDS[kind](path))
    assert answer.status == 2
    is_orderly(answer, path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("kind", COMMANDS)
def test_files_without_permission(kind: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_bytes(text_of(GAME))
    path.chmod(0)
    answer = run(*COMMANDS[kind](path))
    assert answer.status == 2
    is_orderly(answer, path)


@pytest.mark.parametrize("kind", ["game", "equilibrium", "certificate", "store"])
def test_files_that_are_not_there(kind: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "absent\u2028\n.json"
    answer = run(*COMMANDS[kind](path))
    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert "absent" in answer.err
