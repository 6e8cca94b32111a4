"""Boxes of prices with exactly one equilibrium in them ("Boxes", items 1 to 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .game import Game, Pair
from .intervals import Form, Interval, Matrix, eliminated, enclosing, identity, product, total
from .kernels import Chart, Kernel, read_kernel
from .kinks import Kink, LocalKink, corner_choices, read_kink
from .linear import Vector, barycentric, dot, inverse, minus, rank
from .reading import Item

MOST_STEPS = 100
Bounds = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Box:
    """A box that has been checked, and bounds of the one equilibrium in it.

    `center` and `radius` are those of the free prices `b_0 … b_{n-2}`; prices and payoffs are
    normalised.
    """

    center: tuple[Fraction, ...]
    radius: tuple[Fraction, ...]
    prices: Bounds
    payoffs: Bounds

    def holds(self, prices: Sequence[Fraction]) -> bool:
        """Tell whether prices are in the box; its boundary belongs to it."""
        free = zip(prices[:-1], self.center, self.radius, strict=True)
        return all(abs(b - c) <= r for b, c, r in free)


@dataclass(frozen=True)
class Setting:
    """What a box states: the planner's face and the threats, with the players chosen in item 4."""

    game: Game
    bits: int
    face: tuple[int, ...]
    pivots: tuple[int, ...]
    rest: tuple[int, ...]  # the players f whose equations are part of H
    nu: Mapping[int, Mapping[int, Fraction]]  # ν_fq for the pivots q
    threats: Mapping[str, Kernel | Kink]

    @cached_property
    def w(self) -> list[list[Fraction]]:
        """The edges `w_j = V(o_j) - V(o_0)`, with `w_0 = 0`."""
        return [minus(self.game.V[o], self.game.V[self.face[0]]) for o in self.face]


def read_box(item: Item, game: Game) -> Box:
    """Check a box."""
    fields = item.fields("form", "center", "radius", "face", "kernels", "precision")
    fields["form"].text("box")
    item.need(game.n > 1, "one player has no free price")
    center = fields["center"].numbers(game.n - 1)
    radius = fields["radius"].numbers(game.n - 1)
    bits = fields["precision"].whole(32, 4096)
    fields["radius"].need(min(radius) > 0, "a radius is not positive")
    least = [c - r for c, r in zip(center, radius, strict=True)]
    least.append(1 - sum(center) - sum(radius))
    item.need(min(least) > 0, "a price is not positive in the whole box")  # item 1
    outcomes = tuple(outcome.index(len(game.V)) for outcome in fields["face"].some())
    pairs = fields["kernels"].fields(*game.pairs)
    threats = {key: read_threat(pairs[key], game, game.pairs[key]) for key in game.pairs}
    chart = Chart(center, radius, bits)
    check_face(fields["face"], game, outcomes, chart)
    setting = chosen(game, bits, outcomes, threats, chart.full)
    try:
        local = Local(setting, chart)
        for key, pair in game.pairs.items():
            threat = threats[key]
            if isinstance(threat, Kernel):
                local.kernels[key].check(pairs[key], game, pair, threat)
        check_inside(fields["face"], local)
    except ZeroDivisionError:
        item.refuse("a threat's kernel is not shown to be regular in the whole box")
    return newton(item, setting, center, radius)


def read_threat(item: Item, game: Game, pair: Pair) -> Kernel | Kink:
    """Read the kernel or the kink of a pair."""
    if isinstance(item.value, dict):
        return read_kink(item, game, pair)
    return read_kernel(item, pair)


def check_face(item: Item, game: Game, face: Sequence[int], chart: Chart) -> None:
    """Refuse unless an optimal planner pays a point of the face (item 3)."""
    corners = [game.V[o] for o in face]
    edges = [minus(corner, corners[0]) for corner in corners[1:]]
    item.need(rank(edges) == len(edges), "the payoffs of the face are affinely dependent")
    item.need(len(edges) < game.n, "the face has too many outcomes")
    for o, vector in enumerate(game.V):
        weights = barycentric(corners, vector)
        if weights is not None and min(weights) >= 0:
            continue
        beaten = any(chart.least(minus(corner, vector)) > 0 for corner in corners)
        item.need(beaten, f"outcome {o} may be optimal in the box, and is not in the hull")


