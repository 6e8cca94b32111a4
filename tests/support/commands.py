"""Running the command line in tests: in this process, with its two streams kept apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from folders import EXAMPLES

from harsanyi_aux.cli import app as cli

VETO = str(EXAMPLES / "veto.json")
VETO_EQUILIBRIUM = str(EXAMPLES / "veto_equilibrium.json")
FIRMS = str(EXAMPLES / "four_firms.json")


@dataclass
class Answer:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


Run = Callable[..., Answer]
Write = Callable[..., str]


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs one command on a terminal 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> Answer:
        status = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Answer(status, out, err)

    return call


def writer(folder: Path) -> Write:
    """Return a function that saves a text, or anything else as JSON, and returns the path."""

    def to_file(content: object, name: str = "file.json") -> str:
        path = folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return to_file


def game(*rows: list[Any], actions: list[int], **more: Any) -> dict[str, Any]:
    return {
        "format": "harsanyi-game",
        "version": 1,
        "actions": actions,
        "payoffs": list(rows),
        **more,
    }


def assert_refused(answer: Answer, *words: str) -> None:
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.startswith("harsanyi: ")
    assert answer.err.count("\n") == 1
    for word in words:
        assert word in answer.err
