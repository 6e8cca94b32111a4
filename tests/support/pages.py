"""Pages as scripts: what the fenced blocks of a Markdown page ask for, and doing it.

A block is ``console`` (commands after ``$``, with what they print), ``python`` (all of a page in
one namespace; a ``text`` block right after it is what it prints), a file to be saved (any language,
with ``title="NAME"``), or ``sh`` (commands that another test or make target runs). In printed text
a line ``…`` stands for lines that the page leaves out.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from harsanyi_aux.cli import app as cli

_FENCE = re.compile(
    r'^(?P<indent> *)```(?P<language>[\w-]*)(?: title="(?P<title>[^"]+)")?\n'
    r"(?P<text>.*?)^(?P=indent)```$",
    flags=re.MULTILINE | re.DOTALL,
)
# rounding errors differ between processors, and so may the name of the player who suffers most,
# the number of cells and the widths that were proved; seconds always differ
_VARIES = re.compile(
    r"^Residuals:|^Largest regret|cells examined;|^Replayed exactly in|e-3\d|^Cells:"
)
LEFT_OUT = "…"


@dataclass(frozen=True)
class Block:
    language: str
    title: str | None
    text: str


@dataclass
class Session:
    """What a reader who follows a page has done so far, in the current folder."""

    read_output: Callable[[], str]  # what has been printed since the last call
    names: dict[str, Any] = field(default_factory=dict)
    background: list[subprocess.Popen[bytes]] = field(default_factory=list)


def blocks(text: str, language: str | None = None) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found = []
    for match in _FENCE.finditer(text):
        lines = match["text"].splitlines(keepends=True)
        body = "".join(line.removeprefix(match["indent"]) for line in lines)
        found.append(Block(match["language"], match["title"], body))
    return [block for block in found if language in (None, block.language)]


def commands(block: Block) -> list[tuple[str, str]]:
    """Return every command of a console block with the output printed below it."""
    entries = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (e.partition("\n") for e in entries)]


def all_commands(text: str) -> list[str]:
    return [command for block in blocks(text, "console") for command, _ in commands(block)]


def follow(text: str, session: Session) -> None:
    """Do everything that a page shows, in order, and compare what is printed."""
    found = blocks(text)
    for block, after in pairwise([*found, Block("", None, "")]):
        if block.title is not None:
            Path(block.title).parent.mkdir(parents=True, exist_ok=True)
            Path(block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            _run_console(block, session)
        elif block.language == "python":
            printed = _run_python(block.text, session)
            if after.language == "text":
                assert_printed(printed, after.text)


def _run_console(block: Block, session: Session) -> None:
    listed = commands(block)
    assert listed, f"a console block without a command: {block.text}"
    status = 0
    for (command, output), (following, told) in pairwise([*listed, ("", "")]):
        if command == "echo $?":
            assert output.strip() == str(status)
            continue
        allowed = int(told) if following == "echo $?" else 0
        status = _run(command, session)
        printed = session.read_output()
        assert status == allowed, f"{command}: status {status}\n{printed}"
        if output:
            assert_printed(printed, output)


def _run(command: str, session: Session) -> int:
    if command.startswith("harsanyi ") and not re.search(r"[|<>&;`$*]", command):
        return cli.main(shlex.split(command)[1:])
    if command.endswith(" &"):
        started = subprocess.Popen(
            shlex.split(command[:-2]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        session.background.append(started)
        return 0
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    print(done.stdout, end="")
    return done.returncode


def _run_python(snippet: str, session: Session) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet, "page", "exec"), session.names)
    return printed.getvalue()


def assert_printed(printed: str, shown: str) -> None:
    """Compare line by line, but for lines that vary and lines that the page leaves out."""
    lines, pieces = _comparable(printed), _split(_comparable(shown))
    first, last = pieces[0], pieces[-1]
    assert lines[: len(first)] == first
    if len(pieces) == 1:
        assert lines == first
        return
    assert lines[len(lines) - len(last) :] == last
    position = len(first)
    for piece in pieces[1:]:
        starts = range(position, len(lines) - len(piece) + 1)
        at = next((k for k in starts if lines[k : k + len(piece)] == piece), None)
        assert at is not None, f"not printed: {piece}\nprinted: {lines[position:]}"
        position = at + len(piece)


def _comparable(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines() if not _VARIES.search(line)]


def _split(lines: list[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


@contextlib.contextmanager
def ended(session: Session) -> Iterator[Session]:
    """End the programs that a page started in the background, by their own handles."""
    try:
        yield session
    finally:
        for process in reversed(session.background):
            process.terminate()
        for process in session.background:
            process.wait()
