"""Certificates and saved states of a subdivision (``docs/certificates.md``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq

from harsanyi_aux.certify.cells.trees import check_root
from harsanyi_aux.certify.cells.vertices import read_vertex
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.document import digest, sealed
from harsanyi_aux.equilibria.cells.grow import Limits, Subdivision
from harsanyi_aux.equilibria.cells.locate import Finder
from harsanyi_aux.equilibria.cells.tree import read_tree, walk, write_tree
from harsanyi_aux.equilibria.certificates import common_part
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.known import Certified, write_entry
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.equilibrium import Concept


def equilibrium_certificate(frame: Frame, concept: Concept, known: Certified) -> dict[str, Any]:
    """Return the certificate that one known equilibrium exists."""
    return sealed(
        {
            **common_part(frame.game, frame.table, "equilibrium", concept),
            "equilibrium": write_entry(frame.table, known),
        }
    )


def tree_certificate(subdivision: Subdivision, floor: Fraction) -> dict[str, Any]:
    """Return the certificate of a search: a refutation if nothing was found or left undecided."""
    tree = write_tree(subdivision.root)
    nodes = [["undecided", "not examined"] if node[0] == "open" else node for node in tree["nodes"]]
    refuted = not subdivision.known and not any(node[0] == "undecided" for node in nodes)
    frame, kind = subdivision.frame, "refutation" if refuted else "enumeration"
    document = {
        **common_part(frame.game, frame.table, kind, subdivision.concept),
        "price_floor": str(floor),
        "vertices": tree["vertices"],
        "nodes": nodes,
    }
    if not refuted:
        document["equilibria"] = [write_entry(frame.table, known) for known in subdivision.known]
    return sealed(document)


def save_state(subdivision: Subdivision, floor: Fraction) -> dict[str, Any]:
    """Return everything a later run needs to go on."""
    frame, defect = subdivision.frame, subdivision.finder.least_defect
    return sealed(
        {
            **common_part(frame.game, frame.table, "state", subdivision.concept),
            "format": "harsanyi-search-state",
            "price_floor": str(floor),
            "equilibria": [write_entry(frame.table, known) for known in subdivision.known],
            "unproved": [
                [[float(b) for b in prices], defect]
                for prices, defect in subdivision.finder.unproved
            ],
            "least_defect": defect if math.isfinite(defect) else None,
            "examined": subdivision.counts.examined,
            **write_tree(subdivision.root),
        }
    )


def load_state(
    frame: Frame, concept: Concept, floor: Fraction, limits: Limits, state: Mapping[str, Any]
) -> Subdivision:
    """Return the search that `save_state` saved.

    Raises
    ------
    InputError
        If the state is damaged, or of another game, concept or price floor.
    """
    if state.get("format") != "harsanyi-search-state" or state.get("version") != 1:
        raise InputError("this is no saved search", mend="give another file for the state")
    if not _is_intact(state):
        raise InputError("the saved search is damaged", mend="delete it and start afresh")
    expected = {**common_part(frame.game, frame.table, "state", concept), "price_floor": str(floor)}
    for key, name in (("concept", "concept"), ("price_floor", "price floor")):
        if state.get(key) != expected[key]:
            raise InputError(
                f"the saved search is for the {name} {state.get(key)}, not {expected[key]}",
                mend="give another file for the state",
            )
    own, other = expected["game"], state.get("game")
    if not isinstance(other, Mapping) or any(
        own[key] != other.get(key) for key in ("actions", "payoffs")
    ):
        raise InputError(
            "the saved search is for another game", mend="give another file for the state"
        )
    try:
        return _restored(frame, concept, floor, limits, state)
    except InputError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"the saved search does not fit this program ({type(error).__name__}: {error})",
            mend="delete it and start afresh",
        ) from None


def _is_intact(state: Mapping[str, Any]) -> bool:
    try:
        return bool(state.get("sha256") == digest(state))
    except InvalidCertificate:  # NaN and the like, which were never written
        return False


def _restored(
    frame: Frame, concept: Concept, floor: Fraction, limits: Limits, state: Mapping[str, Any]
) -> Subdivision:
    """Return the search of an intact state; errors of any kind if no search of ours wrote it."""
    for k, entry in enumerate(state["vertices"]):
        read_vertex(frame.table, entry, f"vertices[{k}]")
    finder = Finder(frame, concept, floor)
    for k, entry in enumerate(state["equilibria"]):
        try:
            finder.restore(entry)
        except InvalidCertificate as error:
            problem = error.within(f"equilibria[{k}]")
            raise InputError(
                f"the saved search rests on what is not proved ({problem})",
                mend="delete it and start afresh",
            ) from None
    for prices, defect in state["unproved"]:
        finder.restore_unproved(prices, defect)
    defect = state["least_defect"]
    finder.least_defect = math.inf if defect is None else float(defect)
    root = read_tree(frame, state)
    check_root(
        [corner.vertex.prices for corner in root.cell],
        fmpq(floor.numerator, floor.denominator),
        frame.n,
    )
    subdivision = Subdivision(frame, concept, limits, finder, root)
    for node in walk(root):
        if node.kind == "open":
            subdivision.push([node])
        elif not node.children:
            subdivision.count(node)
    subdivision.counts.examined = int(state["examined"])
    return subdivision
