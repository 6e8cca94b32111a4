"""What FINDINGS.md says about the census is what the census has."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from folders import ROOT
from scipy.stats import beta

from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.search.campaign.plan import Plan, family_of

SHAPES = ("2x2x2", "2x2x3", "3x3x3", "2x2x2x2")
GENERIC = ("uniform", "integer", "normal", "zero-sum-plus")
ALL = (*GENERIC, "symmetric", "bargaining")
# What a line counts: concept, families, number of payoff vectors.
LINES = [
    ("with exactly one CoCo payoff vector", "all six", "coco", ALL, 1),
    (
        "without a coalition-perfect equilibrium",
        ", ".join(GENERIC),
        "coalition-perfect",
        GENERIC,
        0,
    ),
    *(
        (
            "with exactly one coalition-perfect payoff vector",
            family,
            "coalition-perfect",
            (family,),
            1,
        )
        for family in ("symmetric", "bargaining")
    ),
]


@pytest.fixture(scope="module")
def census():
    with (ROOT / "examples" / "census" / "summary.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def findings():
    return (ROOT / "FINDINGS.md").read_text()


def total(census, concept, families, what, *, shape=None, number="", column="games"):
    return sum(
        int(row[column])
        for row in census
        if row["concept"] == concept
        and row["family"] in families
        and row["what"] == what
        and row["number"] == str(number)
        and shape in (None, row["shape"])
    )


def percent(share):
    """Two digits from 0.1 % on, one below."""
    digits = 1 if share >= 0.001 else 3
    return f"{100 * share:.{digits}f} %"


def others(count, of):
    """The Clopper-Pearson interval for the share of `of - count` in `of`, from its definition."""
    rest = of - count
    high = percent(beta.ppf(0.975, rest + 1, count))
    if not rest:
        return f"at most {high}"
    return f"{percent(beta.ppf(0.025, rest, count + 1))} to {high}"


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[2]} {line[1]}")
def test_the_table_has_the_counts_of_the_census(line, census, findings):
    told, families, concept, names, number = line
    cells = []
    for shape in (*SHAPES, None):
        proved = total(census, concept, names, "list proved complete", shape=shape)
        games = total(census, concept, names, "payoff vectors", shape=shape, number=number)
        cells.append(f"{games} of {proved}" if proved else "–")
    cells.append(others(games, proved))
    assert f"| {told} | {families} | {' | '.join(cells)} |\n" in findings


def test_games_not_settled_are_told(census, findings):
    examined, open_, given_up = {}, {}, {}
    for concept in ("coco", "coalition-perfect"):
        examined[concept] = total(census, concept, ALL, "list proved complete", column="of")
        open_[concept] = examined[concept] - total(census, concept, ALL, "list proved complete")
        given_up[concept] = total(census, concept, ALL, "given up for time")
    assert len(set(examined.values())) == 1
    told = (
        f"*Not settled*: {open_['coco']} of the {examined['coco']} games for CoCo and "
        f"{open_['coalition-perfect']} for coalition-perfect equilibria, {given_up['coco']} and "
        f"{given_up['coalition-perfect']} of them given up after 60 seconds."
    )
    assert told in " ".join(findings.split())


def test_the_worst_case_is_told(census, findings):
    """All games left open in the generic families might have a coalition-perfect equilibrium."""
    of = total(census, "coalition-perfect", GENERIC, "list proved complete", column="of")
    without = total(census, "coalition-perfect", GENERIC, "payoff vectors", number=0)
    high = percent(beta.ppf(0.975, of - without + 1, without))
    told = f"they are {of - without} of {of} games, and the interval ends at {high}."
    assert told in " ".join(findings.split())


def test_what_is_said_of_the_first_uniform_games_is_in_their_table(findings):
    with (ROOT / "examples" / "census" / "uniform.csv").open(newline="") as file:
        games = list(csv.DictReader(file))
    assert [int(game["number"]) for game in games] == list(range(300))
    assert all(game["complete"] == "1" for game in games)
    curves = sum(game["varying threat"] != "" for game in games)
    areas = sum(game["fixed strategies"] != "" for game in games)
    several = [game for game in games if game["payoff vectors"] != "1"]
    text = " ".join(findings.split())
    for count, told in ((curves, "have a continuum"), (areas, "have prices with one and the same")):
        low, high = beta.ppf(0.025, count, 301 - count), beta.ppf(0.975, count + 1, 300 - count)
        assert f"{count} {told}" in text
        assert f"({percent(low)} to {percent(high)})" in text
    assert all(game["payoff vectors"] == "2" for game in several)
    numbers = " and ".join(game["number"] for game in several)
    assert f"{len(several)} have two payoff vectors (k = {numbers})" in text


def only(*actions):
    return [{"actions": list(actions), "probability": "1"}]


@pytest.mark.parametrize("price", [Fraction(11), Fraction(12), Fraction(25, 2)])
def test_the_only_counted_game_has_the_continuum_that_is_told(price, findings):
    families = tuple(family_of(name, {}) for name in ("uniform", "integer"))
    plan = Plan(families, ((2, 2, 2),), count=60, seed=5, methods=("enumeration",))
    (cell,) = (k for k, cell in enumerate(plan.cells) if cell.family.name == "integer")
    game = plan.game((cell, 23))
    payoffs = [", ".join(map(str, column)) for column in game.fractions.reshape(3, -1).T]
    assert f"| {' | '.join(payoffs)} |\n" in findings
    weights = {"1/8": (0, 1), "7/8": (1, 0)}
    claim = {
        "format": "harsanyi-equilibrium",
        "version": 1,
        "concept": "coalition-perfect",
        "kind": "proper",
        "prices": ["1", str(price), "4"],
        "payoffs": ["17/2", "7", "65/8"],
        "strategies": {
            "0": only(1),
            "1": only(0),
            "2": only(1),
            "0,1": only(1, 0),
            "0,2": [
                {"actions": [one, two], "probability": share}
                for share, (one, two) in weights.items()
            ],
            "1,2": only(0, 1),
            "0,1,2": [
                {"actions": [one, 0, two], "probability": share}
                for share, (one, two) in weights.items()
            ],
        },
    }
    assert verify(game, equilibrium_from_dict(claim, game), exact=True).valid
