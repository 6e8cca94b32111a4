"""The inequality of an excluded cell, against the page's formulas and against true equilibria."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations_with_replacement, permutations
from typing import Any

import pytest
from certificates.builder import game_json, key, reference_game, sparse, threats_at
from certificates.page_formulas import Game, least
from certificates.worked_examples import TWO_PERFECT, TWO_PERFECT_ENTRIES

from harsanyi_aux.certify.cells.excluded import (
    check_excluded,
    exempt_positions,
    least_coefficients,
    prepare_vertex,
)
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import read_game


def _distribution(rng: random.Random, length: int) -> list[Fraction]:
    weights = [rng.choice((0, 0, 1, 2, 7)) for _ in range(length)]
    weights[rng.randrange(length)] += 1
    return [Fraction(w, sum(weights)) for w in weights]


def _number(rng: random.Random) -> Fraction:
    return Fraction(rng.randint(-5, 5), rng.randint(1, 7))


def _random_vertex(rng: random.Random, game: Game) -> dict[str, Any]:
    full = (1 << game.n) - 1
    return {
        "b": _distribution(rng, game.n),
        "x": {R: _distribution(rng, len(game.joint(R))) for R in game.pairs},
        "y": {R: _distribution(rng, len(game.joint(full - R))) for R in game.pairs},
        "o": rng.randrange(len(game.outcomes)),
    }


def _entry(game: Game, vertex: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prices": [str(p) for p in vertex["b"]],
        "threats": {key(R): [sparse(vertex["x"][R]), sparse(vertex["y"][R])] for R in game.pairs},
        "outcome": vertex["o"],
    }


def _random_division(
    rng: random.Random, game: Game, splits: list[tuple[int, str, int, Fraction, int]]
) -> tuple[dict[str, Any], dict[int, list[Fraction]], dict[int, dict[str, Any]]]:
    """Return the same random multipliers as JSON and as `page_formulas.least` takes them."""
    full = (1 << game.n) - 1
    coalitions, eta = {}, {}
    for S in range(1, full):
        players = [i for i in range(game.n) if S >> i & 1]
        if len(players) >= 2 and rng.random() < 0.7:
            weights = [_number(rng) for _ in players[1:]]
            weights.append(-sum(weights))
            coalitions[key(S)] = [str(w) for w in weights]
            eta[S] = [Fraction(0)] * game.n
            for i, w in zip(players, weights, strict=True):
                eta[S][i] = w
    pairs, multipliers = {}, {}
    for R in game.pairs:
        if rng.random() < 0.3:
            continue
        m, n = len(game.joint(R)), len(game.joint(full - R))
        columns = [(rng.randrange(n), rng.randrange(n), abs(_number(rng))) for _ in range(3)]
        rows = [(rng.randrange(m), rng.randrange(m), abs(_number(rng))) for _ in range(3)]
        bounds = [
            (d, rng.randrange(n if side == "row" else m), abs(_number(rng)))
            for d, (pair, side, *_) in enumerate(splits)
            if pair == R
        ]
        pairs[key(R)] = {
            name: [[p, q, str(v)] for p, q, v in listed]
            for name, listed in (("columns", columns), ("rows", rows), ("bounds", bounds))
        }
        multipliers[R] = {
            "columns": columns,
            "rows": rows,
            "bounds": [(*splits[d][1:], j, kappa) for d, j, kappa in bounds],
        }
    return {"coalitions": coalitions, "pairs": pairs}, eta, multipliers


def _to_fractions(found: Mapping[tuple[int, int], Any]) -> dict[tuple[int, int], Fraction]:
    return {step: Fraction(int(value.p), int(value.q)) for step, value in found.items()}


@pytest.mark.parametrize("actions", [(1,), (2, 3), (1, 1), (2, 2, 2), (1, 3, 2), (2, 2, 2, 2)])
def test_coefficients_are_those_of_the_page(actions: tuple[int, ...]) -> None:
    rng = random.Random(7)
    outcomes = math.prod(actions)
    json = game_json(
        actions, [[Fraction(rng.randint(-9, 9), 4) for _ in range(outcomes)] for _ in actions]
    )
    game, table = reference_game(json), read_game(json)
    for _ in range(3):
        cell = [_random_vertex(rng, game) for _ in actions]
        beta = [_number(rng) for _ in actions]
        splits = []
        for _ in range(3 if game.pairs else 0):
            R = rng.choice(game.pairs)
            side = rng.choice(("row", "column"))
            action = rng.randrange(table.sizes(R)[side == "column"])
            splits.append((R, side, action, Fraction(rng.randint(1, 6), 7), rng.choice((1, -1))))
        division, eta, multipliers = _random_division(rng, game, splits)
        found = least_coefficients(
            table,
            [prepare_vertex(table, _entry(game, vertex)) for vertex in cell],
            {"weights": [str(w) for w in beta], "division": division},
            (),
            splits,
        )
        expected = least(game, cell, beta, list(range(outcomes)), eta, multipliers)
        assert _to_fractions(found) == expected


@pytest.mark.parametrize("actions", [(2, 3), (2, 2, 2), (1, 3, 2), (2, 1, 2, 2)])
def test_coefficients_of_weights_that_vary_are_those_of_the_page(actions: tuple[int, ...]) -> None:
    rng = random.Random(8)
    n, outcomes = len(actions), math.prod(actions)
    json = game_json(
        actions, [[Fraction(rng.randint(-9, 9), 4) for _ in range(outcomes)] for _ in actions]
    )
    game, table = reference_game(json), read_game(json)
    cell = [_random_vertex(rng, game) for _ in actions]
    weights = [[_number(rng) for _ in actions] for _ in actions]
    vertices = [prepare_vertex(table, _entry(game, vertex)) for vertex in cell]
    reason = {"weights": [[str(w) for w in vector] for vector in weights]}
    found = least_coefficients(table, vertices, reason)
    one = [[least(game, cell, beta, [o]) for beta in weights] for o in range(outcomes)]
    for k, m, q in combinations_with_replacement(range(n), 3):
        expected = min((at[k][m, q] + at[m][k, q] + at[q][k, m]) / 3 for at in one)
        assert _to_fractions(found)[k, m, q] == expected
    assert len(found) == math.comb(n + 2, 3)
    # the same vector everywhere says what one vector says
    same = least_coefficients(table, vertices, {"weights": reason["weights"][:1] * n})
    plain = least_coefficients(table, vertices, {"weights": reason["weights"][0]})
    assert _to_fractions(same)[0, 0, 0] == _to_fractions(plain)[0, 0]
    for wrong in (reason["weights"][1:], [reason["weights"][0][1:]] * n, [*reason["weights"], "0"]):
        with pytest.raises(InvalidCertificate, match="expected"):
            least_coefficients(table, vertices, {"weights": wrong})
    with pytest.raises(InvalidCertificate, match="exclude no division"):
        least_coefficients(table, vertices, {**reason, "division": {}})


# -- no reason excludes a cell that holds an equilibrium -----------------------------------------


def _symmetric_game(rng: random.Random) -> dict[str, Any]:
    """A 2x2x2 game that is the same for every player: pay depends on one's own action and on how
    many others play 1."""
    pay = {(own, others): rng.randint(-4, 4) for own in (0, 1) for others in (0, 1, 2)}
    outcomes = [(p, q, r) for p in (0, 1) for q in (0, 1) for r in (0, 1)]
    return game_json((2, 2, 2), [[pay[o[i], sum(o) - o[i]] for o in outcomes] for i in range(3)])


def _symmetrised(game: Game, mask: int, strategy: list[Fraction]) -> list[Fraction]:
    joint = game.joint(mask)
    weights = dict(zip(joint, strategy, strict=True))
    orders = list(permutations(range(mask.bit_count())))
    return [
        sum(weights[tuple(o[k] for k in order)] for order in orders) / Fraction(len(orders))
        for o in joint
    ]


def _atoms(
    table: Any, splits: list[tuple[int, str, int, Fraction, int]]
) -> list[tuple[str, Any, list[Any]]]:
    """Return multipliers that are worth trying together: kind, where, and what with value 1.

    One against all columns (rows) alike says that a column (row) earns at least (at most) the
    value; one against a single column adds complementary slackness.
    """
    atoms: list[tuple[str, Any, list[Any]]] = [("weights", i, []) for i in range(table.n)]
    for S in range(1, table.full):
        players = table.members(S)
        for j in range(1, len(players)):
            weights = [1] + [-1 if k == j else 0 for k in range(1, len(players))]
            atoms.append(("coalitions", table.key(S), weights))
    for R in table.pairs:
        for name, length in zip(("rows", "columns"), table.sizes(R), strict=True):
            for other in range(length):
                atoms.append((name, table.key(R), [[other, own] for own in range(length)]))
                atoms += [(name, table.key(R), [[other, own]]) for own in range(length)]
    for d, (R, side, *_) in enumerate(splits):
        against = table.sizes(R)[side == "row"]
        atoms.append(("bounds", table.key(R), [[d, j] for j in range(against)]))
    return atoms


def _reason(n: int, chosen: list[tuple[tuple[str, Any, list[Any]], Fraction]]) -> dict[str, Any]:
    weights = [Fraction(0)] * n
    coalitions: dict[str, list[Fraction]] = {}
    pairs: dict[str, dict[str, list[Any]]] = {}
    for (kind, where, what), size in chosen:
        if kind == "weights":
            weights[where] += size
        elif kind == "coalitions":
            before = coalitions.get(where, [Fraction(0)] * len(what))
            coalitions[where] = [w + size * v for w, v in zip(before, what, strict=True)]
        else:
            listed = pairs.setdefault(where, {}).setdefault(kind, [])
            listed += [[*entry, abs(size)] for entry in what]
    return {"weights": weights, "division": {"coalitions": coalitions, "pairs": pairs}}


def _assert_not_excluded(
    rng: random.Random,
    json: dict[str, Any],
    b: tuple[Fraction, ...],
    saddle: dict[int, tuple[list[Fraction], list[Fraction]]],
) -> None:
    """Try multipliers at and around a coalition-perfect equilibrium with the given threats.

    Whatever the multipliers, the lower bound of what is zero at the equilibrium must not be
    positive there.
    """
    game, table = reference_game(json), read_game(json)
    worth = [game.worth(list(b), o) for o in range(len(game.outcomes))]
    splits = []
    for R in game.pairs:
        for side, length in zip(("row", "column"), table.sizes(R), strict=True):
            for action in range(length):
                played = saddle[R][side == "column"][action]
                bound = Fraction(rng.randint(1, 8), 9)
                splits.append((R, side, action, bound, 1 if played >= bound else -1))
    atoms = _atoms(table, splits)
    for size in (Fraction(0), Fraction(1, 10**4)):
        # the prices are the mean of the three corners
        cell = [
            prepare_vertex(
                table,
                _entry(
                    game,
                    {
                        "b": [p + size * d for p, d in zip(b, step, strict=True)],
                        "x": {R: x for R, (x, _) in saddle.items()},
                        "y": {R: y for R, (_, y) in saddle.items()},
                        "o": worth.index(max(worth)),
                    },
                ),
            )
            for step in ((1, 0, -1), (-1, 1, 0), (0, -1, 1))
        ]
        for _ in range(250):
            chosen = [
                (rng.choice(atoms), Fraction(rng.choice((-1, 1)) * rng.randint(1, 3), 2))
                for _ in range(rng.randint(1, 5))
            ]
            found = least_coefficients(table, cell, _reason(3, chosen), (), splits)
            assert sum(value * (1 if k == m else 2) for (k, m), value in found.items()) <= 0


@pytest.mark.parametrize("seed", range(8))
def test_no_multipliers_exclude_equal_prices_of_a_symmetric_game(seed: int) -> None:
    # With saddle points that treat members alike, members of a coalition earn the same at equal
    # prices, so that all dividends in it are equal; the planner's optimum can be made symmetric.
    rng = random.Random(seed)
    json = _symmetric_game(rng)
    game = reference_game(json)
    third = (Fraction(1, 3),) * 3
    saddle = {
        R: (_symmetrised(game, R, x), _symmetrised(game, 7 - R, y))
        for R, (x, y) in threats_at(game, third).items()
    }
    _assert_not_excluded(rng, json, third, saddle)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_no_multipliers_exclude_unequal_prices(number: int, seed: int) -> None:
    # test_replay checks that these are coalition-perfect equilibria
    game = reference_game(TWO_PERFECT)
    stated = TWO_PERFECT_ENTRIES[number]["equilibrium"]
    scaled = [
        a * (max(row) - min(row))
        for a, row in zip(stated["prices"], TWO_PERFECT["payoffs"], strict=True)
    ]
    saddle = {}
    for R in game.pairs:
        sides = []
        for mask in (R, 7 - R):
            played = tuple(stated["strategies"][key(mask)][0]["actions"])
            sides.append([Fraction(o == played) for o in game.joint(mask)])
        saddle[R] = (sides[0], sides[1])
    b = tuple(Fraction(a, sum(scaled)) for a in scaled)
    _assert_not_excluded(random.Random(seed), TWO_PERFECT, b, saddle)


def test_equal_weights_are_tight_at_every_price() -> None:
    # Σ_i E_i = h(b) - b·u vanishes wherever the planner is optimal, and only pairs drop out of
    # it: Σ_i φ_i = h. With all weights 1 the least coefficient at a vertex is 0.
    json = _symmetric_game(random.Random(3))
    game, table = reference_game(json), read_game(json)
    b = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    vertex = _random_vertex(random.Random(3), game)
    worth = [game.worth(b, o) for o in range(8)]
    entry = _entry(game, {**vertex, "b": b, "o": worth.index(max(worth))})
    cell = [prepare_vertex(table, entry)] * 3
    found = least_coefficients(table, cell, {"weights": [1, 1, 1]})
    assert set(_to_fractions(found).values()) == {Fraction(0)}


# -- what is refused -----------------------------------------------------------------------------


@pytest.fixture
def cell() -> tuple[Any, list[Any], dict[str, Any]]:
    """Player 0 alone chooses between (0, 0) and (1, 0)."""
    json = game_json((2, 1), [[0, 1], [0, 0]])
    game, table = reference_game(json), read_game(json)
    entries = []
    for b in ((1, 0), (0, 1)):
        entries.append(
            {
                "prices": list(b),
                "threats": {"0": [[[1, 1]], [[0, 1]]]},
                "outcome": 1,
            }
        )
    # v({0}) = b_0 and h = b_0: φ = (b_0, 0), and player 0 gets b_0
    assert game.threat(1, [Fraction(1), Fraction(0)]) == [[0], [1]]
    return table, [prepare_vertex(table, entry) for entry in entries], {"weights": [1, 1]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"weights": [1]}, "weights"),
        ({"weights": [1, 0.5]}, "weights[1]"),
        ({"weights": [1, True]}, "weights[1]"),
        ({"weights": [1, "1/0"]}, "weights[1]"),
        ({"weights": [1, "nan"]}, "weights[1]"),
        ({"dropped": [[0, 0]]}, "dropped[0]"),
        ({"dropped": [[1, 0]]}, "dropped[0]"),
        ({"dropped": [[0, 1], [2, 1]]}, "dropped[1]"),
        ({"dropped": [[-1, 1]]}, "dropped[0]"),
        ({"surplus": 1}, ""),
        ({"division": {"coalitions": {"0,1": [1, -1]}}}, "division.coalitions['0,1']"),
        ({"division": {"coalitions": {}, "pairs": {"1": {}}}}, "division.pairs['1']"),
        (
            {"division": {"coalitions": {}, "pairs": {"0": {"rows": [[0, 1, "-1"]]}}}},
            "division.pairs['0'].rows[0]",
        ),
        (
            {"division": {"coalitions": {}, "pairs": {"0": {"bounds": [[0, 0, 1]]}}}},
            "division.pairs['0'].bounds[0]",
        ),
    ],
)
def test_malformed_reasons_are_refused(
    cell: tuple[Any, list[Any], dict[str, Any]], change: dict[str, Any], place: str
) -> None:
    table, vertices, reason = cell
    with pytest.raises(InvalidCertificate) as caught:
        check_excluded(table, vertices, {**reason, **change})
    assert caught.value.place == place


def test_weights_must_sum_to_zero_in_a_coalition() -> None:
    json = game_json((1, 1, 1), [[0], [0], [0]])
    table = read_game(json)
    entry = {
        "prices": [1, 0, 0],
        "threats": {k: [[[0, 1]], [[0, 1]]] for k in ("0", "0,1", "0,2")},
        "outcome": 0,
    }
    cell = [prepare_vertex(table, entry)] * 3
    reason = {"weights": [0, 0, 0], "division": {"coalitions": {"1,2": [1, 1]}}}
    with pytest.raises(InvalidCertificate, match="sum to zero"):
        check_excluded(table, cell, reason)


@pytest.mark.parametrize(
    "change",
    [
        {"prices": [1, "1/2"]},
        {"prices": [2, -1]},
        {"prices": [1]},
        {"threats": {}},
        {"threats": {"1": [[[0, 1]], [[0, 1]]]}},
        {"threats": {"0": [[[0, "1/2"]], [[0, 1]]]}},
        {"threats": {"0": [[[0, "3/2"], [1, "-1/2"]], [[0, 1]]]}},
        {"threats": {"0": [[[1, "1/2"], [0, "1/2"]], [[0, 1]]]}},
        {"threats": {"0": [[[0, 1], [1, 0]], [[0, 1]]]}},
        {"threats": {"0": [[[2, 1]], [[0, 1]]]}},
        {"threats": {"0": [[], [[0, 1]]]}},
        {"outcome": 2},
        {"outcome": True},
        {"colour": 1},
    ],
)
def test_malformed_vertices_are_refused(change: dict[str, Any]) -> None:
    table = read_game(game_json((2, 1), [[0, 1], [0, 0]]))
    entry = {"prices": [1, 0], "threats": {"0": [[[1, 1]], [[0, 1]]]}, "outcome": 1}
    prepare_vertex(table, entry)
    with pytest.raises(InvalidCertificate):
        prepare_vertex(table, {**entry, **change})


def test_exceptions_name_vertices(cell: tuple[Any, list[Any], dict[str, Any]]) -> None:
    table, vertices, _ = cell
    assert exempt_positions(table, vertices, None) == frozenset()
    assert exempt_positions(table, vertices, {"player": 1}) == {0}
    found = exempt_positions(table, vertices, {"equilibrium": 0}, 1, lambda e, b: b[1] == 1)
    assert found == {1}
    for wrong in ({"equilibrium": 0}, {"player": 2}, {"player": 0, "equilibrium": 0}, 0, {}):
        with pytest.raises(InvalidCertificate):
            exempt_positions(table, vertices, wrong)