def chosen(
    game: Game,
    bits: int,
    face: tuple[int, ...],
    threats: Mapping[str, Kernel | Kink],
    center: Vector,
) -> Setting:
    """Choose the pivots and `f_0` of item 4 by size at the center."""
    rows = [minus(game.V[o], game.V[face[0]]) for o in face[1:]]
    pivots: list[int] = []
    for _ in face[1:]:
        places = [
            (abs(row[q]) * center[q], -q, k) for k, row in enumerate(rows) for q in range(game.n)
        ]
        _, q, k = max(places)
        pivots.append(-q)
        lead = rows.pop(k)
        rows = [
            [a - row[-q] / lead[-q] * b for a, b in zip(row, lead, strict=True)] for row in rows
        ]
    others = [i for i in range(game.n) if i not in pivots]
    others.remove(max(others, key=lambda i: center[i]))
    edges = [minus(game.V[o], game.V[face[0]]) for o in face[1:]]
    back = inverse([[edge[q] for q in pivots] for edge in edges]) or []
    nu = {
        f: {
            q: -dot(row, [edge[f] for edge in edges])
            for q, row in zip(pivots, back, strict=True)
        }
        for f in others
    }
    return Setting(game, bits, face, tuple(pivots), tuple(others), nu, threats)


class Local:
    """The functions of items 2, 4 and 5 on one box."""

    def __init__(self, setting: Setting, chart: Chart) -> None:
        self.setting, self.chart = setting, chart
        game, threats = setting.game, setting.threats
        self.kernels = {
            key: chart.solved(game, game.pairs[key], threat)
            for key, threat in threats.items()
            if isinstance(threat, Kernel)
        }
        self.kinks = {
            key: LocalKink(game, game.pairs[key], threat, chart)
            for key, threat in threats.items()
            if isinstance(threat, Kink)
        }

    @cached_property
    def values(self) -> dict[str, Form]:
        """The values of the pairs."""
        smooth = {key: kernel.value for key, kernel in self.kernels.items()}
        return {**smooth, **{key: kink.value for key, kink in self.kinks.items()}}

    @cached_property
    def e(self) -> list[Form]:
        """The functions `e_i`."""
        game = self.setting.game
        found = []
        for i in range(game.n):
            form = self.chart.linear(self._own(i))
            for key, value in self.values.items():
                form = form + value.scaled(self._number(game.phi(game.pairs[key], i)))
            found.append(form)
        return found

    def _own(self, i: int) -> list[Fraction]:
        """Return the linear function `b·V(o_0)/n - b_i V_i(o_0)`."""
        paid = self.setting.game.V[self.setting.face[0]]
        return [v / len(paid) - (v if j == i else 0) for j, v in enumerate(paid)]

    def _number(self, value: Fraction) -> Interval:
        return enclosing(value, value, self.setting.bits)

    @cached_property
    def shares(self) -> list[Form]:
        """The `1/b_i`."""
        return [price.reciprocal() for price in self.chart.prices]

    def system(self) -> list[Form]:
        """Return `H` (item 4)."""
        found = [self.chart.linear(edge) for edge in self.setting.w[1:]]
        for f in self.setting.rest:
            form = self.e[f]
            for q in self.setting.pivots:
                factor = self._number(self.setting.nu[f][q])
                form = form + (self.e[q] * self._ratio(f, q)).scaled(factor)
            found.append(form)
        return found

    def _ratio(self, f: int, q: int) -> Form:
        return self.chart.prices[f] * self.shares[q]

    def derivative(self) -> list[list[Form]]:
        """Return the derivative of `H`, without what the values with kinks contribute."""
        game, free = self.setting.game, range(self.setting.game.n - 1)
        constant = self.chart.constant
        found = [[constant(edge[k] - edge[-1]) for k in free] for edge in self.setting.w[1:]]
        for f in self.setting.rest:
            row = [self._slope(f, k) for k in free]
            for q in self.setting.pivots:
                ratio, factor = self._ratio(f, q), self._number(self.setting.nu[f][q])
                for k in free:
                    turn = constant(_unit(game.n, f, k)) - ratio * constant(_unit(game.n, q, k))
                    term = self._slope(q, k) * ratio + self.e[q] * (turn * self.shares[q])
                    row[k] = row[k] + term.scaled(factor)
            found.append(row)
        return found

    def _slope(self, i: int, k: int) -> Form:
        """Return `∂e_i/∂b_k`, as far as the values with kinks stay the same."""
        game, own = self.setting.game, self._own(i)
        form = self.chart.constant(own[k] - own[-1])
        for key, kernel in self.kernels.items():
            form = form + kernel.slopes[k].scaled(self._number(game.phi(game.pairs[key], i)))
        return form

    def lever(self, key: str) -> list[Form]:
        """Return `∂H/∂v` for the value of a pair."""
        pair = self.setting.game.pairs[key]
        phi = [self.setting.game.phi(pair, i) for i in range(self.setting.game.n)]
        found = [self.chart.constant(Fraction(0)) for _ in self.setting.pivots]
        for f in self.setting.rest:
            form = self.chart.constant(phi[f])
            for q in self.setting.pivots:
                factor = self._number(self.setting.nu[f][q] * phi[q])
                form = form + self._ratio(f, q).scaled(factor)
            found.append(form)
        return found

    def payoffs(self) -> Bounds:
        """Return bounds of `z`, what the players are owed."""
        paid = self.setting.game.V[self.setting.face[0]]
        forms = [
            self.chart.constant(v) + e * share
            for v, e, share in zip(paid, self.e, self.shares, strict=True)
        ]
        return tuple(form.range().bounds() for form in forms)


