"""Certificates as files: what is read, what is refused, the digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from certificates.worked_examples import dilemma, lone_chooser
from flint import fmpq

from harsanyi_aux import write_certificate
from harsanyi_aux.certify import InvalidCertificate, check, read
from harsanyi_aux.certify.reading import document
from harsanyi_aux.certify.reading.values import MOST_DIGITS, rational, to_text
from harsanyi_aux.errors import InputError


def test_written_certificates_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    certificate = dilemma()
    del certificate["sha256"]
    write_certificate(certificate, path)
    found = read(path)
    assert found == dilemma()
    assert check(found).claim == check(dilemma()).claim
    assert [entry.name for entry in tmp_path.iterdir()] == ["proof.json"]


def test_the_digest_is_that_of_the_page() -> None:
    # sorted keys, separators without spaces, ASCII only, without the digest itself
    data = {"b": "ö", "a": [1, {"d": None, "c": "-7/9"}], "sha256": "?"}
    text = '{"a":[1,{"c":"-7/9","d":null}],"b":"\\u00f6"}'
    assert document.digest(data) == hashlib.sha256(text.encode()).hexdigest()


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_certificate(lone_chooser(), tmp_path / "no folder" / "proof.json")
    for value in (float("nan"), fmpq(1, 2), {1, 2}):
        with pytest.raises(InvalidCertificate):
            write_certificate({**lone_chooser(), "price_floor": value}, tmp_path / "proof.json")
    assert not list(tmp_path.iterdir())


_HEAD = '"format": "harsanyi-certificate", "version": 1'


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('"x": 0.5', "0.5"),
        ('"x": 1e3', "1e3"),
        ('"x": -0.0', "-0.0"),
        ('"x": [1, {"y": 1E400}]', "1E400"),
        ('"x": NaN', "NaN"),
        ('"x": -Infinity', "-Infinity"),
        ('"x": 1, "x": 1', "twice"),
        ('"x": {"y": 1, "z": 2, "y": 3}', "twice"),
        ('"version": 1', "twice"),
        (f'"x": {"9" * 5000}', "digits"),
    ],
)
def test_inexact_or_ambiguous_json_is_refused(body: str, word: str) -> None:
    with pytest.raises(InvalidCertificate, match=word):
        document.loads(f"{{{_HEAD}, {body}}}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        "0.5",
        '"harsanyi-certificate"',
        "NaN",
        '{"format": "harsanyi-equilibrium", "version": 1, "prices": [0.5, 0.5]}',
        f'{{"format": "harsanyi-game", "version": {"9" * 5000}}}',
        '{"format": "harsanyi-certificate"}',
        '{"format": "harsanyi-certificate", "version": 2}',
        '{"format": "harsanyi-certificate", "version": true}',
        '{"format": "harsanyi-certificate", "version": "1"}',
        '{"format": ["harsanyi-certificate"], "version": 1}',
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        b"\xff\xfe{\x00}\x00",
        b"\x80",
        b"\0" * 100,
    ],
)
def test_other_files_are_unusable(text: str | bytes) -> None:
    with pytest.raises(InputError) as caught:
        document.loads(text)
    assert not isinstance(caught.value, InvalidCertificate)
    assert "\n" not in str(caught.value)


def test_a_mark_at_the_beginning_is_no_obstacle() -> None:
    assert check(document.loads(b"\xef\xbb\xbf" + json.dumps(dilemma()).encode()))


def test_deeply_nested_documents_in_python_are_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidCertificate):
        check({**lone_chooser(), "nodes": deep})


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (tmp_path, tmp_path / "none.json", "a\0b"):
        with pytest.raises(InputError, match="cannot be read"):
            read(name)
    # a file beyond the limit is refused before it is parsed
    path = tmp_path / "proof.json"
    write_certificate(lone_chooser(), path)
    monkeypatch.setattr(document, "LARGEST_FILE", path.stat().st_size)
    check(read(path))
    monkeypatch.setattr(document, "LARGEST_FILE", path.stat().st_size - 1)
    with pytest.raises(InputError, match="larger than"):
        read(path)


def test_numbers() -> None:
    assert rational("-7/9", "") == fmpq(-7, 9)
    assert rational("2/4", "") == fmpq(1, 2)
    assert rational(-3, "") == -3
    long = "9" * MOST_DIGITS
    assert to_text(rational(f"{long}/7", "")) == f"{long}/7"
    for wrong in (
        *("", " 1", "1 ", "+1", "1.5", "1e3", "0x1", "1/0", "1/-2", "1/2/3", "/2", "01", "--1"),
        *("١", "1_0", "1\n", "½", "nan", long + "9", f"1/{long}9", "1/02"),
        *(True, False, None, 1.0, [], {}, 1j, b"1"),
    ):
        with pytest.raises(InvalidCertificate) as caught:
            rational(wrong, "here")
        assert caught.value.place == "here"
        assert len(str(caught.value)) < 120
