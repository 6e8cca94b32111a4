"""Numbers and names as people see them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux import StrategicGame
from harsanyi_aux.show.terminal.tables import heading, to_text
from harsanyi_aux.text.plain import column, number, number_above, plain


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1.0, -22.5, 0.125], ["1.0000", "-22.5000", "0.1250"]),
        ([0.5, 0.0001], ["0.500000", "0.000100"]),
        ([Fraction(1, 3), 2], ["1/3", "2"]),
        ([Fraction(1, 3), 0.5], ["0.333333", "0.500000"]),
        ([Fraction(1, 10**20)], ["1.00000e-20"]),
        ([5.0, 1e-17], ["5.00000", "0.00000"]),  # rounding, where all share a unit
        ([1e9, 1e-3], ["1.00000e+09", "1.00000e-03"]),
        ([Fraction(10**400), 0.5], ["1.00000e+400", "0.5"]),  # beyond the largest double
        ([0.0, 0.0], ["0", "0"]),
        ([], []),
    ],
)
def test_a_column_has_the_same_decimals_throughout(values, written):
    assert column(values) == written


def test_numbers_in_different_units_are_never_rounded_to_zero():
    assert column([5.0, 1e-17], one_unit=False) == ["5.00000e+00", "1.00000e-17"]


def test_a_single_number_is_a_short_fraction_or_rounded():
    assert number(Fraction(-7, 9)) == "-7/9"
    assert number(Fraction(1, 3**40)) == "8.22526e-20"
    assert number(0.123456789, 2) == "0.12"
    assert number(10**5000 // 10**4990) == "10000000000"


def test_limits_of_what_is_proved_are_rounded_up():
    assert number_above(Fraction(1, 3)) == "1/3"
    assert number_above(Fraction(0)) == "0"
    assert number(Fraction(1234561, 10**7 + 1)) == "0.123456"
    assert number_above(Fraction(1234561, 10**7 + 1)) == "0.123457"
    assert Fraction(number_above(Fraction(1, 3**40))) > Fraction(1, 3**40)
    assert number_above(Fraction(10**40 + 1, 10**46)) == "0.00000100001"


def test_names_cannot_steer_the_terminal():
    assert plain("\x1b[31mred\n\talert\x07 ") == "[31mred alert"
    game = StrategicGame.from_arrays(np.array([1, 2]), title="[bold]not markup[/bold] :smile:")
    shown = to_text([heading(game)])
    assert shown.startswith("[bold]not markup[/bold] :smile:\n1 player with 2 actions")
