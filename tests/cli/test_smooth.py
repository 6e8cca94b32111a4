"""``harsanyi smooth``: sequences and their limits, what is skipped, refusals, pictures."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest
from commands import VETO, assert_refused, game

from harsanyi_aux.cli.commands import smooth as cli_smooth
from harsanyi_aux.smooth import games as smoothed
from harsanyi_aux.text.plain import plain

F7 = game([0, 1], [0, 0], actions=[1, 2], title="F7")
COMMON = game([0, 1, 2, 0], [0, 1, 2, 0], actions=[2, 2])


def random_game(*actions: int, seed: int = 1) -> dict:
    payoffs = np.random.default_rng(seed).normal(size=(len(actions), int(np.prod(actions))))
    return game(*payoffs.tolist(), actions=list(actions))


def no_constant(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def test_generic_games_have_one_limit(run, write):
    file = write(random_game(2, 2, 2))
    answer = run("smooth", file, "--json")
    assert answer.status == 0
    data = json.loads(answer.out, parse_constant=no_constant)
    assert set(data) == {"sequences", "agree", "game", "skipped", "interrupted"}
    assert (data["agree"], data["skipped"]) == (True, [])
    names = [(s["rounding"], s["lift"]) for s in data["sequences"]]
    assert names == [("outer", "none"), ("sanded", "none"), ("entropic", "none")]
    solved = run("solve", file, "--json").json["equilibria"][0]
    for sequence in data["sequences"]:
        assert set(sequence) == {"rounding", "lift", "steps", "lost", "limit"}
        assert len(sequence["steps"]) == 13
        for step in sequence["steps"]:
            assert set(step) == {"epsilon", "prices", "payoffs", "residual"}
            assert step["residual"] <= 1e-10
        limit = sequence["limit"]
        assert set(limit) == {
            *("class", "prices", "payoffs", "residuals"),
            *("error", "order", "vanishing", "rates", "attained", "cluster_points"),
        }
        assert (limit["class"], limit["attained"], limit["vanishing"]) == ("proper", True, [])
        assert set(limit["residuals"]) == {"pareto", "threats", "division"}
        # curnits per util of the game as it was given, and utils
        assert limit["payoffs"] == pytest.approx(solved["payoffs"], abs=1e-6)
        ratio = np.array(limit["prices"]) / np.array(solved["prices"])
        assert ratio == pytest.approx(np.full(3, ratio[0]), rel=1e-6)
    last = data["sequences"][0]
    assert last["steps"][-1]["prices"] == pytest.approx(last["limit"]["prices"], abs=1e-7)


def test_tables_and_verdict_for_people(run, write):
    answer = run("smooth", write(random_game(2, 2)), "--smallest", "1e-7")
    assert answer.status == 0
    for words in ("Outer rounding", "Sanding", "Entropic", "residual", "distance", "limit"):
        assert words in answer.out
    assert "Limit: proper, all prices positive; estimated error" in plain(answer.out)
    assert "attained, a proper equilibrium" in plain(answer.out)
    assert "All 3 smoothings agree" in answer.out
    assert answer.err == ""


def test_without_a_proper_equilibrium_the_limit_depends_on_the_smoothing(run, write):
    file = write(F7)
    answer = run("smooth", file, "--json")
    assert answer.status == 1
    data = json.loads(answer.out, parse_constant=no_constant)
    assert data["agree"] is False
    outer, entropic = (sequence["limit"] for sequence in data["sequences"])
    assert (outer["class"], outer["vanishing"]) == ("boundary", [0])
    assert outer["prices"] == pytest.approx([0, 1])
    assert outer["payoffs"] == pytest.approx([1, 0])
    assert outer["rates"] == pytest.approx([1], abs=1e-3)
    assert entropic["class"] == "boundary"
    assert entropic["payoffs"] == pytest.approx([0.5, 0])
    assert entropic["rates"] == [None]
    assert [entry["rounding"] for entry in data["skipped"]] == ["sanded"]
    told = plain(run("smooth", file, "--smallest", "1e-4").out)
    assert "that of player 0 (Player 1) like ε^1.00" in told
    assert "evidence, not a proof, that none exists" in told
    assert "Different smoothings have different limits; the set of them:" in told


def test_a_flat_hull_is_not_sanded(run, write):
    file = write(COMMON)
    answer = run("smooth", file)
    assert answer.status == 0
    assert "Skipped sanded: the hull of the outcomes is flat, of dimension 1 in 2" in answer.out
    assert "Both smoothings agree" in answer.out
    data = run("smooth", file, "--json", "--rounding", "outer", "--rounding", "sanded").json
    assert [set(entry) for entry in data["skipped"]] == [{"rounding", "lift", "reason"}]
    assert "flat" in data["skipped"][0]["reason"]
    assert_refused(run("smooth", file, "--rounding", "sanded"), "file.json", "sanded", "flat")


def test_sanding_begins_below_the_inradius(run, write):
    thin = game([0, 1, 1, 0.5], [0, 1, 0.98, 0.5], actions=[2, 2])
    data = run("smooth", write(thin), "--rounding", "sanded", "--json").json
    steps = data["sequences"][0]["steps"]
    assert steps[0]["epsilon"] < 0.05 / 3
    assert steps[-1]["epsilon"] == pytest.approx(0.05 / 4**12)


def test_a_hull_thinner_than_the_schedule_is_not_sanded(run, write):
    thin = write(game([0, 1, 1, 0.5], [0, 1, 0.98, 0.5], actions=[2, 2]))
    answer = run("smooth", thin, "--smallest", "1e-2", "--json")
    assert "inradius" in answer.json["skipped"][0]["reason"]
    assert "below every" in answer.json["skipped"][0]["reason"]


def test_lifting(run, write):
    file = write(COMMON)
    answer = run("smooth", file, "--lift", "ball", "--rounding", "none", "--rounding", "outer")
    assert answer.status == 0
    assert "Both smoothings agree" in answer.out
    data = run("smooth", file, "--lift", "box", "--json").json
    assert [(s["rounding"], s["lift"]) for s in data["sequences"]] == [("outer", "box")]
    assert [(s["rounding"], s["lift"]) for s in data["skipped"]] == [
        ("sanded", "box"),
        ("entropic", "box"),
    ]


def test_smallest_cuts_the_schedule(run, write):
    file = write(COMMON)
    told = run("smooth", file, "--rounding", "outer", "--rounding", "outer", "--smallest", "1e-3")
    assert told.out.count("Outer rounding") == 1
    data = run("smooth", file, "--rounding", "outer", "--smallest", "3.125e-3", "--json").json
    assert [step["epsilon"] for step in data["sequences"][0]["steps"]] == [0.05, 0.0125, 0.003125]


def test_what_has_not_converged_is_a_negative_answer(run, write):
    answer = run("smooth", write(random_game(2, 2)), "--rounding", "outer", "--smallest", "0.05")
    assert answer.status == 1
    assert "not converged" in answer.out
    assert "Not every smoothing has a limit (outer)" in answer.out
    data = run(
        *("smooth", write(random_game(2, 2)), "--rounding", "outer", "--smallest", "0.05"), "--json"
    )
    assert data.status == 1
    limit = data.json["sequences"][0]["limit"]
    assert (limit["class"], limit["residuals"], limit["error"]) == ("not-converged", None, None)


def test_several_cluster_points_and_limits_that_fail_the_check(run, write, tmp_path, monkeypatch):
    follow = smoothed.follow_smoothing

    def altered(game, *, rounding, **more):
        found = follow(game, rounding=rounding, **more)
        if rounding == "entropic":
            return replace(found, attained=False)
        ends = ((np.array([0.25, 0.75]), np.zeros(2)), (np.array([0.75, 0.25]), np.ones(2)))
        limit = replace(found.sequence.limit, kind="several", error=np.inf, cluster_points=ends)
        return replace(found, sequence=replace(found.sequence, limit=limit), claim=None)

    monkeypatch.setattr(smoothed, "follow_smoothing", altered)
    file = write(COMMON)
    assert run("smooth", file, "--rounding", "entropic").status == 1
    picture = tmp_path / "picture.svg"
    answer = run("smooth", file, "--plot", picture)
    assert answer.status == 1
    told = plain(answer.out)
    assert "the sequence comes back to 2 points" in told
    assert "NOT attained" in told
    assert "Not every smoothing has a limit (outer)" in told
    assert "</svg>" in picture.read_text()
    data = json.loads(run("smooth", file, "--json").out, parse_constant=no_constant)
    assert data["agree"] is False
    points = data["sequences"][0]["limit"]["cluster_points"]
    assert points[1] == {"prices": [0.375, 0.125], "payoffs": [2.0, 2.0]}


def test_what_cannot_be_solved_is_told(run, write, monkeypatch):
    monkeypatch.setattr(smoothed, "solve_smoothed", lambda *_: None)
    answer = run("smooth", write(COMMON), "--rounding", "outer", "--json")
    assert answer.status == 1
    assert answer.json["sequences"] == []
    assert "could be solved" in answer.json["skipped"][0]["reason"]
    assert "Skipped outer" in run("smooth", write(COMMON), "--rounding", "outer").out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rounding", "sandy"], ["sandy"]),
        (["--lift", "crane"], ["crane"]),
        (["--smallest", "0"], ["--smallest"]),
        (["--smallest", "nan"], ["--smallest"]),
        (["--smallest", "0.1"], ["--smallest", "0.05"]),
        (["--rounding", "entropic", "--lift", "ball"], ["entropic", "lift"]),
        (["--plot", "picture.gif"], ["picture.gif", ".svg"]),
        (["--plot", "no/such/folder/picture.svg"], ["folder"]),
    ],
)
def test_unusable_options(run, options, words):
    assert_refused(run("smooth", VETO, *options), *words)


def test_side_payments_leave_nothing_to_smooth(run, write):
    assert_refused(run("smooth", write(F7 | {"transferable": True})), "transferable", "value")


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_interrupted_sequences_are_kept(run, write, monkeypatch, how):
    usable = cli_smooth._usable

    def interrupted(loaded, name, *more):
        if name == "sanded":
            raise KeyboardInterrupt
        return usable(loaded, name, *more)

    monkeypatch.setattr(cli_smooth, "_usable", interrupted)
    answer = run("smooth", write(COMMON), *how)
    assert answer.status == 130
    if how:
        assert [s["rounding"] for s in answer.json["sequences"]] == ["outer"]
        assert answer.json["interrupted"] is True
    else:
        assert "Outer rounding" in answer.out
        assert "Interrupted" in answer.out


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (F7, "svg"),
        (COMMON, "pdf"),
        (random_game(2, 2), "svg"),
        (random_game(2, 2, 2), "png"),
        (random_game(2, 2, 2), "svg"),
    ],
)
def test_pictures(run, write, tmp_path, content, suffix):
    picture = tmp_path / f"picture.{suffix}"
    answer = run("smooth", write(content), "--smallest", "1e-3", "--plot", picture)
    assert answer.status in (0, 1)
    assert answer.err == ""
    begins = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[suffix]
    assert picture.read_bytes().startswith(begins)


def test_pictures_name_players_and_units(run, write, tmp_path, monkeypatch):
    import matplotlib as mpl

    from harsanyi_aux.show.pictures import style

    monkeypatch.setitem(style.STYLE, "svg.fonttype", "none")
    before = mpl.rcParams["font.size"]
    for actions, words in (((2, 2), ["$Ann$ (utils)"]), ((2, 2, 2), ["$Ann$", "curnits"])):
        names = ["$Ann$", "<Bob>", "a name that is far too long"][: len(actions)]
        file = write(random_game(*actions) | {"players": names})
        picture = tmp_path / "picture.svg"
        run(
            "smooth",
            file,
            "--plot",
            picture,
            "--rounding",
            "outer",
            "--lift",
            "ball",
            "--smallest",
            "1e-5",
        )
        text = picture.read_text()
        for word in (*words, "outer: proper", "&lt;Bob&gt;"):
            assert word in text
        assert "far too long" not in text
    assert mpl.rcParams["font.size"] == before


def test_pictures_are_refused_before_anything_is_computed(run, write, tmp_path, monkeypatch):
    monkeypatch.setattr(cli_smooth, "_usable", lambda *_: pytest.fail("computed"))
    picture = tmp_path / "picture.svg"
    four = write(random_game(2, 2, 2, 2))
    assert_refused(run("smooth", four, "--plot", picture), "pictures are for two or three players")
    assert not picture.exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert_refused(run("smooth", VETO, "--plot", picture), "matplotlib")
    assert_refused(run("smooth", write(F7, "a.svg"), "--plot", tmp_path / "a.svg"), "a.svg")
