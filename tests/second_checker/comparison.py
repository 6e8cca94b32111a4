"""Both checkers on one document: what each says, and whether they agree."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import harsanyi_check
from harsanyi_aux.certify import check
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.errors import HarsanyiError


def first(document: Any) -> Any:
    """Return the first checker's report, or its refusal as a text."""
    try:
        return check(document)
    except HarsanyiError as error:
        return str(error)


def second(document: Any) -> Any:
    """Return the second checker's claim, or its refusal as a text."""
    try:
        return harsanyi_check.check(document)
    except harsanyi_check.Refused as error:
        return str(error)


def overlap(one: Any, two: Any) -> bool:
    """Tell whether bounds of the same numbers meet."""
    return all(
        Fraction(a[0]) <= Fraction(b[1]) and Fraction(b[0]) <= Fraction(a[1])
        for a, b in zip(one, two, strict=True)
    )


def difference(document: Any) -> str | None:
    """Return what the checkers disagree on, or None."""
    try:
        document = sealed(document)
    except (TypeError, ValueError):  # NaN, or keys that JSON has not
        return None
    report, claim = first(document), second(document)
    if isinstance(report, str) or isinstance(claim, str):
        if isinstance(report, str) and isinstance(claim, str):
            return None
        told = [x if isinstance(x, str) else "valid" for x in (report, claim)]
        return f"first: {told[0]}; second: {told[1]}"
    said = {
        "kind": (report.kind, claim.kind),
        "concept": (report.concept, claim.concept),
        "number": (report.n_equilibria, claim.equilibria),
        "undecided": (report.leaves.get("undecided", 0), claim.undecided),
    }
    if report.kind == "enumeration":
        said["exactly"] = ("exactly" in report.claim, claim.exact)
        said["none"] = (" has no " in report.claim, " has no " in claim.words)
    if report.kind == "robust":
        said["payoffs differ"] = (
            "different payoffs" in report.claim,
            "payoffs" in claim.words[-8:],
        )
    different = {name: pair for name, pair in said.items() if pair[0] != pair[1]}
    if different:
        return f"{different}: first: {report.claim}; second: {claim.words}"
    for k, stated in enumerate(report.statements):
        if stated.prices and not overlap(stated.prices, claim.prices[k]):
            return f"entry {k}: other prices"
        if stated.payoffs and not overlap(stated.payoffs, claim.payoffs[k]):
            return f"entry {k}: other payoffs"
    return None
