"""``harsanyi design``: the contract of the interface note, files, exit statuses, bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from commands import assert_refused

from harsanyi_aux import load_game
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.equilibria.points.statements import (
    distinctness_statement,
    equilibrium_statement,
    statements,
)
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.files.json_files import game_from_dict, read_json
from harsanyi_aux.search.design import design as module


def test_json_has_the_keys_of_the_contract(run):
    answer = run("design", "--shape", "2,2,3", "--count", 2, "--json")
    assert (answer.status, answer.err) == (0, "")
    data = answer.json
    assert len(data["games"]) == 2
    assert (data["concept"], data["seed"], data["interrupted"]) == ("coalition-perfect", 0, False)
    assert data["tried"] > 0
    for entry in data["games"]:
        game = game_from_dict(entry["game"])
        assert game.actions == (2, 2, 3)
        assert entry["separation"] > 0
        assert len(entry["equilibria"]) == 2
        for told in entry["equilibria"]:
            assert verify(game, equilibrium_from_dict(told, game), exact=True).valid


def test_what_design_saves_verify_accepts(run, tmp_path):
    folder = tmp_path / "new" / "games"
    answer = run("design", "--shape", "2,2,3", "--count", 2, "--concept", "coco", "-o", folder)
    assert answer.status == 0
    assert "All conditions hold exactly" in answer.out
    assert sorted(path.name for path in folder.iterdir()) == ["1", "2"]
    for k in "12":
        names = sorted(path.name for path in (folder / k).iterdir())
        assert names == [
            "distinctness-1-2.certificate.json",
            "equilibrium-1.certificate.json",
            "equilibrium-1.json",
            "equilibrium-2.certificate.json",
            "equilibrium-2.json",
            "game.json",
        ]
        for name in ("equilibrium-1.json", "equilibrium-2.json"):
            checked = run("verify", folder / k / "game.json", folder / k / name, "--exact")
            assert checked.status == 0


def test_every_equilibrium_and_every_pair_has_a_certificate_about_the_game_saved(run, tmp_path):
    answer = run(
        *("design", "--shape", "3,3,3", "--symmetric", "cyclic", "--equilibria", 3, "--json"),
        *("-o", tmp_path / "games"),
    )
    folder = tmp_path / "games" / "1"
    listed = answer.json["games"][0]["certificates"]
    singles = [f"equilibrium-{k}" for k in (1, 2, 3)]
    pairs = [f"distinctness-{k}-{m}" for k, m in ((1, 2), (1, 3), (2, 3))]
    wanted = sorted(str(folder / f"{name}.certificate.json") for name in singles + pairs)
    assert listed == wanted
    for name in listed:
        checked = run("check", name, "--game", folder / "game.json", "--json")
        assert checked.status == 0
        kind = (
            "two coalition-perfect equilibria with different payoffs" if "distinct" in name else ""
        )
        assert kind in checked.out
    for k, m in ((1, 2), (1, 3), (2, 3)):  # what a pair states is what the files hold
        stated = read_json(folder / f"distinctness-{k}-{m}.certificate.json")["equilibria"]
        for entry, number in zip(stated, (k, m), strict=True):
            saved = read_json(folder / f"equilibrium-{number}.json")
            assert entry["equilibrium"]["payoffs"] == saved["payoffs"]
            assert entry["equilibrium"]["strategies"] == saved["strategies"]


def test_what_is_no_equilibrium_gets_no_certificate(run, tmp_path):
    (made,) = module.design((2, 2, 3)).games
    first, second = made.equilibria
    prices = first.prices.copy()
    prices[0] *= 2
    with pytest.raises(InvalidCertificate):
        equilibrium_statement(made.game, replace(first, prices=prices))
    with pytest.raises(InvalidCertificate):
        distinctness_statement(made.game, first, replace(second, prices=prices))
    with pytest.raises(InvalidCertificate, match="not proved to differ"):
        distinctness_statement(made.game, first, first)


def test_a_certificate_that_fails_keeps_the_folder_from_appearing(run, tmp_path, monkeypatch):
    def doubtful(game, equilibria):
        return statements(game, [replace(e, prices=e.prices[::-1]) for e in equilibria])

    monkeypatch.setattr("harsanyi_aux.equilibria.points.statements.statements", doubtful)
    answer = run("design", "--shape", "2,2,3", "-o", tmp_path / "games")
    assert answer.status == 2
    assert not (tmp_path / "games" / "1").exists()


def test_the_seed_settles_the_files(run, tmp_path):
    for name in ("a", "b"):
        run("design", "--shape", "2,2,3", "--seed", 5, "-o", tmp_path / name)
    one, two = (read_json(tmp_path / name / "1" / "game.json") for name in ("a", "b"))
    assert one == two


def test_symmetric_games_with_integers(run):
    answer = run(
        *("design", "--shape", "3,3,3", "--symmetric", "1,2,0", "--equilibria", 3, "--json")
    )
    assert answer.status == 0
    (entry,) = answer.json["games"]
    assert len({tuple(sorted(told["payoffs"])) for told in entry["equilibria"]}) == 1
    answer = run("design", "--shape", "3,3,3", "--integer", 9, "--json")
    assert max(map(max, answer.json["games"][0]["game"]["payoffs"])) <= 9


def test_none_found_is_a_negative_answer(run):
    answer = run("design", "--shape", "2,2,2", "--equilibria", 4, "--limit", 50)
    assert answer.status == 1
    assert "No game found among 50 structures" in answer.out
    answer = run("design", "--shape", "2,2,2", "--equilibria", 4, "--limit", 50, "--json")
    assert (answer.status, answer.json["games"], answer.json["tried"]) == (1, [], 50)


def test_an_interruption_keeps_the_games_found(run, tmp_path, monkeypatch):
    genuine = module.design

    def interrupted(shape, *, found, **options):
        def stop(game):
            found(game)
            raise KeyboardInterrupt

        return genuine(shape, found=stop, **options)

    monkeypatch.setattr(module, "design", interrupted)
    folder = tmp_path / "games"
    answer = run("design", "--shape", "2,2,3", "--count", 5, "--json", "-o", folder)
    assert answer.status == 130
    assert answer.json["interrupted"] is True
    assert len(answer.json["games"]) == 1
    assert load_game(folder / "1" / "game.json").actions == (2, 2, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--shape", "2,2"], "only one equilibrium payoff vector"),
        (["--shape", "2,2,x"], "--shape"),
        (["--shape", ""], "--shape"),
        (["--shape", "2,0,2"], "not a number of actions"),
        (["--shape", "99,99,99"], "too many outcomes"),
        (["--shape", "2,2,2", "--symmetric", "mirror"], "--symmetric"),
        (["--shape", "2,2,3", "--symmetric", "cyclic"], "different numbers"),
        (["--shape", "2,2,2", "--equilibria", "1"], "equilibria"),
        (["--shape", "2,2,2", "--integer", "0"], "integer"),
        ([], "shape"),
    ],
)
def test_unusable_arguments(run, arguments, words):
    assert_refused(run("design", *arguments), words)


def test_a_folder_with_files_is_not_touched(run, tmp_path):
    (tmp_path / "mine").write_text("")
    assert_refused(run("design", "--shape", "2,2,2", "-o", tmp_path), "not empty")
    assert_refused(run("design", "--shape", "2,2,2", "-o", tmp_path / "mine"), "not empty")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made(run, tmp_path):
    (tmp_path / "file").write_text("")
    answer = run("design", "--shape", "2,2,3", "-o", tmp_path / "file" / "games")
    assert_refused(answer, "cannot be written")


def test_no_half_written_folder_is_left(run, tmp_path, monkeypatch):
    from harsanyi_aux.game.files import json_files as formats

    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(formats, "write_text", full)
    answer = run("design", "--shape", "2,2,3", "-o", tmp_path / "games")
    assert_refused(answer, "No space left")
    assert not list((tmp_path / "games").iterdir())


def test_tables_for_people(run):
    out = run("design", "--shape", "2,2,2").out
    for words in ("outcome", "player 2", "coalition-perfect equilibrium", "separation"):
        assert words in out
    assert json.loads(run("design", "--shape", "2,2,2", "--json").out)["games"]
