"""The gallery: every equilibrium exact, every certificate replayed, every page from its files."""

import re
import sys
from fractions import Fraction

import pytest
from folders import EXAMPLES

from harsanyi_aux.certify.reading.document import read
from harsanyi_aux.certify.replay import check
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.files.json_files import load_game, read_json

GALLERY = EXAMPLES / "gallery"
sys.path.insert(0, str(GALLERY))

from make_gallery import RECIPES, page_of  # noqa: E402

FOLDERS = sorted(path for path in GALLERY.iterdir() if (path / "game.json").exists())
#: A replay takes about a second for each of these bytes on a slow machine.
SLOW_BYTES = 400_000


def certificates():
    for path in sorted(GALLERY.glob("*/*.certificate.json")):
        slow = path.stat().st_size > SLOW_BYTES
        marks = [pytest.mark.slow] if slow else []
        yield pytest.param(path, marks=marks, id=f"{path.parent.name}/{path.name}")


def equilibria(folder):
    game = load_game(folder / "game.json")
    files = sorted(folder.glob("equilibrium-*.json"))
    return game, [equilibrium_from_dict(read_json(file), game) for file in files]


def test_every_recipe_has_its_folder():
    assert {folder.name for folder in FOLDERS} == set(RECIPES)


@pytest.mark.parametrize("path", list(certificates()))
def test_certificates_replay_and_are_about_the_game_beside_them(path):
    document = read(path)
    report = check(document)
    assert report.undecided == 0
    stated = document["game"]
    game = load_game(path.parent / "game.json")
    assert tuple(stated["actions"]) == game.actions
    assert [[Fraction(u) for u in row] for row in stated["payoffs"]] == [
        list(row.ravel()) for row in game.fractions
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_equilibria_satisfy_the_definition_exactly(folder):
    game, claims = equilibria(folder)
    # what has no exact equilibria is refuted, or has a level set of irrational ones
    assert bool(claims) == (folder.name not in ("none", "large_defect", "curve"))
    for claim in claims:
        assert claim.is_exact
        assert claim.kind == "proper"
        assert verify(game, claim, exact=True).valid


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_numbers_on_the_page_are_in_the_files(folder):
    _, claims = equilibria(folder)
    text = (folder / "README.md").read_text()
    headings = re.findall(r"^### .*: prices \((.*)\), payoffs \((.*)\)$", text, re.MULTILINE)
    assert [tuple(map(vector, heading)) for heading in headings] == [
        (tuple(claim.prices), tuple(claim.payoffs)) for claim in claims
    ]
    linked = re.findall(r"\]\(([a-z0-9.-]+\.json)\)", text)
    assert {file.name for file in folder.glob("*.json")} == set(linked)


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_pages_are_what_the_files_give(folder):
    assert (folder / "README.md").read_text() == page_of(folder)


# What the folders' names promise.
EXACTLY = {"exactly_two": 2, "exactly_three": 3, "exactly_four": 4}
# Payoffs and dimensions of all sets of equilibria.
SETS = {
    "two_smallest": {("0", "1/4", "3/2"): 1, ("1/4", "0", "3/2"): 1, ("1/12", "1/12", "5/3"): 0},
    "four_players": {("5", "1", "4", "4"): 1, ("4", "1", "3", "8"): 2},
}


@pytest.mark.parametrize(("name", "count"), EXACTLY.items())
def test_as_many_equilibria_as_promised(name, count):
    report = check(read(GALLERY / name / "enumeration-coalition-perfect.certificate.json"))
    assert f"exactly {count} coalition-perfect equilibria" in report.claim
    assert report.price_floor == 0


@pytest.mark.parametrize("name", ["exactly_three", "exactly_four"])
def test_games_called_symmetric_are(name):
    payoffs = load_game(GALLERY / name / "game.json").fractions
    # player i becomes i + 1: U_1(c, a, b) = U_0(a, b, c), and so on
    turned = payoffs[[2, 0, 1]].transpose(0, 3, 1, 2)
    assert (payoffs == turned).all()


def test_the_smallest_example_has_payoffs_to_2():
    game, _ = equilibria(GALLERY / "two_smallest")
    assert set(game.fractions.reshape(-1)) == {0, 1, 2}


@pytest.mark.parametrize("name", SETS)
def test_all_payoff_vectors_are_listed(name):
    _, claims = equilibria(GALLERY / name)
    assert {tuple(map(str, claim.payoffs)) for claim in claims} == set(SETS[name])
    file = GALLERY / name / "enumeration-coalition-perfect.certificate.json"
    report = check(read(file))
    assert "every coalition-perfect equilibrium with positive prices" in report.claim
    assert report.price_floor == 0
    listed = {tuple(str(low) for low, _ in one.payoffs): one.dimension for one in report.statements}
    assert listed == SETS[name]
    assert all(low == high for one in report.statements for low, high in one.payoffs)


def test_strict_threats_are_strict():
    from gallery_pages import flat, threat_matrix

    game, claims = equilibria(GALLERY / "strict_threats")
    for claim in claims[:2]:
        for mask in range(1, 7, 2):
            matrix = threat_matrix(game, [Fraction(a) for a in claim.prices], mask)
            x, y = flat(claim, mask), flat(claim, 7 ^ mask)
            value = x @ matrix @ y
            assert sorted(matrix @ y)[-2] < value == max(matrix @ y)
            assert sorted(x @ matrix)[1] > value == min(x @ matrix)


def test_none_is_refuted_at_all_positive_prices():
    for name in ("none", "large_defect"):
        report = check(read(GALLERY / name / "refutation.certificate.json"))
        assert report.kind == "refutation"
        assert report.price_floor == 0


def test_robust_example_has_two_equilibria_nearby():
    report = check(read(GALLERY / "robust_coco" / "robust.certificate.json"))
    assert report.kind == "robust"
    assert report.radius is not None
    assert report.radius > 0
    assert report.n_equilibria >= 2


def vector(text):
    return tuple(Fraction(part) for part in text.split(", "))
