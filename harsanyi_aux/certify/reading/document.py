"""Certificates as JSON: reading with suspicion, and the digest against damage.

Format: ``docs/certificates.md``, "Common part".
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.values import clip
from harsanyi_aux.errors import InputError, did_you_mean_file

__all__ = ["digest", "loads", "read", "sealed"]

FORMAT, VERSION = "harsanyi-certificate", 1

#: Largest file that is read, in bytes.
LARGEST_FILE = 512 * 2**20
#: Most digits of an integer that is not a text; Python may be set to convert no more.
MOST_BARE_DIGITS = 600


def read(path: str | Path) -> dict[str, Any]:
    """Read a certificate from a file, or from standard input for ``-``.

    Returns
    -------
    dict
        For `harsanyi_aux.certify.check`.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, not JSON or not a certificate of this version.
    InvalidCertificate
        If it is a certificate that breaks a rule of the format.

    Examples
    --------
    >>> from harsanyi_aux import read_certificate
    >>> read_certificate("missing.json")
    Traceback (most recent call last):
    ...
    harsanyi_aux.errors.InputError: missing.json: cannot be read (No such file or directory)
    """
    name = "standard input" if str(path) == "-" else str(path)
    try:
        # the size that the system tells may be wrong (pipes): one byte too many is read instead
        if str(path) == "-":
            content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        told = (isinstance(error, OSError) and error.strerror) or str(error)
        mend = did_you_mean_file(path) if isinstance(error, FileNotFoundError) else ""
        raise InputError(f"cannot be read ({told})", place=name, mend=mend) from error
    if len(content) > LARGEST_FILE:
        raise InputError(f"is larger than {LARGEST_FILE >> 20} MB", place=name)
    try:
        return loads(content)
    except InputError as error:
        raise error.within(name) from None


def loads(content: str | bytes) -> dict[str, Any]:
    """Read a certificate from JSON; errors as for `read`, the digest is not looked at."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8 text") from error
    try:
        try:
            data = json.loads(
                text,
                parse_int=_parse_int,
                parse_float=_refuse_number,
                parse_constant=_refuse_number,
                object_pairs_hook=_unique,
            )
        except InvalidCertificate:
            # other JSON files have such numbers too, and they are told what they are not
            check_header(json.loads(text, parse_int=_parse_leniently, parse_float=str))
            raise
    except json.JSONDecodeError as error:
        raise InputError(
            f"is not JSON ({error.msg})", place=f"line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError:
        raise InputError("is nested too deeply") from None
    check_header(data)
    return dict(data)


def check_header(data: object) -> None:
    """Raise `InputError` unless `data` is an object that calls itself a certificate, version 1."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise InputError("this is not a certificate", mend=f'it has "format": "{FORMAT}"')
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        raise InputError(f"version {clip(version)} of certificates is unknown", place="version")


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without its own ``sha256``.

    Raises
    ------
    InvalidCertificate
        If the document cannot be written as JSON.
    """
    body = {key: value for key, value in document.items() if key != "sha256"}
    try:
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidCertificate(f"cannot be written as JSON ({error})") from error
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its digest."""
    return {**document, "sha256": digest(document)}


def _parse_int(text: str) -> int:
    if len(text) > MOST_BARE_DIGITS:
        raise InvalidCertificate(
            f"an integer has more than {MOST_BARE_DIGITS} digits and is not written as a text"
        )
    return int(text)


def _parse_leniently(text: str) -> int | str:
    return text if len(text) > MOST_BARE_DIGITS else int(text)


def _refuse_number(text: str) -> NoReturn:
    raise InvalidCertificate(f"the number {clip(text)} is not exact")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise InvalidCertificate(f"the key {clip(key)} occurs twice in an object")
    return found
