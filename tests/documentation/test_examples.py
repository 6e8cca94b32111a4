"""The examples in the docstrings of public names run and print what they show."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from folders import ROOT

import harsanyi_aux
from harsanyi_aux import StrategicGame
from harsanyi_aux.game.files import libraries

REFERENCE = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
#: What results consist of, shown with what returns them; robust examples take too long to find.
PARTS = {
    *("CertificateReport", "DesignResult", "DesignedGame", "Enclosure", "EquilibriumSet"),
    *("ProvedBounds", "Result", "RobustExample", "Snapshot", "UndecidedCell"),
    *("find_robust", "robust_radius"),
}
PUBLIC: dict[str, Any] = {
    **{name: getattr(harsanyi_aux, name) for name in harsanyi_aux.__all__ if name not in PARTS},
    **{
        f"StrategicGame.{name}": getattr(StrategicGame, name)
        for name in ("from_arrays", "from_bargaining")
    },
    **{name: getattr(libraries, name) for name in libraries.__all__},
}


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(PUBLIC[name]) or ""
    example = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    told: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert results.attempted > 1, f"{name} has no examples"
    assert results.failed == 0, "".join(told)
    assert any(part.want for part in example.examples), "an example that shows nothing"


@pytest.mark.parametrize("name", PUBLIC)
def test_sections_are_in_numpydocs_order(name: str):
    text = inspect.getdoc(PUBLIC[name]) or ""
    found = re.findall(r"^([A-Z]\w+(?: \w+)?)\n-+$", text, flags=re.MULTILINE)
    order = ["Parameters", "Attributes", "Returns", "Raises", "Notes", "References", "Examples"]
    assert found == [section for section in order if section in found]


def test_the_reference_shows_public_names():
    shown = re.findall(r"^::: harsanyi_aux\.(\w+)$", REFERENCE, flags=re.MULTILINE)
    assert set(shown) <= {*harsanyi_aux.__all__, "certify"}
    missing = set(harsanyi_aux.__all__) - set(shown)
    # shown with the package `certify`, under their names there
    assert missing == {
        "CertificateReport",
        "InvalidCertificate",
        "check_certificate",
        "read_certificate",
        "write_certificate",
    }
