"""The README keeps its word: one screen, its files exist, its demo answers."""

from __future__ import annotations

import re
import shlex

from folders import ROOT
from pages import all_commands, blocks

from harsanyi_aux.cli import app as cli

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_readme_is_one_screen_and_shows_the_two_commands():
    assert len(README.splitlines()) <= 80
    lines = blocks(README, "sh")[0].text.splitlines()
    assert [line.partition("#")[0].strip() for line in lines] == ["make demo", "make test"]
    for target in ("demo", "test"):
        assert re.search(rf"^{target}:", MAKEFILE, flags=re.MULTILINE)
    assert all_commands(README)


def test_the_demo_answers_for_the_games_it_names(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    demos = re.findall(r"^\t\$\(BIN\)/harsanyi (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert len(demos) == 3
    for line in demos:
        # make stops at any status but 0, so the negative answer must be allowed there
        command, _, allowed = line.partition(" || ")
        arguments = shlex.split(command)
        negative = arguments[:2] == ["exists", "examples/no_coalition_perfect.json"]
        assert cli.main(arguments) == (1 if negative else 0)
        assert allowed == ("test $$? = 1" if negative else "")
        expected = "exists: proved" if negative else "Proper CoCo equilibrium"
        assert expected in capsys.readouterr().out
