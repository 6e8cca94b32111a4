"""Mutations of files that know their structure, and what a reader may do with the result.

A reader may accept a mutated file or refuse it in one line; anything else is a bug.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harsanyi_aux.errors import HarsanyiError

Steps = tuple[Any, ...]

#: Values that readers meet where they expect others.
ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**63,
    -(10**30),
    10**700,
    0.5,
    -0.0,
    1e-320,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "0",
    "1",
    "1/0",
    "-0/7",
    "1e3",
    "1e400",
    "1e-400",
    "1e99999",
    "1_000",
    "²",
    "٣",
    "½",
    " 1",
    "1\n",
    "NaN",
    "0x10",
    "7" * 5000,
    "1/" + "3" * 700,
    "0,1",
    "00",
    "\ud800",
    "\x00",
    "é\u2028\r",
    [],
    {},
    [[]],
    [0],
    [None],
    ["1", "1"],
    {"": ""},
    {"actions": [0], "probability": 1},
]


def budgets(short: int, long: int) -> Callable[[Any], Any]:
    """Run a test with few examples, always the same, and with many new ones if slow tests run."""
    return pytest.mark.parametrize(
        "budget",
        [
            pytest.param(short, id="short"),
            pytest.param(long, id="long", marks=pytest.mark.slow),
        ],
    )


def explore(budget: int, strategy: st.SearchStrategy[Any], holds: Callable[[Any], object]) -> int:
    """Call `holds` on so many values of a strategy, and report the simplest on which it fails.

    Returns how often it said True, which tests say of what was read: of refusals alone a test
    would learn little.
    """
    accepted = 0

    @settings(
        max_examples=budget,
        deadline=None,
        database=None,
        derandomize=budget < 1000,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def check(value: Any) -> None:
        nonlocal accepted
        accepted += holds(value) is True

    check()
    return accepted


def places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the paths of everything in a JSON document."""
    yield steps
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*steps, key))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from places(inner, (*steps, k))


def at(document: Any, steps: Steps) -> Any:
    for step in steps:
        document = document[step]
    return document


def is_number(value: Any) -> bool:
    """Tell whether a value of a document is an exact number."""
    return type(value) is int or (
        isinstance(value, str) and value.lstrip("-").replace("/", "").isdigit() and value.isascii()
    )


def numbers(document: Any) -> Iterator[Steps]:
    """Yield the paths of all numbers in a JSON document."""
    return (steps for steps in places(document) if is_number(at(document, steps)))


@st.composite
def trees(draw: st.DrawFn, originals: list[Any], kept: frozenset[str] = frozenset()) -> Any:
    """Draw a document with one to three changes below the top, none under the `kept` keys."""
    document = copy.deepcopy(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 3))):
        found = [steps for steps in places(document) if steps and steps[0] not in kept]
        if not found:
            break
        steps = draw(st.sampled_from(found))
        _change(draw, document, at(document, steps[:-1]), steps[-1])
    return document


def _change(draw: st.DrawFn, document: Any, parent: Any, key: Any) -> None:
    kind = draw(st.sampled_from(["odd", "nudge", "delete", "double", "swap", "graft", "rename"]))
    value = parent[key]
    if kind == "nudge" and type(value) is int:
        parent[key] = draw(
            st.sampled_from(
                [value + 1, value - 1, -value, value * 0.5 if abs(value) < 1e9 else 1, "7"]
            )
        )
    elif kind == "nudge" and isinstance(value, str):
        parent[key] = draw(
            st.sampled_from([value + "1", "-" + value, value + "/2", value[:-1], value + " "])
        )
    elif kind == "delete":
        del parent[key]
    elif kind == "double" and isinstance(parent, list):
        parent.insert(key, copy.deepcopy(value))
    elif kind == "swap" and isinstance(parent, list):
        other = draw(st.integers(0, len(parent) - 1))
        parent[key], parent[other] = parent[other], parent[key]
    elif kind == "graft":
        source = draw(st.sampled_from(list(places(document))))
        parent[key] = copy.deepcopy(at(document, source))
    elif kind == "rename" and isinstance(parent, dict):
        new = draw(st.sampled_from(["", "0", "00", "1,0", "0,1", "-1", "99", "²", key + " "]))
        parent[new] = parent.pop(key)
    else:
        parent[key] = copy.deepcopy(draw(st.sampled_from(ODD)))


@st.composite
def contents(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """Draw the bytes of a file with one to three changes."""
    content = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 40)))
        kind = draw(st.sampled_from(["cut", "insert", "repeat", "end", "flip"]))
        if kind == "cut":
            content = content[:start] + content[stop:]
        elif kind == "insert":
            content = content[:start] + draw(_SCRAPS) + content[start:]
        elif kind == "repeat":
            content = content[:stop] + content[start:]
        elif kind == "end":
            content = content[:start]
        elif start < len(content):
            flipped = content[start] ^ 1 << draw(st.integers(0, 7))
            content = content[:start] + bytes([flipped]) + content[start + 1 :]
    return content


_SCRAPS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            *(b"NaN", b"1e400", b"-", b'"', b"{", b"}", b"[", b",", b"\\", b"/0", b"9" * 700),
            *(b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\xd9\xa3", b"\xc2\xb2", b"[" * 3000),
            *(b"Infinity", b'"version": 2,', b'"payoffs": [],', b"1_0", b"0x1", b"1e-400", b"\n"),
        ]
    ),
)


def text_of(document: Any) -> bytes:
    """Return the document as a JSON file, NaN and lone surrogates included."""
    return json.dumps(document).encode()


def accepted_or_refused(read: Callable[[], object], *names: str) -> Any:
    """Return what a reader returns, or None where it refuses in one plain line with these names."""
    try:
        return read()
    except HarsanyiError as error:
        told = str(error)
        assert told
        assert told.isprintable() or "\ufffd" in told or all(part for part in told.splitlines())
        assert len(told.splitlines()) == 1
        assert len(told) < 600
        for name in names:
            assert name in told
        return None
