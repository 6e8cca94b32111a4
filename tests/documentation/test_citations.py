"""Citations of the facts page lead to something there, and nothing is cited that is not public."""

from __future__ import annotations

import io
import re
import tokenize
from itertools import chain
from pathlib import Path

import pytest
from folders import ROOT

PAGE = ROOT / "docs" / "explanation" / "facts.md"
SOURCES = sorted(
    path
    for folder in ("harsanyi_aux", "harsanyi_check", "smoothing", "benchmarks", "docs", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(path for folder in ("benchmarks", "docs", "examples", "tests")
      for path in sorted((ROOT / folder).rglob("*.md"))),
]  # fmt: skip
_ONE = r'(?:[FH]\d+|Theorem \d+|"[^"]+")'
_CITATION = re.compile(rf"facts page(?:, {_ONE}(?:(?:, | and | to ){_ONE})*)?", re.IGNORECASE)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as the site and code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def remarks(path: Path) -> str:
    """Return the comments and the texts of a file in one line, without what marks them."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    kept = [t.string.lstrip("#: ") for t in tokens if t.type in (tokenize.COMMENT, tokenize.STRING)]
    return re.sub(r"\s+", " ", " ".join(kept))


def cited(text: str) -> set[str]:
    """Return the anchors that a text cites; a citation that names none is an error."""
    found = _CITATION.findall(text)
    names = [re.findall(_ONE, citation) for citation in found]
    assert all(names), f"cites no fact and no section: {found[names.index([])]}"
    return {name.strip('"').lower().replace(" ", "-") for name in chain(*names)}


ANCHORS = anchors(PAGE.read_text(encoding="utf-8"))
CITED = {path: cited(remarks(path)) for path in SOURCES if path != Path(__file__)}


def test_the_page_has_every_number():
    numbers = {f"f{k}" for k in range(1, 14)} | {f"h{k}" for k in range(1, 5)} | {"theorem-1"}
    assert numbers <= ANCHORS


def test_sources_cite_what_is_on_the_page():
    missing = {path.name: names - ANCHORS for path, names in CITED.items() if names - ANCHORS}
    assert not missing
    assert len(set().union(*CITED.values())) > 15  # the reader of citations works


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_link_to_anchors_that_exist(path: Path):
    text = path.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s]*\.md)?#([^)\s]+)\)", text):
        page = (path.parent / target) if target else path
        assert anchor in anchors(page.read_text(encoding="utf-8")), f"{target}#{anchor}"


def test_numbers_are_cited_with_their_page():
    package = [path for path in SOURCES if path.parts[len(ROOT.parts)] != "tests"]
    for path in package:
        rest = _CITATION.sub("", remarks(path))
        assert not re.search(r"\b[FH]\d{1,2}\b", rest), path


def test_nothing_cites_a_text_that_is_not_here():
    for path in [*SOURCES, *PAGES, ROOT / "pyproject.toml"]:
        if path != Path(__file__):
            assert not re.search(r"theory\s+(#:?\s+)?note", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(facts page, F3)", {"f3"}),
        ('Facts page, "Scale" and F12, for', {"scale", "f12"}),
        ("facts page, F2 to F8", {"f2", "f8"}),
        ("facts page, Theorem 1: F9", {"theorem-1"}),
    ],
)
def test_citations_are_read(text: str, names: set[str]):
    assert cited(text) == names


def test_a_citation_of_nothing_is_found_out():
    with pytest.raises(AssertionError, match="cites no fact"):
        cited("as the facts page says")
