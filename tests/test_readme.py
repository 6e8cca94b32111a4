"""The README keeps its word: its commands and its Python run and print what it says they print."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from harsanyi_aux import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# rounding errors differ between processors, and so may the name of the player who suffers most,
# the number of cells and the widths that were proved; seconds always differ
_VARIES = re.compile(
    r"^Residuals:|^Largest regret|cells examined;|^Replayed exactly in|e-3\d|^Cells:"
)
# commands whose answer is no
_NEGATIVE = ("exists examples/no_coalition_perfect.json",)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Return every console command with the output printed below it."""
    found = []
    for block in blocks("console"):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            found.append((command, output))
    return found


def comparable(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if not _VARIES.search(line)]


def expected_status(arguments: list[str]) -> int:
    return 1 if " ".join(arguments).startswith(_NEGATIVE) else 0


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_the_commands_run_and_print_what_the_readme_shows(capsys):
    assert len(commands()) >= 4
    for command, output in commands():
        program, *arguments = shlex.split(command)
        assert program == "harsanyi"
        assert cli.main(arguments) == expected_status(arguments), command
        printed = capsys.readouterr().out
        if output:
            assert comparable(printed) == comparable(output)


@pytest.mark.usefixtures("checkout")
def test_the_python_snippet_prints_what_the_readme_shows():
    (snippet,) = blocks("python")
    (output,) = blocks("text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet, "README.md", "exec"), {})
    assert printed.getvalue() == output


def test_the_demo_answers_for_the_games_it_names(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    demos = re.findall(r"^\t\$\(BIN\)/harsanyi (.*)$", makefile, flags=re.MULTILINE)
    assert len(demos) == 3
    for line in demos:
        # make stops at any status but 0, so the negative answer must be allowed there
        command, _, allowed = line.partition(" || ")
        arguments = shlex.split(command)
        assert cli.main(arguments) == expected_status(arguments)
        assert allowed == ("test $$? = 1" if expected_status(arguments) else "")
        expected = "exists: proved" if arguments[0] == "exists" else "Proper CoCo equilibrium"
        assert expected in capsys.readouterr().out


def test_the_files_the_readme_names_exist():
    for target in ("demo", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    for name in re.findall(r"\]\(([\w./]+)\)", README):
        assert (ROOT / name).is_file(), name
    (install,) = blocks("sh")
    assert install == "pip install -c constraints.txt .\n"
    assert (ROOT / "constraints.txt").is_file()
