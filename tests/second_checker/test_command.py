"""`python -m harsanyi_check`: one line and a status, whatever the file holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from documents import EXAMPLES

from harsanyi_check.__main__ import main

VALID = EXAMPLES / "gallery/none/refutation.certificate.json"
GAME = EXAMPLES / "veto.json"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_valid_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    told = "valid: the game has no coalition-perfect equilibrium with positive prices\n"
    assert answer(capsys, str(VALID)) == (0, told, "")


def test_a_refused_certificate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "changed.json"
    path.write_text(VALID.read_text().replace("harsanyi-aux", "another"))
    told = "refused: sha256: not the digest of the document: it is damaged\n"
    assert answer(capsys, str(path)) == (1, "", told)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b"[" * 10**6, b'{"a":' * 10**5, b"1e5", b'{"format": NaN}'],
)
def test_an_unusable_file(
    content: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    status, out, err = answer(capsys, str(path))
    assert (status, out) == (2, "")
    assert err.startswith("unusable: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["a", "b"], ["missing.json"], ["."], ["a\0b"], [str(GAME)]]
)
def test_unusable_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = answer(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_it_is_a_module() -> None:
    command = [sys.executable, "-m", "harsanyi_check", str(VALID)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=EXAMPLES.parent)
    assert result.returncode == 0
    assert result.stdout.startswith("valid: ")
    assert result.stderr == ""
