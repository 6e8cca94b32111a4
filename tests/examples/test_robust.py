"""The robust examples prove what their table says."""

import re
from fractions import Fraction

import pytest
from folders import EXAMPLES

from harsanyi_aux.certify.reading.document import read
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.game.files.json_files import load_game

FOLDER = EXAMPLES / "robust"
ROWS = re.findall(
    r"^\| \[`(\w+)`\]\(\w+\.game\.json\) \| (\d) \| (\d+/\d+) \| (\w+) \|$",
    (FOLDER / "README.md").read_text(),
    re.MULTILINE,
)


def test_the_table_lists_all_files():
    names = {name for name, *_ in ROWS}
    assert {path.name for path in FOLDER.glob("*.json")} == {
        f"{name}.{kind}.json" for name in names for kind in ("game", "certificate")
    }


@pytest.mark.parametrize(("name", "least", "radius", "differ"), ROWS)
def test_certificates_prove_the_rows(name, least, radius, differ):
    document = read(FOLDER / f"{name}.certificate.json")
    report = check(document)
    assert report.kind == "robust"
    assert report.n_equilibria == int(least)
    assert report.radius == Fraction(radius)
    assert report.claim.endswith(f"pairwise different {differ}")
    game = load_game(FOLDER / f"{name}.game.json")
    assert [[Fraction(u) for u in row] for row in document["game"]["payoffs"]] == [
        list(row.ravel()) for row in game.fractions
    ]


def test_the_game_with_three_has_exactly_three():
    found = enumerate_equilibria(load_game(FOLDER / "2x2x2_three.game.json"))
    assert found.complete
    assert len(found.equilibria) == 3
