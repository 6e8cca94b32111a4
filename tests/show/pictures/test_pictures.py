"""Every picture of every awkward game: complete, in its frame, the same each time."""

from __future__ import annotations

from functools import lru_cache

import matplotlib as mpl
import numpy as np
import pytest
from equivariance import rescale
from folders import EXAMPLES

from harsanyi_aux import InputError, StrategicGame, coco_value, load_game, random_game
from harsanyi_aux.equilibria.survey import Survey, survey
from harsanyi_aux.show.pictures import pictures, prices
from harsanyi_aux.show.pictures.axes import (
    CORNERS,
    feasible_set,
    in_utils,
    pareto_frontier,
    rounded_body,
)
from harsanyi_aux.show.pictures.coalitions import coalition_figure
from harsanyi_aux.show.pictures.payoffs import EPSILON, payoff_figure
from harsanyi_aux.show.pictures.prices import price_figure
from harsanyi_aux.show.pictures.regions import chart
from harsanyi_aux.show.pictures.space import space_figure
from harsanyi_aux.show.pictures.style import STYLE, WIDTH, outcome_name, styled

LONG = "a name that is far too long for any axis"


def example(name: str) -> StrategicGame:
    return load_game(EXAMPLES / f"{name}.json")


def one_player() -> StrategicGame:
    return StrategicGame.from_arrays([3, 1, 2])


def named(game: StrategicGame) -> StrategicGame:
    names = ["$Ann$", "<Bob>", LONG, "\u2067right\nto left"][: game.n_players]
    labels = [[f"{LONG} {a}" for a in range(m)] for m in game.actions]
    return StrategicGame.from_arrays(*game.payoffs, players=names, action_labels=labels)


GAMES = {
    "one player": one_player,
    "one outcome": lambda: StrategicGame.from_arrays([[1]], [[2]]),
    "point": lambda: example("degenerate/nothing"),
    "segment, boundary": lambda: example("degenerate/gift"),
    "segment, set of prices": lambda: example("degenerate/dictator"),
    "veto": lambda: example("veto"),
    "huge": lambda: rescale(example("veto"), 10**12, 7),
    "far away": lambda: rescale(example("veto"), 1, 10**9),
    "names": lambda: named(random_game("uniform", (2, 2), rng=1)),
    "side payments": lambda: StrategicGame.from_arrays(
        [[4, 0], [1, 2]], [[0, 1], [1, 5]], transferable=True
    ),
    "three, point": lambda: StrategicGame.from_arrays(*np.zeros((3, 2, 1, 1), dtype=int)),
    "three, segment": lambda: example("degenerate/patron"),
    "three, polygon and set": lambda: example("degenerate/trustee"),
    "three, solid": lambda: example("degenerate/facet"),
    "three, huge and tiny": lambda: rescale(
        random_game("uniform", (2, 2, 2), rng=2), [1e12, 1.0, 1e-9], [0.0, 1e3, 0.0]
    ),
    "three, names": lambda: named(random_game("uniform", (2, 2, 2), rng=3)),
    "four, names": lambda: named(random_game("uniform", (2, 2, 1, 1), rng=3)),
    "five": lambda: random_game("uniform", (2, 2, 1, 1, 1), rng=4),
}
# the bars of games that have another picture are drawn for these only
BARS = ("point", "segment, boundary", "side payments", "three, huge and tiny")
# one game for each thing that can go wrong; the others are slow tests
FAST = ("one player", "segment, set of prices", "huge", "names", "three, polygon and set", "five")
CASES = [
    pytest.param(name, kind, marks=[] if name in FAST else pytest.mark.slow)
    for name, make in GAMES.items()
    for k, kind in enumerate(pictures.kinds_for(make().n_players))
    if kind != "coalitions" or k == 0 or name in BARS
]


@lru_cache
def surveyed(name: str) -> Survey:
    """Return the equilibria of a game: all of them, but for one whose list takes long."""
    return survey(GAMES[name](), seconds=0 if name == "four, names" else 600, starts=2)


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """A coarse price triangle: what is tested here does not depend on its steps."""
    monkeypatch.setattr(prices, "chart", lambda game, resolution: chart(game, resolution or 12))


