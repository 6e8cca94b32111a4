"""Boxes of prices with exactly one equilibrium in them ("Boxes" and the test of "Kinks")."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices

from .game import Bounds, Game
from .intervals import solved
from .kernels import Chart, Kernel, Smooth, check_kernel, kernel_value, read_kernel
from .kinks import Kink, Slopes, kink_slopes, read_kink
from .linear import Vector, clear, combined, dot, identity, inverse, minus, rank, within
from .reading import Item

MOST_STEPS = 30
MOST_CORNERS = 4096


@dataclass(frozen=True)
class Box:
    """A box that has been checked, and bounds of the one equilibrium in it.

    `sides` are those of the free prices `b_0 … b_{n-2}`; prices and payoffs are normalised.
    """

    sides: Bounds
    prices: Bounds
    payoffs: Bounds

    def holds(self, prices: Vector) -> bool:
        """Tell whether prices are in the box; its boundary belongs to it."""
        free = zip(prices[:-1], self.sides, strict=True)
        return all(low <= price <= high for price, (low, high) in free)


@dataclass(frozen=True)
class Setting:
    """What a box states: the planner's face with its edges `w_j`, and the threats.

    The players are divided as in item 4: pivots, the `rest` whose equations are part of H, and
    `f_0`; `edges` are combinations of the `w_j` that are 1 for one pivot and 0 for the others, and
    `back` has their coefficients.
    """

    game: Game
    face: list[int]
    w: list[list[Fraction]]
    pivots: list[int]
    rest: list[int]
    edges: list[list[Fraction]]
    back: list[list[Fraction]]
    threats: Mapping[str, Kernel | Kink]


def read_box(item: Item, game: Game) -> Box:
    """Check a box."""
    keys = ("form", "center", "radius", "face", "kernels", "precision")
    form, centers, radii, outcomes, kernels, precision = item.parts(*keys)
    form.text("box")
    center, radius = centers.numbers(game.n - 1), radii.numbers(game.n - 1)
    radii.need(all(r > 0 for r in radius), "a radius is not positive")
    face = [outcome.index(len(game.V)) for outcome in outcomes.some()]
    threats: dict[str, Kernel | Kink] = {}
    places = dict(zip(game.pairs, kernels.parts(*game.pairs), strict=True))
    for key, place in places.items():
        kinked, pair = isinstance(place.value, dict), game.pairs[key]
        threats[key] = read_kink(place, game, pair) if kinked else read_kernel(place, pair)
    kinks = sum(isinstance(threat, Kink) for threat in threats.values())
    item.need(2 ** ((game.n - 1) * kinks) <= MOST_CORNERS, "there are too many kinks")
    chart = Chart(center, radius, precision.whole(32, 4096), kinks)
    positive = all(chart.least(unit) > 0 for unit in identity(game.n))
    item.need(positive, "a price is not positive in the whole box")  # item 1
    setting = read_face(outcomes, game, face, threats, chart)
    try:
        for key, threat in threats.items():
            if isinstance(threat, Kernel):
                check_kernel(places[key], game, game.pairs[key], threat, chart)
        check_inside(outcomes, setting, chart)
        return isolated(item, setting, chart)
    except ZeroDivisionError:
        item.refuse("a threat's kernel is not shown to be regular in the whole box")


def read_face(
    item: Item, game: Game, face: list[int], threats: Mapping[str, Kernel | Kink], chart: Chart
) -> Setting:
    """Refuse unless an optimal planner pays a point of the face (item 3); choose the pivots.

    They are chosen by size at the center (item 4).
    """
    corners = [game.V[o] for o in face]
    w = [minus(corner, corners[0]) for corner in corners[1:]]
    item.need(rank(w) == len(w), "the payoffs of the face are affinely dependent")
    item.need(len(w) < game.n, "the face has too many outcomes")
    for o, vector in enumerate(game.V):
        beaten = any(chart.least(minus(corner, vector)) > 0 for corner in corners)
        inside = beaten or within(corners, vector)
        item.need(inside, f"outcome {o} may be optimal in the box, outside the hull")
    rows, pivots = (
        [[*edge, *unit] for edge, unit in zip(w, identity(len(w)), strict=True)],
        list[int](),
    )
    for k in range(len(w)):
        spots = [(j, q) for j in range(k, len(w)) for q in range(game.n)]
        j, q = max(spots, key=lambda spot: abs(rows[spot[0]][spot[1]]) * chart.full[spot[1]])
        rows[k], rows[j] = rows[j], rows[k]
        clear(rows, k, q)
        pivots.append(q)
    others = sorted(set(range(game.n)) - set(pivots), key=lambda i: (chart.full[i], -i))
    edges, back = [row[: game.n] for row in rows], [row[game.n :] for row in rows]
    return Setting(game, face, w, pivots, others[:-1], edges, back, threats)


def local_slopes(setting: Setting, chart: Chart) -> list[Slopes]:
    """Return the bounds of all pairs with kinks on a box."""
    game, threats = setting.game, setting.threats.items()
    kinks = [(game.pairs[key], kink) for key, kink in threats if isinstance(kink, Kink)]
    return [kink_slopes(game, pair, kink, chart) for pair, kink in kinks]


def excesses(setting: Setting, chart: Chart, slopes: Collection[Slopes]) -> list[Smooth]:
    """Return the functions `e_i` on a box."""
    game, paid = setting.game, setting.game.V[setting.face[0]]
    found = []
    for i in range(game.n):
        own = [v / game.n - (v if j == i else 0) for j, v in enumerate(paid)]
        found.append(chart.linear(own))
    values = [chart.kink(k, bounds.center, bounds.hull) for k, bounds in enumerate(slopes)]
    for key, threat in setting.threats.items():
        pair = game.pairs[key]
        value = (
            kernel_value(game, pair, threat, chart) if isinstance(threat, Kernel) else values.pop(0)
        )
        found = [e + value.scaled(chart.number(g)) for e, g in zip(found, pair.phi, strict=True)]
    return found


def check_inside(item: Item, setting: Setting, chart: Chart) -> None:
    """Refuse unless what is owed is inside the face, whichever of its outcomes is optimal (5)."""
    e = excesses(setting, chart, local_slopes(setting, chart))
    zero, one = (chart.constant(Fraction(k)) for k in (0, 1))
    for o, edge in zip(setting.face, [[Fraction(0)] * setting.game.n, *setting.w], strict=True):
        more = chart.form([value / len(edge) for value in edge])
        gains = [(e[q].value + more) * chart.price(q).value.reciprocal() for q in setting.pivots]
        weights = [chart.total(column, gains) for column in zip(*setting.back, strict=True)]
        weights.insert(0, one - sum(weights, zero))
        for other, weight in zip(setting.face, weights, strict=True):
            reason = f"outcome {other} may have no weight where {o} is optimal"
            item.need(weight.range().low > 0, reason)


def system(setting: Setting, chart: Chart, slopes: Collection[Slopes]) -> list[Smooth]:
    """Return `H` (item 4)."""
    e = excesses(setting, chart, slopes)
    found = [chart.linear(edge) for edge in setting.w]
    for f in setting.rest:
        whole = e[f]
        for q, edge in zip(setting.pivots, setting.edges, strict=True):
            ratio = chart.price(f) * chart.price(q).reciprocal()
            whole = whole + (e[q] * ratio).scaled(chart.number(-edge[f]))
        found.append(whole)
    return found


# -- item 6, and the test of "Kinks" --------------------------------------------------------------


def isolated(item: Item, setting: Setting, whole: Chart) -> Box:
    """Refuse unless `H` has exactly one zero in the box; enclose it."""
    chart, proved = whole, False
    for _ in range(MOST_STEPS):
        on_box, moves = steps(setting, chart)
        if on_box is not None:
            inside = zip(on_box, chart.radius, strict=True)
            proved = proved or all(-r < low and high < r for (low, high), r in inside)
        if moves is None:
            break
        parts = zip(chart.center, chart.radius, moves, strict=True)
        ends = [(c + max(low, -r), c + min(high, r)) for c, r, (low, high) in parts]
        item.need(all(low <= high for low, high in ends), "there is no equilibrium in the box")
        old = chart.radius
        chart = chart.moved(
            [(low + high) / 2 for low, high in ends], [(high - low) / 2 for low, high in ends]
        )
        if all(10 * r >= 9 * before for r, before in zip(chart.radius, old, strict=True)):
            break
    item.need(proved, "not shown to hold exactly one equilibrium")
    e = excesses(setting, chart, local_slopes(setting, chart))
    prices, owed = [], []
    for i, paid in enumerate(setting.game.V[setting.face[0]]):
        unit = identity(setting.game.n)[i]
        prices.append((chart.least(unit), -chart.least([-a for a in unit])))
        form = chart.constant(paid) + e[i].value * chart.form(unit).reciprocal()
        owed.append(form.range().bounds())
    sides = [(c - r, c + r) for c, r in zip(whole.center, whole.radius, strict=True)]
    return Box(tuple(sides), tuple(prices), tuple(owed))


def steps(setting: Setting, chart: Chart) -> list[Bounds | None]:
    """Return bounds of all x with `H(c) + D x = 0`, for all D on the box and for their means.

    The means are those over segments from the center. None stands for D that may be singular, or
    have determinants of different signs.
    """
    free, slopes = range(len(chart.radius)), local_slopes(setting, chart)
    forms = [row.slopes for row in system(setting, chart, slopes)]
    point = chart.moved(chart.center, [Fraction(0) for _ in free])
    start = [row.value for row in system(setting, point, slopes)]
    hulls, corners = [bounds.hull for bounds in slopes], [bounds.corners for bounds in slopes]
    # all D are multiplied by a matrix Y near the inverse of one; the ĝ are middles, too
    middles = [[form.base.middle() for form in row] for row in forms]
    fixed = [row[len(free) :] for row in middles]
    slope = [[hull[k].middle() for hull in hulls] for k in free]
    Y = inverse(
        [[row[k] + dot(g, slope[k]) for k in free] for row, g in zip(middles, fixed, strict=True)]
    )
    if Y is None:
        return [None, None]
    turned = [[chart.total(row, column) for column in zip(*forms, strict=True)] for row in Y]
    shift = [-chart.total(row, start).base for row in Y]
    fixed = [combined(row, fixed) for row in Y]
    loose = []
    for row, g in zip(turned, fixed, strict=True):
        rests = [form - chart.constant(x) for form, x in zip(row[len(free) :], g, strict=True)]
        loose.append(
            [
                sum((rest.scaled(hull[k]) for rest, hull in zip(rests, hulls, strict=True)), row[k])
                for k in free
            ]
        )

    def solutions(halved: bool) -> Bounds | None:
        signs, found = set(), []
        for choice in choices(*corners):
            D = [
                [
                    form.range(halved) + chart.number(dot(g, [corner[k] for corner in choice]))
                    for k, form in enumerate(row)
                ]
                for row, g in zip(loose, fixed, strict=True)
            ]
            try:
                sign, x = solved(D, shift)
            except ZeroDivisionError:
                return None
            signs.add(sign)
            found.append([part.bounds() for part in x])
        if len(signs) > 1:
            return None
        return tuple(
            (min(low for low, _ in part), max(high for _, high in part))
            for part in zip(*found, strict=True)
        )

    return [solutions(halved=False), solutions(halved=True)]
