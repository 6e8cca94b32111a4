"""A folder like a fresh checkout, and a reader who follows pages in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import ROOT
from pages import Session, ended


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("examples", "harsanyi_check"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MPLBACKEND", "agg")
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", programs)
    return tmp_path


@pytest.fixture
def reader(checkout: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Session]:
    assert checkout.is_dir()
    with ended(Session(lambda: capsys.readouterr().out)) as session:
        yield session
