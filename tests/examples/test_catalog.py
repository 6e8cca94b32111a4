"""The table of published games in examples/catalog: its certificates prove what it says."""

from __future__ import annotations

import pytest
from folders import EXAMPLES

from harsanyi_aux.certify.reading.document import read
from harsanyi_aux.certify.replay import check
from harsanyi_aux.game.files.json_files import game_from_dict
from harsanyi_aux.game.files.libraries import from_catalog

FOLDER = EXAMPLES / "catalog"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
FILES = sorted(FOLDER.glob("*.json"))
SMALL = 60_000  # bytes; these are replayed in a moment
SECTION = "## Certificates"


def table_of(text):
    """Cells of the rows below the header of a table in Markdown."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


GAMES = table_of(TEXT.split(SECTION)[0])
CLAIMS = table_of(TEXT.split(SECTION)[1])


def row_of(document):
    """The row about a certificate's game."""
    (row,) = [row for row in GAMES if row[0].startswith(document["game"]["title"])]
    return row


def test_every_certificate_is_in_the_table():
    named = {cells[0].split("`")[1] for cells in CLAIMS if cells[0].startswith("[")}
    assert named == {file.name for file in FILES}
    assert len(GAMES) >= 6  # of the catalog of pygambit 17.0.0b2
    assert sum(file.stat().st_size for file in FILES) < 3e6


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, marks=() if file.stat().st_size < SMALL else pytest.mark.slow)
        for file in FILES
    ],
    ids=lambda file: file.name,
)
def test_certificates_prove_what_the_table_says(file):
    document = read(file)
    report = check(document)
    (claim,) = [cells[1] for cells in CLAIMS if f"`{file.name}`" in cells[0]]
    assert report.claim == claim
    row = row_of(document)
    concept, command = file.name.split(".")[1:3]
    assert report.concept == concept
    coco, perfect = row[2], row[4]
    if command == "enumerate" and concept == "coco":
        assert ("not proved" not in coco) == (report.undecided == 0)
        isolated = sum(statement.dimension == 0 for statement in report.statements)
        if isolated == report.n_equilibria:
            assert coco.startswith(f"{isolated},")
        if report.undecided == 0 and isolated == report.n_equilibria > 0:
            assert "exactly" in report.claim
    status = {"equilibrium": "exists", "refutation": "refuted", "enumeration": "undecided"}
    if file.name.endswith(".floor.json"):
        assert perfect.endswith(f"{status[report.kind]} for prices ≥ {report.price_floor}")
    elif command == "exists":
        assert report.price_floor in (None, 0)
        said = perfect if concept == "coalition-perfect" else "exists"
        assert said.startswith(status[report.kind])


@pytest.mark.parametrize("row", GAMES, ids=lambda row: row[0].split("`")[1])
def test_certificates_are_about_the_published_games(row):
    name = row[0].split("`")[1]
    published = from_catalog(name)
    stem = "-".join(name.split("/")[-2:])
    files = [file for file in FILES if file.name.startswith(f"{stem}.")]
    assert files
    for file in files:
        carried = game_from_dict(read(file)["game"])
        assert carried.actions == published.actions
        assert (carried.fractions == published.fractions).all()
