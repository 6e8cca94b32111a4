"""``harsanyi check``: certificates that hold, that fail, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from certificates.worked_examples import dilemma, distinct, lone_chooser

from harsanyi_aux import write_certificate
from harsanyi_aux.cli.commands.check import check
from harsanyi_aux.errors import InputError


def _run(path: Path, capsys: pytest.CaptureFixture[str], **options: Any) -> tuple[int, str]:
    status = check(str(path), **{"workers": 1, "as_json": False, **options})
    out, err = capsys.readouterr()
    assert err == ""
    return status, out


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    write_certificate(dilemma(), path)
    return path


def test_a_valid_certificate(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = _run(saved, capsys)
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "Valid: the game has exactly 1 CoCo equilibrium with positive prices."
    assert "Equilibrium 0: payoffs 3, 3." in lines
    assert "Cells: 2 excluded." in lines
    assert dilemma()["sha256"] in lines[-1]


def test_json(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = _run(saved, capsys, as_json=True)
    data = json.loads(out)
    assert status == 0
    assert data.pop("seconds") >= 0
    assert data == {
        "valid": True,
        "kind": "enumeration",
        "concept": "coco",
        "claim": "the game has exactly 1 CoCo equilibrium with positive prices",
        "equilibria": 1,
        "undecided": 0,
        "price_floor": "0",
        "proved_floor": "0",
        "problem": None,
    }


def test_json_without_a_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "proof.json"
    write_certificate(distinct("coalition-perfect", 2), path)
    data = json.loads(_run(path, capsys, as_json=True)[1])
    assert (data["kind"], data["equilibria"]) == ("distinctness", 2)
    assert data["price_floor"] is data["proved_floor"] is None


def test_a_false_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "proof.json"
    certificate = lone_chooser()
    certificate["nodes"][0][1]["weights"] = [1, 0]
    write_certificate(certificate, path)
    status, out = _run(path, capsys)
    assert status == 1
    assert out.startswith("Not valid: nodes[0]: the bound is ")
    status, out = _run(path, capsys, as_json=True)
    data = json.loads(out)
    assert status == 1
    assert data["valid"] is False
    assert data["problem"].startswith("nodes[0]: ")
    assert data["claim"] is None


def test_damage_is_told(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved.write_text(saved.read_text().replace('"1/2"', '"1/3"', 1))
    status, out = _run(saved, capsys)
    assert (status, out) == (
        1,
        "Not valid: sha256: the document was changed after it was written\n",
    )


def test_no_certificate(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "game.json"
    other.write_text(json.dumps(dilemma()["game"]))
    for path in (other, tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError) as caught:
            check(str(path))
        assert str(caught.value).startswith(str(path))
    saved.write_bytes(saved.read_bytes()[:-20])
    with pytest.raises(InputError, match="not JSON"):
        check(str(saved))
