"""Names that are almost right are answered with the right one, and the shell completes names."""

from __future__ import annotations

import shutil

import pytest
from commands import VETO, assert_refused

from harsanyi_aux.cli import app as cli
from harsanyi_aux.errors import did_you_mean, did_you_mean_file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "games").mkdir()
    shutil.copy(VETO, tmp_path / "games")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("wrong", ["games/vetto.json", "game/veto.json", "games/veto"])
@pytest.mark.parametrize("command", ["solve", "enumerate", "exists", "value", "smooth"])
@pytest.mark.usefixtures("folder")
def test_a_wrong_name_of_a_game_suggests_the_file_that_exists(run, command, wrong):
    assert_refused(run(command, wrong), wrong, "did you mean 'games/veto.json'?")


@pytest.mark.usefixtures("folder")
def test_other_files_are_suggested_too(run):
    suggestion = "did you mean 'games/veto.json'?"
    assert_refused(run("verify", VETO, "games/veto.jsn"), suggestion)
    assert_refused(run("check", "games/veto.jsn"), suggestion)
    assert_refused(run("search", "--summary", "games/veto.jsn"), suggestion)


@pytest.mark.usefixtures("folder")
def test_nothing_far_off_and_no_folder_is_suggested(run):
    for wrong in ("games/poker.json", "elsewhere/veto.json", "game"):
        assert did_you_mean_file(wrong) == ""
    answer = run("solve", "games/poker.json")
    assert_refused(answer, "games/poker.json")
    assert "did you mean" not in answer.err


def test_paths_with_a_root_or_a_parent_are_followed(folder, monkeypatch):
    right = folder / "games" / "veto.json"
    assert did_you_mean_file(right) == ""  # it exists
    assert did_you_mean_file(right.with_name("veto.jsn")) == f"did you mean {str(right)!r}?"
    monkeypatch.chdir(right.parent)
    assert did_you_mean_file("../gamse/veto.json") == "did you mean '../games/veto.json'?"


def test_the_nearest_known_name_is_meant():
    assert did_you_mean("unifrm", ["normal", "uniform"]) == "did you mean 'uniform'?"
    assert did_you_mean("x", ["normal", "uniform"]) == ""


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["solve", VETO, "--concept", "coc"], "'coco'?"),
        (["exists", VETO, "--concept", "coalition_perfect"], "'coalition-perfect'?"),
        (["smooth", VETO, "--rounding", "sandd"], "'sanded'?"),
        (["search", "--shape", "2,2", "--family", "unifrm"], "'uniform'?"),
    ],
)
def test_a_wrong_value_suggests_the_right_one(run, tmp_path, arguments, meant):
    if arguments[0] == "search":
        arguments = [*arguments, "--count", "1", "--store", tmp_path / "a.db"]
    answer = run(*arguments)
    assert_refused(answer, f"did you mean {meant}")
    assert "Value error" not in answer.err


def test_wrong_commands_and_options_suggest_the_right_ones(run):
    assert_refused(run("enumrate", VETO), "enumerate")
    assert_refused(run("exists", VETO, "--certficate", "a.json"), "--certificate")
    assert_refused(run("solve", "catalog:journals/ijgt/nau2004/sec44"), "sec4")


def test_the_shell_completes_commands_options_and_concepts(capsys, monkeypatch):
    monkeypatch.setenv("_HARSANYI_COMPLETE", "complete_bash")
    for words, completed in [
        ("harsanyi enu", "enumerate"),
        ("harsanyi solve a.json --sta", "--starts"),
        ("harsanyi solve a.json --concept coal", "coalition-perfect"),
    ]:
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        with pytest.raises(SystemExit):  # the shell's question, not a command
            cli.main([])
        assert capsys.readouterr().out.split() == [completed]


def test_the_start_names_commands_that_exist(run):
    started = run().out
    for line in started.splitlines()[2:]:
        command = line.split()[1]
        if not command.startswith("--"):
            assert run(command, "--help").status == 0
    assert "--install-completion" in run("--help").out