def _unit(n: int, i: int, k: int) -> Fraction:
    """Return `∂b_i/∂b_k` for the free prices."""
    return Fraction(-1 if i == n - 1 else int(i == k))


def check_inside(item: Item, local: Local) -> None:
    """Refuse unless what is owed is inside the face, whichever of its outcomes is optimal."""
    setting, chart = local.setting, local.chart
    edges = [[edge[q] for q in setting.pivots] for edge in setting.w[1:]]
    back = inverse(edges) or []
    for k, edge in enumerate(setting.w):
        more = chart.linear([value / len(edge) for value in edge])
        gain = [(local.e[q] + more) * local.shares[q] for q in setting.pivots]
        first = chart.constant(Fraction(1))
        coordinates = []
        for j in range(len(edges)):
            form = chart.constant(Fraction(0))
            for a, q in enumerate(gain):
                form = form + q.scaled(enclosing(back[a][j], back[a][j], setting.bits))
            coordinates.append(form)
            first = first - form
        for j, form in enumerate([first, *coordinates]):
            item.need(
                form.range().low > 0,
                f"if outcome {setting.face[k]} is optimal, outcome {setting.face[j]} is not "
                "shown to be used in the whole box",
            )


# -- item 6 ---------------------------------------------------------------------------------------

Sides = list[tuple[Fraction, Fraction]]


def newton(item: Item, setting: Setting, center: Vector, radius: Vector) -> Box:
    """Refuse unless `H` has exactly one zero in the box; enclose it."""
    sides: Sides = [(c - r, c + r) for c, r in zip(center, radius, strict=True)]
    proved = False
    for _ in range(MOST_STEPS):
        try:
            image, inside = contraction(setting, sides)
        except ZeroDivisionError:
            break
        smaller = [
            (max(low, below), min(high, above))
            for (low, high), (below, above) in zip(sides, image, strict=True)
        ]
        item.need(all(low <= high for low, high in smaller), "no equilibrium in the box")
        proved = proved or inside
        shrunk = [
            10 * (high - low) < (5 if proved else 9) * (above - below)
            for (low, high), (below, above) in zip(smaller, sides, strict=True)
        ]
        if any(low == high for low, high in smaller):
            break
        sides = smaller
        if not any(shrunk):
            break
    item.need(proved, "not shown to hold exactly one equilibrium")
    final = Local(setting, Chart(*middle(sides), setting.bits))
    last = (1 - sum(high for _, high in sides), 1 - sum(low for low, _ in sides))
    return Box(tuple(center), tuple(radius), (*sides, last), final.payoffs())


