"""Numbers as texts, and arrays that cannot be written to."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.arrays import clip, format_number, parse_number, read_only

F = Fraction


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", 3),
        ("-7/9", F(-7, 9)),
        ("+4/2", 2),
        ("1.25", F(5, 4)),
        (".5", F(1, 2)),
        ("5.", 5),
        ("1e-3", F(1, 1000)),
        ("-1.5E+2", -150),
        (" 2 ", 2),
        (Decimal("0.1"), F(1, 10)),
        (Decimal("1E+3"), 1000),
        (F(6, 3), 2),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (0.1, 0.1),
        (np.float32(0.5), 0.5),
    ],
)
def test_numbers_are_read_exactly(written, number):
    read = parse_number(written)
    assert read == number
    assert type(read) is type(number)


@pytest.mark.parametrize(
    "unusable",
    [
        *["", "x", "1/0", "1/-2", "1.5/2", "1_000", "0x10", "nan", "inf", "--1", "1e", "e5", "."],
        *["١", "1e99999999999999", "1e-1001", "9" * 5000, "1/" + "9" * 5000, "1e" + "9" * 5000],
        *[True, np.bool_(False), None, 1j, [1], math.nan, -math.inf, np.float32("nan"), b"1"],
        *[Decimal("nan"), Decimal("inf"), Decimal("1e1000000")],
    ],
    ids=lambda value: clip(value, 20),
)
def test_what_is_no_number_is_refused_with_its_place(unusable):
    with pytest.raises(InputError, match=r"^here: ") as caught:
        parse_number(unusable, "here")
    assert len(str(caught.value)) < 200


@settings(deadline=None)
@given(st.one_of(st.integers(), st.fractions(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_formatted_number_reads_back_as_itself(number):
    back = parse_number(format_number(number))
    assert back == number
    assert isinstance(back, float) == isinstance(number, float)


def test_format_number_writes_what_json_can_hold():
    assert format_number(F(-7, 9)) == "-7/9"
    assert format_number(F(4, 2)) == 2
    assert type(format_number(np.float64(2))) is float
    with pytest.raises(InputError, match="digits"):
        format_number(10**5000)


def test_clip_shortens_and_never_fails():
    assert clip("ab") == "'ab'"
    assert len(clip("a" * 100)) == 40
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert clip(nested) == "something deeply nested"
    assert clip(10**5000) == "a number of thousands of digits"


def test_read_only_leaves_the_original_writable():
    original = np.zeros(2)
    view = read_only(original)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1
    original[0] = 1
    assert view[0] == 1
