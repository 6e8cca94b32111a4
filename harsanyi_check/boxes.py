"""Boxes of prices with exactly one equilibrium in them ("Boxes" and the test of "Kinks")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices

from .game import Bounds, Game
from .intervals import Form, product, solved
from .kernels import Chart, Kernel, Smooth, read_kernel
from .kinks import Kink, Slopes, read_kink
from .linear import Vector, clear, convex_weights, identity, inverse, minus, multiplied, plus, scale
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
    `f_0`; `turned` are combinations of the edges that are 1 for one pivot and 0 for the others, and
    `back` has their coefficients.
    """

    game: Game
    face: list[int]
    edges: list[list[Fraction]]
    pivots: list[int]
    rest: list[int]
    turned: list[list[Fraction]]
    back: list[list[Fraction]]
    threats: Mapping[str, Kernel | Kink]


def read_box(item: Item, game: Game) -> Box:
    """Check a box."""
    keys = ("form", "center", "radius", "face", "kernels", "precision")
    form, centres, radii, outcomes, kernels, precision = item.parts(*keys)
    form.text("box")
    centre, radius = centres.numbers(game.n - 1), radii.numbers(game.n - 1)
    radii.need(all(r > 0 for r in radius), "a radius is not positive")
    face = [outcome.index(len(game.V)) for outcome in outcomes.some()]
    threats: dict[str, Kernel | Kink] = {}
    places = dict(zip(game.pairs, kernels.parts(*game.pairs), strict=True))
    for key, place in places.items():
        reader = read_kink if isinstance(place.value, dict) else read_kernel
        threats[key] = reader(place, game, game.pairs[key])
    kinks = sum(isinstance(threat, Kink) for threat in threats.values())
    item.need(2 ** ((game.n - 1) * kinks) <= MOST_CORNERS, "there are too many kinks")
    chart = Chart(centre, radius, precision.whole(32, 4096), kinks)
    positive = all(chart.least(unit) > 0 for unit in identity(game.n))
    item.need(positive, "a price is not positive in the whole box")  # item 1
    setting = read_face(outcomes, game, face, threats, chart)
    try:
        for key, threat in threats.items():
            if isinstance(threat, Kernel):
                threat.check(places[key], chart)
        check_inside(outcomes, setting, chart)
        return isolated(item, setting, chart)
    except ZeroDivisionError:
        item.refuse("a threat's kernel is not shown to be regular in the whole box")


def read_face(
    item: Item, game: Game, face: list[int], threats: Mapping[str, Kernel | Kink], chart: Chart
) -> Setting:
    """Refuse unless an optimal planner pays a point of the face (item 3); choose the pivots.

    They are chosen by size at the centre (item 4).
    """
    corners = [game.V[o] for o in face]
    edges = [minus(corner, corners[0]) for corner in corners[1:]]
    count, pivots = len(edges), list[int]()
    item.need(count < game.n, "the face has too many outcomes")
    rows = [[*edge, *unit] for edge, unit in zip(edges, identity(count), strict=True)]
    for k in range(count):
        spots = [(j, q) for j in range(k, count) for q in range(game.n)]
        j, q = max(spots, key=lambda spot: abs(rows[spot[0]][spot[1]]) * chart.full[spot[1]])
        item.need(rows[j][q] != 0, "the payoffs of the face are affinely dependent")
        rows[k], rows[j] = rows[j], rows[k]
        clear(rows, k, q)
        pivots.append(q)
    for o, vector in enumerate(game.V):
        beaten = any(chart.least(minus(corner, vector)) > 0 for corner in corners)
        inside = beaten or convex_weights(corners, vector) != []
        item.need(inside, f"outcome {o} may be optimal in the box, outside the hull")
    others = sorted(set(range(game.n)) - set(pivots), key=lambda i: (chart.full[i], -i))
    turned, back = [row[: game.n] for row in rows], [row[game.n :] for row in rows]
    return Setting(game, face, edges, pivots, others[:-1], turned, back, threats)


def local_slopes(setting: Setting, chart: Chart) -> list[Slopes]:
    """Return the bounds of all threats with kinks on a box."""
    return [kink.slopes(chart) for kink in setting.threats.values() if isinstance(kink, Kink)]


def excesses(setting: Setting, chart: Chart, slopes: list[Slopes]) -> list[Smooth]:
    """Return the functions `e_i` on a box."""
    game, paid = setting.game, setting.game.V[setting.face[0]]
    own = [scale(v, unit) for v, unit in zip(paid, identity(game.n), strict=True)]
    found = [chart.linear(minus(scale(Fraction(1, game.n), paid), row)) for row in own]
    kinks = iter([chart.kink(k, part.centre, part.hull) for k, part in enumerate(slopes)])
    for key, threat in setting.threats.items():
        value = threat.value(chart) if isinstance(threat, Kernel) else next(kinks)
        phi = map(chart.number, game.pairs[key].phi)
        found = [e + value.scaled(share) for e, share in zip(found, phi, strict=True)]
    return found