def middle(sides: Sides) -> tuple[list[Fraction], list[Fraction]]:
    """Return the center and the radii."""
    return [(low + high) / 2 for low, high in sides], [(high - low) / 2 for low, high in sides]


def contraction(setting: Setting, sides: Sides) -> tuple[Sides, bool]:
    """Return where the zeros in a box must lie, and whether it is shown to hold exactly one."""
    center, radius = middle(sides)
    local = Local(setting, Chart(center, radius, setting.bits))
    at_center = Local(setting, Chart(center, (), setting.bits))
    start = [[form.base] for form in at_center.system()]
    step = _krawczyk if not local.kinks else _corners
    moves, inside = step(setting, local, at_center, start, radius)
    bounds = [move.bounds() for move in moves]
    return [(c + low, c + high) for c, (low, high) in zip(center, bounds, strict=True)], inside


def _krawczyk(
    setting: Setting, local: Local, _: Local, start: Matrix, radius: Vector
) -> tuple[list[Interval], bool]:
    bits, size = setting.bits, len(radius)
    forms = local.derivative()
    whole = [[form.range() for form in row] for row in forms]
    means = [[form.mean_range() for form in row] for row in forms]
    _, Y = eliminated([[x.middle() for x in row] for row in whole], identity(size, bits))
    Y = [[x.middle() for x in row] for row in Y]
    newton_step = [-row[0] for row in product(Y, start)]
    reach = [[enclosing(-r, r, bits)] for r in radius]

    def spread(matrix: Matrix) -> list[Interval]:
        left = [
            [one - y for one, y in zip(*rows, strict=True)]
            for rows in zip(identity(size, bits), product(Y, matrix), strict=True)
        ]
        return [row[0] for row in product(left, reach)]

    inside = all(
        (step.size() + wide.size()).bounds()[1] < r
        for step, wide, r in zip(newton_step, spread(whole), radius, strict=True)
    )
    return [a + b for a, b in zip(newton_step, spread(means), strict=True)], inside


def _corners(
    setting: Setting, local: Local, at_center: Local, start: Matrix, radius: Vector
) -> tuple[list[Interval], bool]:
    """Make the test of "Kinks": determinants and solutions at all corners."""
    bits, size = setting.bits, len(radius)
    J = [[form.range() for form in row] for row in local.derivative()]
    fixed = {}
    for key, kink in local.kinks.items():
        fixed[key] = [form.base.middle() for form in at_center.lever(key)]
        for row, form, lead in zip(J, local.lever(key), fixed[key], strict=True):
            for k in range(size):
                row[k] = row[k] + (form.range() - lead) * kink.hull[k]
    signs, found = set(), []
    for choice in corner_choices(local.kinks):
        D = [
            [
                J[r][k] + total((fixed[key][r] * corner[k] for key, corner in choice), bits)
                for k in range(size)
            ]
            for r in range(size)
        ]
        determinant, solved = eliminated(D, [[-row[0]] for row in start])
        signs.add((determinant.low > 0) - (determinant.high < 0))
        found.append([row[0] for row in solved])
    if signs not in ({1}, {-1}):
        raise ZeroDivisionError("determinants of both signs")
    inside = all(x.size().bounds()[1] < r for move in found for x, r in zip(move, radius, strict=True))
    hulls = []
    for column in zip(*found, strict=True):
        ends = [x.bounds() for x in column]
        hulls.append(enclosing(min(low for low, _ in ends), max(high for _, high in ends), bits))
    return hulls, inside
