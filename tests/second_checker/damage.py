"""Certificates with a few changes: any, of one number, or of the leaves of a tree."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from mutations import at, is_number, places, trees

FACTORS = [Fraction(1, 2), Fraction(2), Fraction(3, 2), 1 + Fraction(1, 10**3), Fraction(0)]
STEPS = [Fraction(k, size) for k in (1, -1) for size in (1, 7, 10**3, 10**9)]
Steps = tuple[Any, ...]


@st.composite
def nudged(draw: st.DrawFn, originals: list[Any]) -> Any:
    """Draw a document with one or two other numbers; an index becomes another index."""
    document = copy.deepcopy(draw(st.sampled_from(originals)))
    found = [
        steps
        for steps in places(document)
        if steps and steps[-1] not in ("version", "sha256") and is_number(at(document, steps))
    ]
    for _ in range(draw(st.integers(1, 2))):
        steps = draw(st.sampled_from(found))
        value = at(document, steps)
        if type(value) is int:
            other: Any = value + draw(st.sampled_from([1, -1, 2]))
        else:
            factor = draw(st.sampled_from([Fraction(1), *FACTORS]))
            step = draw(st.sampled_from(STEPS)) if factor == 1 else Fraction(0)
            other = str(Fraction(value) * factor + step)
        at(document, steps[:-1])[steps[-1]] = other
    return document


@st.composite
def balanced(draw: st.DrawFn, originals: list[Any]) -> Any:
    """Draw a document in which two numbers of one list change and keep their sum."""
    document = copy.deepcopy(draw(st.sampled_from(originals)))
    lists = [
        steps
        for steps in places(document)
        if isinstance(at(document, steps), list)
        and len([value for value in at(document, steps) if is_number(value)]) > 1
    ]
    held = at(document, draw(st.sampled_from(lists)))
    numbers = [k for k, value in enumerate(held) if is_number(value)]
    one, two = draw(st.permutations(numbers))[:2]
    step = draw(st.sampled_from(STEPS)) / draw(st.sampled_from([1, 10]))
    held[one], held[two] = str(Fraction(held[one]) + step), str(Fraction(held[two]) - step)
    return document


@st.composite
def replanted(draw: st.DrawFn, originals: list[Any]) -> Any:
    """Draw a document with other leaves, or leaves with less in them."""
    document = copy.deepcopy(draw(st.sampled_from(originals)))
    nodes = document["nodes"]
    leaves = [k for k, node in enumerate(nodes) if node[0] in ("excluded", "inside", "known")]
    for _ in range(draw(st.integers(1, 2))):
        k, other = draw(st.sampled_from(leaves)), draw(st.sampled_from(leaves))
        kind = draw(st.sampled_from(["swap", "copy", "kind", "undecided", "except", "thin"]))
        if kind == "swap":
            nodes[k], nodes[other] = nodes[other], nodes[k]
        elif kind == "copy":
            nodes[k] = copy.deepcopy(nodes[other])
        elif kind == "kind":
            nodes[k] = [draw(st.sampled_from(["inside", "known"])), draw(st.integers(0, 2))]
        elif kind == "undecided":
            nodes[k] = ["undecided", "changed"]
        elif nodes[k][0] == "excluded" and kind == "except":
            who = draw(st.sampled_from(["player", "equilibrium"]))
            exempt = draw(st.sampled_from([None, {who: draw(st.integers(0, 2))}]))
            nodes[k][1] = {**nodes[k][1], "except": exempt}
        elif nodes[k][0] == "excluded":
            part = draw(st.sampled_from(["dropped", "division", "weights"]))
            held = nodes[k][1].get(part)
            if part == "division":
                nodes[k][1] = {**nodes[k][1], part: None}
            elif held:
                place = draw(st.integers(0, len(held) - 1))
                nodes[k][1] = {**nodes[k][1], part: [*held[:place], *held[place + 1 :]]}
    return document


def changed(originals: list[Any]) -> st.SearchStrategy[Any]:
    """Draw a document with any of these changes."""
    planted = [document for document in originals if document.get("nodes")]
    kinds = [trees(originals, frozenset({"sha256"})), nudged(originals), balanced(originals)]
    return st.one_of(*kinds, *([replanted(planted)] if planted else []))
