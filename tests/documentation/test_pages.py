"""Every page keeps its word: its commands and snippets run and print what the page shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from folders import ROOT
from pages import LEFT_OUT, Session, all_commands, assert_printed, blocks, follow

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def with_blocks() -> list[Any]:
    """Return the pages that show something; those that start programs run one after the other."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        starts = any(command.endswith(" &") for command in all_commands(text))
        marks = [pytest.mark.xdist_group("serial")] if starts else []
        found += [pytest.param(page, id=name(page), marks=marks)] if blocks(text) else []
    return found


@pytest.mark.parametrize("page", with_blocks())
def test_what_the_page_shows_happens(page: Path, reader: Session):
    follow(page.read_text(encoding="utf-8"), reader)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_is_of_a_kind_that_is_checked(page: Path):
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    assert 2 * len(found) == len(re.findall(r"^ *```", text, flags=re.MULTILINE))
    for k, block in enumerate(found):
        if block.title is not None or block.language in ("console", "python"):
            continue
        if block.language == "sh":  # shown here, run elsewhere: the make targets themselves
            for line in block.text.splitlines():
                command = line.partition("#")[0].split()
                assert command[0] == "make"
                assert re.search(rf"^{command[1]}:", MAKEFILE, flags=re.MULTILINE)
        elif block.language == "text":
            assert found[k - 1].language == "python"
        else:
            # the format of certificates, which the worked examples of its own tests follow
            assert (name(page), block.language) == ("docs/certificates.md", "json")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_commands_in_running_text_exist(page: Path):
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    from harsanyi_aux.cli.app import _COMMANDS

    for command in re.findall(r"`harsanyi ([a-z]\w*)", text):
        assert command in _COMMANDS
    for target in re.findall(r"`make ([\w-]+)`", text):
        assert re.search(rf"^{target}:", MAKEFILE, flags=re.MULTILINE)
    for line in re.findall(r"`pip install ([^`]+)`", text):
        asked = re.fullmatch(r"\.|'(?:\.|harsanyi-aux)\[(\w+)\]'", line)
        assert asked, line
        assert asked[1] is None or asked[1] in EXTRAS


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_lead_to_files(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:", target):
            assert (page.parent / target).exists(), target


def test_the_pages_show_every_command():
    shown = " ".join(c for page in PAGES for c in all_commands(page.read_text(encoding="utf-8")))
    from harsanyi_aux.cli.app import _COMMANDS

    assert [c for c in _COMMANDS if f"harsanyi {c} " not in shown] == []


# -- the reader itself --------------------------------------------------------------------------


def test_lines_left_out_stand_for_any_number_of_lines():
    assert_printed("a\nb\nc\n", "a\nb\nc\n")
    assert_printed("a\nb\nc\nd\n", f"a\n{LEFT_OUT}\nd\n")
    assert_printed("a\nb\n", f"{LEFT_OUT}\nb\n")
    assert_printed("", f"{LEFT_OUT}\n")
    for shown in ("a\nb\n", f"b\n{LEFT_OUT}\n", f"a\n{LEFT_OUT}\nb\n", f"a\n{LEFT_OUT}\nx\n…\nc\n"):
        with pytest.raises(AssertionError):
            assert_printed("a\nb\nc\n", shown)


@pytest.mark.parametrize(
    "wrong",
    [
        "```console\n$ harsanyi value examples/veto.json\nnothing of the kind\n```\n",
        "```console\n$ harsanyi check examples/veto.json\n…\n```\n",
        "```console\n$ harsanyi check examples/veto.json\n$ echo $?\n1\n```\n",
        "```console\n$ false\n```\n",
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        "```python\nraise ValueError\n```\n",
    ],
)
def test_a_page_that_is_wrong_is_found_out(reader: Session, wrong: str):
    with pytest.raises((AssertionError, ValueError)):
        follow(wrong, reader)
