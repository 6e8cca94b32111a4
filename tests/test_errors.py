"""Errors: one line with place, problem and mend."""

from __future__ import annotations

import math
import pickle

from harsanyi_aux.errors import InputError, NoEquilibriumFound


def test_an_input_error_is_one_line_with_place_problem_and_mend():
    error = InputError("is\nbroken", place="a.nfg, line 1", mend="repair it")
    assert str(error) == "a.nfg, line 1: is broken; repair it"
    assert str(InputError("broken")) == "broken"
    assert (error.problem, error.place, error.mend) == ("is\nbroken", "a.nfg, line 1", "repair it")
    assert isinstance(error, ValueError)


def test_within_puts_the_larger_place_first():
    assert str(InputError("p", place="line 1").within("f")) == "f, line 1: p"
    assert str(InputError("p", mend="m").within("f")) == "f: p; m"
    assert str(InputError("p", place="line 1").within("")) == "line 1: p"


def test_errors_survive_pickling():
    error = pickle.loads(pickle.dumps(InputError("p", place="q", mend="r")))
    assert str(error) == "q: p; r"
    none = pickle.loads(pickle.dumps(NoEquilibriumFound("none", tried=("a",), best_residual=0.5)))
    assert (str(none), none.tried, none.best_residual) == ("none", ("a",), 0.5)
    assert NoEquilibriumFound("none").best_residual == math.inf