def check_inside(item: Item, setting: Setting, chart: Chart) -> None:
    """Refuse unless what is owed is inside the face, whichever of its outcomes is optimal (5)."""
    e = excesses(setting, chart, local_slopes(setting, chart))
    one, n = chart.constant(Fraction(1)), setting.game.n
    for o, edge in zip(setting.face, [[Fraction(0)] * n, *setting.edges], strict=True):
        more = chart.form(scale(Fraction(1, n), edge))
        gains = [(e[q].value + more) * chart.price(q).value.reciprocal() for q in setting.pivots]
        (weights,) = product([gains], chart.constants(setting.back))
        weights.insert(0, one - sum(weights, one - one))
        for other, weight in zip(setting.face, weights, strict=True):
            reason = f"outcome {other} may have no weight where {o} is optimal"
            item.need(weight.range().low > 0, reason)


def system(setting: Setting, chart: Chart, slopes: list[Slopes]) -> list[Smooth]:
    """Return `H` (item 4)."""
    e = excesses(setting, chart, slopes)
    found = [chart.linear(edge) for edge in setting.edges]
    for f in setting.rest:
        whole = e[f]
        for q, edge in zip(setting.pivots, setting.turned, strict=True):  # ν_fq is -edge_f
            ratio = chart.price(f) * chart.price(q).reciprocal()
            whole = whole + (e[q] * ratio).scaled(chart.number(-edge[f]))
        found.append(whole)
    return found


# -- item 6, and the test of "Kinks" --------------------------------------------------------------


def isolated(item: Item, setting: Setting, whole: Chart) -> Box:
    """Refuse unless `H` has exactly one zero in the box; enclose it."""
    chart, proved = whole, False
    for _ in range(MOST_STEPS):
        reach = steps(setting, chart)
        if len(reach) == 2:
            inside = zip(reach[1], chart.radius, strict=True)
            proved = proved or all(-r < low and high < r for (low, high), r in inside)
        reach.append(tuple((-r, r) for r in chart.radius))
        parts = zip(chart.centre, zip(*reach, strict=True), strict=True)
        ends = [(c + max(part)[0], c + min(high for _, high in part)) for c, part in parts]
        item.need(all(low <= high for low, high in ends), "there is no equilibrium in the box")
        old, chart = chart.radius, chart.between(ends)
        if all(10 * new >= 9 * r for new, r in zip(chart.radius, old, strict=True)):
            break
    item.need(proved, "not shown to hold exactly one equilibrium")
    e = excesses(setting, chart, local_slopes(setting, chart))
    prices = [chart.form(unit) for unit in identity(setting.game.n)]
    owed = []
    for v, own, price in zip(setting.game.V[setting.face[0]], e, prices, strict=True):
        owed.append(chart.constant(v) + own.value * price.reciprocal())
    reach = [tuple(form.range().bounds() for form in forms) for forms in (prices, owed)]
    sides = [(c - r, c + r) for c, r in zip(whole.centre, whole.radius, strict=True)]
    return Box(tuple(sides), *reach)


def steps(setting: Setting, chart: Chart) -> list[Bounds]:
    """Return one or two kinds of bounds of `b - c` for all zeros b of H in the box.

    First those of `-Y H(c) + (I - Y S)(B - c)`, if there is an inverse Y, then those of all x with
    `H(c) + D x = 0`, if no D on the box is singular.
    """
    slopes, unit = local_slopes(setting, chart), identity(len(chart.radius))
    derivatives = [row.slopes for row in system(setting, chart, slopes)]
    point = chart.between([(c, c) for c in chart.centre])
    start = [[row.value] for row in system(setting, point, slopes)]
    # the ĝ are middles; all D are multiplied by a matrix Y near the inverse of one of them
    middle = [[form.base.middle() for form in row] for row in derivatives]
    fixed = [[*([Fraction(0)] * len(unit)), *row[len(unit) :]] for row in middle]
    hulls = [part.hull for part in slopes]
    inverted = inverse(multiplied(middle, [*unit, *([s.middle() for s in hull] for hull in hulls)]))
    if inverted is None:
        return []
    # D is `(J + ĝ) s` with the unit vectors and the slopes of the kinks as the rows of s
    Y, exact = chart.constants(inverted), multiplied(inverted, fixed)
    J, zero = list(map(minus, derivatives, chart.constants(fixed))), chart.constant(Fraction(0))
    rows = [*chart.constants(unit), *([Form(s, zero.slopes) for s in hull] for hull in hulls)]
    loose, shift = product(product(Y, J), rows), [-row[0].base for row in product(Y, start)]
    moves = []
    means = map(plus, loose, product(chart.constants(exact), rows))
    for move, line in zip(shift, map(minus, chart.constants(unit), means), strict=True):
        for form, r in zip(line, chart.radius, strict=True):
            move += form.range(halved=True).either_sign() * chart.number(r)
        moves.append(move.bounds())
    signs, found = set(), []
    for choice in choices(*(part.corners for part in slopes)):
        corner = chart.constants(multiplied(exact, [*unit, *choice]))
        D = [[form.range() for form in row] for row in map(plus, loose, corner)]
        try:
            sign, x = solved(D, shift)
        except ZeroDivisionError:
            return [tuple(moves)]
        signs.add(sign)
        found.append([part.bounds() for part in x])
    hull = [(min(part)[0], max(high for _, high in part)) for part in zip(*found, strict=True)]
    return [tuple(moves), tuple(hull)] if len(signs) == 1 else [tuple(moves)]