FIGURES = {
    "payoffs": payoff_figure,
    "prices": price_figure,
    "space": space_figure,
    "coalitions": coalition_figure,
}


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_nothing_is_cut_off(name, kind):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    found = surveyed(name)
    assert found.equilibria
    with styled():
        figure = FIGURES[kind](found)
        assert figure.get_figwidth() == pytest.approx(WIDTH)
        assert figure.get_figheight() < 10
        FigureCanvasAgg(figure).draw()
        frame = figure.bbox.padded(0.5)
        # ticks beyond the limits of an axis are made but not drawn
        unused = [text for axes in figure.axes for text in _ticks_outside(axes)]
        for text in figure.findobj(Text):
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent()
                inside = frame.x0 <= box.x0 and box.x1 <= frame.x1
                inside &= frame.y0 <= box.y0 and box.y1 <= frame.y1
                assert inside or text in unused, (text.get_text(), box, frame)


def _ticks_outside(axes):
    out = []
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = sorted(limits)
        slack = 1e-9 * (high - low)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not low - slack <= tick.get_loc() <= high + slack:
                out += [tick.label1, tick.label2]
    return out


@pytest.mark.parametrize(
    ("name", "kind", "suffix", "begins"),
    [
        ("veto", "payoffs", "svg", b"<?xml"),
        ("three, solid", "prices", "svg", b"<?xml"),
        ("three, solid", "prices", "pdf", b"%PDF"),
        ("three, solid", "space", "png", b"\x89PNG"),
    ],
)
def test_files_are_the_same_whatever_the_settings(tmp_path, name, kind, suffix, begins):
    found = surveyed(name)
    one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix.upper()}"
    pictures.draw(found, one, kind)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.fonttype": "none"}):
        pictures.draw(found, two, kind)
        assert mpl.rcParams["font.size"] == 20
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().startswith(begins)


def test_names_and_units_are_written_as_they_are(monkeypatch):
    monkeypatch.setitem(STYLE, "svg.fonttype", "none")
    two = pictures.picture(surveyed("names"), "payoffs").decode()
    for text in ("$Ann$ (utils)", "&lt;Bob&gt; (utils)", "price line", "threat point"):
        assert text in two
    three = pictures.picture(surveyed("three, names"), "prices").decode()
    for text in ("0: $Ann$", "1: &lt;Bob&gt;", "curnits per payoff range", "division defect"):
        assert text in three
    bars = pictures.picture(surveyed("four, names"), "coalitions").decode()
    for text in ("utils (range)", "curnits/util", "{0,1,2,3}", "3: right to left"):
        assert text in bars
    assert LONG not in two + three + bars


def test_two_players_by_hand():
    # plans pay (4,0) and (0,2), a veto (1,0): the frontier joins the plans, u = (5/2, 3/4)
    game = example("veto")
    x, y = in_utils(game, pareto_frontier(feasible_set(game)))
    assert sorted(zip(x.tolist(), y.tolist(), strict=True)) == [(0, 2), (4, 0)]
    caption = pictures.caption(surveyed("veto"), "payoffs")
    assert "(2.5, 0.75)" in caption
    assert "threat point (1, 0)" in caption


@pytest.mark.parametrize("rounding", ["outer", "sanded", "entropic"])
def test_rounded_bodies_by_hand(rounding):
    # scaled corners (0,1), (1/4,0), (1,0): an outer body reaches ε further in every direction, a
    # sanded one lies within the hull and touches its edges, a softmax stays inside
    game = example("veto")
    body = rounded_body(game, EPSILON, rounding=rounding)
    highest = {"outer": 1 + EPSILON, "sanded": 1.0, "entropic": 1.0}[rounding]
    assert body[:, 1].max() <= highest + 1e-9
    lowest = {"outer": -EPSILON, "sanded": 0.0}.get(rounding)
    if lowest is not None:
        assert body[:, 1].min() == pytest.approx(lowest, abs=1e-3)
    picture = pictures.picture(surveyed("veto"), "payoffs", roundings=[rounding])
    assert picture != pictures.picture(surveyed("veto"), "payoffs")


