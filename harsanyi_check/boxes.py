"""Boxes of prices with exactly one equilibrium in them ("Boxes" and the test of "Kinks")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product as choices
from operator import add

from .game import Bounds, Game
from .intervals import Form, Interval, Table, averaged_product, eliminated, inner, middles, product
from .kernels import Chart, Kernel, Smooth, kernel_value, read_kernel
from .kinks import Kink, Slopes, kink_slopes, read_kink
from .linear import Vector, barycentric, dot, inverse, minus, rank, transposed
from .reading import Item

MOST_STEPS = 30
MOST_CORNERS = 4096


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

    def holds(self, prices: Vector) -> bool:
        """Tell whether prices are in the box; its boundary belongs to it."""
        free = zip(prices[:-1], self.center, self.radius, strict=True)
        return all(abs(b - c) <= r for b, c, r in free)


@dataclass(frozen=True)
class Setting:
    """What a box states: the planner's face with its edges `w_j`, and the threats.

    The players are divided as in item 4: pivots, the `rest` whose equations are part of H, and
    `f_0`; `back` inverts the matrix of the edges at the pivots.
    """

    game: Game
    bits: int
    face: tuple[int, ...]
    w: list[list[Fraction]]
    pivots: list[int]
    rest: list[int]
    back: list[list[Fraction]]
    kernels: Mapping[str, Kernel]
    kinks: Mapping[str, Kink]


def read_box(item: Item, game: Game) -> Box:
    """Check a box."""
    fields = item.fields("form", "center", "radius", "face", "kernels", "precision")
    fields["form"].text("box")
    center, radius = (fields[key].numbers(game.n - 1) for key in ("center", "radius"))
    fields["radius"].need(all(r > 0 for r in radius), "a radius is not positive")
    least = [*minus(center, radius), 1 - sum(center) - sum(radius)]
    item.need(min(least) > 0, "a price is not positive in the whole box")  # item 1
    bits = fields["precision"].whole(32, 4096)
    face = tuple(outcome.index(len(game.V)) for outcome in fields["face"].some())
    kernels, kinks = dict[str, Kernel](), dict[str, Kink]()
    places = fields["kernels"].fields(*game.pairs)
    for key, place in places.items():
        if isinstance(place.value, dict):
            kinks[key] = read_kink(place, game, game.pairs[key])
        else:
            kernels[key] = read_kernel(place, game.pairs[key])
    corners = 2 ** ((game.n - 1) * len(kinks))
    item.need(corners <= MOST_CORNERS, "there are too many kinks")
    chart = Chart(center, radius, bits, len(kinks))
    w = [minus(game.V[o], game.V[face[0]]) for o in face]
    check_face(fields["face"], game, face, w, chart)
    setting = Setting(game, bits, face, w, *chosen(w, chart.full), kernels, kinks)
    try:
        e = excesses(setting, chart, local_slopes(setting, chart), places)
        check_inside(fields["face"], setting, chart, e)
    except ZeroDivisionError:
        item.refuse("a threat's kernel is not shown to be regular in the whole box")
    return isolated(item, setting, center, radius)


def check_face(
    item: Item, game: Game, face: Sequence[int], w: Sequence[Vector], chart: Chart
) -> None:
    """Refuse unless an optimal planner pays a point of the face (item 3)."""
    item.need(rank(w) == len(w) - 1, "the payoffs of the face are affinely dependent")
    item.need(len(w) <= game.n, "the face has too many outcomes")
    corners = [game.V[o] for o in face]
    for o, vector in enumerate(game.V):
        inside = min(barycentric(corners, vector) or [Fraction(-1)]) >= 0
        beaten = any(chart.least(minus(corner, vector)) > 0 for corner in corners)
        item.need(inside or beaten, f"outcome {o} may be optimal in the box, outside the hull")


def chosen(
    w: Sequence[Vector], center: Vector
) -> tuple[list[int], list[int], list[list[Fraction]]]:
    """Choose the pivots and the other players but `f_0`, by size at the center (item 4)."""
    rows, pivots = [list(row) for row in w[1:]], list[int]()
    while rows:
        places = [(q, k) for q in range(len(center)) for k in range(len(rows))]
        q, k = max(places, key=lambda place: abs(rows[place[1]][place[0]]) * center[place[0]])
        lead = rows.pop(k)
        rows = [minus(row, [row[q] / lead[q] * a for a in lead]) for row in rows]
        pivots.append(q)
    others = sorted(set(range(len(center))) - set(pivots), key=lambda i: (center[i], -i))
    back = inverse([[edge[q] for q in pivots] for edge in w[1:]])
    return pivots, others[:-1], back or []


def excesses(
    setting: Setting, chart: Chart, slopes: Mapping[str, Slopes], places: Mapping[str, Item]
) -> list[Smooth]:
    """Return the functions `e_i` on a box or at its center; with places, check the kernels."""
    game, variables, values = setting.game, len(chart.radius) + chart.kinks, {}
    for key, kernel in setting.kernels.items():
        values[key] = kernel_value(places.get(key), game, game.pairs[key], kernel, chart)
    for k, bounds in enumerate(slopes.values(), start=len(chart.radius)):
        unit = tuple(chart.constant(Fraction(int(j == k))) for j in range(variables))
        values[bounds.key] = Smooth(bounds.value if chart.radius else bounds.center, unit)
    paid, found = game.V[setting.face[0]], []
    for i in range(game.n):
        own = chart.linear([v / game.n - (v if j == i else 0) for j, v in enumerate(paid)])
        for key, value in values.items():
            own = own + value.scaled(chart.number(game.pairs[key].phi[i]))
        found.append(own)
    return found


def local_slopes(setting: Setting, chart: Chart) -> dict[str, Slopes]:
    """Return the bounds of all pairs with kinks on a box."""
    game, kinks = setting.game, setting.kinks.items()
    return {key: kink_slopes(game, game.pairs[key], kink, chart) for key, kink in kinks}


def price(chart: Chart, i: int) -> Smooth:
    """Return the price of a player."""
    return chart.linear([Fraction(int(j == i)) for j in range(len(chart.full))])


def system(setting: Setting, chart: Chart, e: Sequence[Smooth]) -> list[Smooth]:
    """Return `H` (item 4)."""
    found = [chart.linear(row) for row in setting.w[1:]]
    for f in setting.rest:
        whole = e[f]
        for q, row in zip(setting.pivots, setting.back, strict=True):
            nu = -dot(row, [edge[f] for edge in setting.w[1:]])
            ratio = price(chart, f).over(price(chart, q))
            whole = whole + (e[q] * ratio).scaled(chart.number(nu))
        found.append(whole)
    return found


def check_inside(item: Item, setting: Setting, chart: Chart, e: Sequence[Smooth]) -> None:
    """Refuse unless what is owed is inside the face, whichever of its outcomes is optimal (5)."""
    columns = transposed(setting.back)
    columns.insert(0, [-sum(row, Fraction(0)) for row in setting.back])
    for o, edge in zip(setting.face, setting.w, strict=True):
        more = chart.form([value / len(edge) for value in edge])
        gains = [(e[q].value + more).over(price(chart, q).value) for q in setting.pivots]
        one = chart.constant(Fraction(1))
        factors = [[chart.constant(a) for a in column] for column in columns]
        weights = [inner(gains, column) for column in factors] if gains else [one - one]
        weights[0] = weights[0] + one
        for other, weight in zip(setting.face, weights, strict=True):
            reason = f"outcome {other} may have no weight where {o} is optimal"
            item.need(weight.range().low > 0, reason)


# -- item 6, and the test of "Kinks" --------------------------------------------------------------


def isolated(item: Item, setting: Setting, center: Vector, radius: Vector) -> Box:
    """Refuse unless `H` has exactly one zero in the box; enclose it."""
    b, reach = list(center), list(radius)
    proved = not b  # one player has no free price, and one equilibrium
    for _ in range(MOST_STEPS if b else 0):
        chart = Chart(b, reach, setting.bits, len(setting.kinks))
        try:
            moves, inside = contraction(setting, chart)
        except ZeroDivisionError:
            break
        proved = proved or inside
        parts = zip(b, reach, moves, strict=True)
        ends = [(c + max(low, -r), c + min(high, r)) for c, r, (low, high) in parts]
        item.need(all(low <= high for low, high in ends), "there is no equilibrium in the box")
        b, reach = (
            [(low + high) / 2 for low, high in ends],
            [(high - low) / 2 for low, high in ends],
        )
        if all(10 * new >= 9 * old for new, old in zip(reach, chart.radius, strict=True)):
            break
    item.need(proved, "not shown to hold exactly one equilibrium")
    chart = Chart(b, reach, setting.bits, len(setting.kinks))
    e = excesses(setting, chart, local_slopes(setting, chart), {})
    prices, owed = [], []
    for i, paid in enumerate(setting.game.V[setting.face[0]]):
        unit = [Fraction(int(j == i)) for j in range(setting.game.n)]
        prices.append((chart.least(unit), -chart.least([-a for a in unit])))
        form = chart.constant(paid) + e[i].value.over(chart.form(unit))
        owed.append(form.range().bounds())
    return Box(tuple(center), tuple(radius), tuple(prices), tuple(owed))


def contraction(setting: Setting, chart: Chart) -> tuple[Bounds, bool]:
    """Return bounds of `b - c` for all zeros b of H in a box, and whether it has exactly one."""
    slopes = local_slopes(setting, chart)
    H = system(setting, chart, excesses(setting, chart, slopes, {}))
    point = Chart(chart.full[:-1], (), setting.bits)
    start = [row.value for row in system(setting, point, excesses(setting, point, slopes, {}))]
    try:
        parts = zip(solutions(H, slopes, start, mean=False), chart.radius, strict=True)
        inside = all(-r < low and high < r for (low, high), r in parts)
    except ZeroDivisionError:
        inside = False
    return solutions(H, slopes, start, mean=True), inside


def solutions(
    H: Sequence[Smooth], slopes: Mapping[str, Slopes], start: Sequence[Form], mean: bool
) -> Bounds:
    """Return bounds of the solutions of `D x = -H(c)`, at all corners of the kinks' slopes.

    All D on the box are meant, or the means over segments from its center. Where the determinants
    of the D may be 0, or have different signs, ZeroDivisionError is raised.
    """
    free, numbers = len(H), Chart([], (), start[0].base.bits)
    unit = [[numbers.constant(Fraction(int(i == j))) for j in range(free)] for i in range(free)]
    forms, kinks = [list(row.slopes) for row in H], list(enumerate(slopes.values(), start=free))
    leads = [middles([[row[k]] for row in forms]) for k, _ in kinks]  # the fixed vectors ĝ
    zero = forms[0][0].scaled(Interval(0, 0, 0, numbers.bits))
    signs, found = set(), []
    for choice in choices(*(bounds.corners for bounds in slopes.values())):
        D = middles([row[:free] for row in forms])
        for lead, corner in zip(leads, choice, strict=True):
            D = with_products(D, lead, corner)
        _, back = eliminated(middles(D), unit)
        Y = middles(back)  # D is multiplied by a matrix near its inverse
        scale, _ = eliminated(Y, unit)
        columns = list(zip(*forms, strict=True))
        turned = [[turn(row, column) for column in columns] for row in Y]
        D = [[form.averaged(mean) for form in row[:free]] for row in turned]
        for (k, bounds), lead, corner in zip(kinks, leads, choice, strict=True):
            fixed = product(Y, lead)
            D = with_products(D, fixed, corner)
            for old, row, (g,) in zip(D, turned, fixed, strict=True):
                rest = row[k].plus(-g.base)
                parts = (averaged_product(rest, s, mean) for s in bounds.hull)
                old[:] = [a.plus(part) for a, part in zip(old, parts, strict=True)]
        moved = [[zero.plus(-row[0].base)] for row in product(Y, [[form] for form in start])]
        determinant, solved = eliminated(D, moved)
        whole = determinant.range() * scale.base
        signs.add((whole.low > 0) - (whole.high < 0))
        found.append([row[0].range().bounds() for row in solved])
    if len(signs) > 1 or 0 in signs:
        raise ZeroDivisionError("determinants of both signs")
    return tuple((min(part)[0], max(high for _, high in part)) for part in zip(*found, strict=True))


def turn(row: Sequence[Form], column: Sequence[Form]) -> Form:
    """Return a combination of forms with numbers."""
    return reduce(add, (f.scaled(y.base) for f, y in zip(column, row, strict=True)))


def with_products(matrix: Table, column: Table, row: Sequence[Interval]) -> Table:
    """Return `D + g sᵀ`, with numbers g and s."""
    pairs = zip(matrix, column, strict=True)
    return [[a.plus(g.base * s) for a, s in zip(old, row, strict=True)] for old, (g,) in pairs]
