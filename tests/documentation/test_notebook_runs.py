"""The tutorial notebook runs from the first cell to the last and shows what is saved in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from folders import ROOT
from nbclient import NotebookClient
from pages import assert_printed

NOTEBOOK = ROOT / "docs" / "tutorial.ipynb"


def shown(cell: Any) -> list[str]:
    texts = [o.get("text") or o["data"]["text/plain"] for o in cell.get("outputs", [])]
    return [str(text) for text in texts]


def test_the_notebook_runs_and_shows_what_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # this Python and this checkout, whatever kernels the machine has
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    saved = nbformat.read(NOTEBOOK, as_version=4)
    run = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(run, timeout=None, kernel_name="python3", resources={}).execute()
    code = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert len(code) >= 8
    again = [cell for cell in run.cells if cell.cell_type == "code"]
    for before, after in zip(code, again, strict=True):
        assert len(shown(before)) == len(shown(after)) == 1
        assert_printed(shown(after)[0], shown(before)[0])


def test_games_and_equilibria_are_saved_as_tables() -> None:
    saved = nbformat.read(NOTEBOOK, as_version=4)
    tables = [
        output["data"]
        for cell in saved.cells
        for output in cell.get("outputs", [])
        if output.output_type == "execute_result"
    ]
    assert len(tables) >= 3
    assert all("<table" in data["text/html"] for data in tables)