def test_dividends_shown_add_up_to_what_players_get():
    from harsanyi_aux.game.implied import float_prices
    from harsanyi_aux.show.pictures.coalitions import _groups

    for name in ("three, solid", "five", "side payments", "one player"):
        found = surveyed(name)
        game, equilibrium = found.game, found.equilibria[0]
        got = np.zeros(game.n_players)
        for _, owners, values in _groups(game, equilibrium, found.fights[0]):
            got[list(owners)] += values
        payoffs = equilibrium.payoffs.astype(float) - game.minima
        assert got == pytest.approx(float_prices(game, equilibrium) * payoffs, abs=1e-9)


def test_limiting_paths_are_drawn():
    from harsanyi_aux import follow_smoothing

    found = surveyed("three, solid")
    limit = follow_smoothing(found.game, rounding="outer")
    assert pictures.picture(found, "prices", limits=[limit]) != pictures.picture(found, "prices")


def test_pictures_that_there_are_not_are_refused(tmp_path):
    with pytest.raises(InputError, match="choose payoffs or coalitions"):
        pictures.picture(surveyed("veto"), "prices")
    with pytest.raises(InputError, match="choose one of payoffs, prices"):
        pictures.picture(surveyed("veto"), "nonsense")
    with pytest.raises(InputError, match="no equilibrium 2 to draw"):
        pictures.picture(surveyed("veto"), "coalitions", which=1)
    with pytest.raises(InputError, match=r"\.svg, \.pdf or \.png"):
        pictures.draw(surveyed("veto"), tmp_path / "picture.gif")
    with pytest.raises(InputError, match="folder does not exist"):
        pictures.draw(surveyed("veto"), tmp_path / "none" / "picture.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["robust/2x2x2_three.game", "gallery/robust_coco/game"])
def test_numbers_stand_by_their_own_equilibrium(name):
    found = survey(example(name))
    assert len(found.equilibria) == 3
    figure = price_figure(found, resolution=8)
    figure.canvas.draw()
    axes = figure.axes[0]
    marks = {t.get_text(): axes.transData.transform(t.xy) for t in axes.texts if hasattr(t, "xy")}
    assert sorted(marks) == ["1", "2", "3"]
    boxes = {t.get_text(): t.get_window_extent() for t in axes.texts if hasattr(t, "xy")}
    for number, box in boxes.items():
        middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
        distances = {other: np.hypot(*(middle - mark)) for other, mark in marks.items()}
        assert min(distances, key=distances.__getitem__) == number
        others = [d for other, d in distances.items() if other != number]
        assert distances[number] < 0.75 * min(others)


def test_outcomes_are_named_so_that_they_differ_and_fit():
    game = example("degenerate/trustee")  # keep, to aunt, to uncle; wait; wait
    names = [outcome_name(game, [a, 0, 0]) for a in range(3)]
    assert names == ["keep/wait/wait", "to au…/wait/wait", "to un…/wait/wait"]
    alike = [["build a large plant", "build a large depot"], ["no", "yes"], ["a", "b"]]
    game = StrategicGame.from_arrays(*np.zeros((3, 2, 2, 2)), action_labels=alike)
    assert outcome_name(game, [1, 1, 0]) == "2/yes/a"
    assert outcome_name(game, [0, 0, 1]) == "1/no/b"
    game = named(random_game("uniform", (2, 2, 2), rng=1))
    assert outcome_name(game, [0, 1, 0]) == "1/2/1"
    assert len(outcome_name(game, [0, 1, 0], 200)) <= 200


def test_a_curve_of_equilibria_is_drawn_where_the_excess_vanishes():
    from matplotlib.contour import ContourSet

    game = random_game("uniform", (2, 2, 2), 20261220)
    found = survey(game)
    assert found.enumeration is not None
    (curve,) = found.enumeration.sets
    (drawn,) = (
        c for c in price_figure(found).axes[0].collections
        if isinstance(c, ContourSet) and list(c.levels) == [0.0] and c.get_linewidths()[0] == 3
    )  # fmt: skip
    (path,) = drawn.get_paths()
    assert len(path.vertices) > 10
    system = np.vstack([CORNERS.T, np.ones(3)])
    for x, y in path.vertices:
        normalised = np.linalg.solve(system, [x, y, 1.0])
        own = normalised / game.ranges
        gap = coco_value(game, own).shares - own * curve.payoffs
        assert np.abs(gap).max() < 5e-4
