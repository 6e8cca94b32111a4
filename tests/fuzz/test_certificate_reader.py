"""The checker on mutated certificates: never a crash, never a claim that is known to be false."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from folders import EXAMPLES
from mutations import accepted_or_refused, budgets, contents, explore, text_of, trees

from harsanyi_aux.certify import Report, check, read
from harsanyi_aux.certify.reading.document import sealed

CATALOG, GALLERY = EXAMPLES / "catalog", EXAMPLES / "gallery"
#: One of each kind and form, small enough to be replayed hundreds of times.
FILES = {
    "set": CATALOG / "selten1975-fig1.coco.enumerate.json",
    "rational": GALLERY / "none" / "enumeration-coco.certificate.json",
    "box": CATALOG / "nau2004-sec4.coco.exists.json",
    "several": CATALOG / "nau2004-sec6.coco.enumerate.json",
    "division": GALLERY / "none" / "refutation.certificate.json",
    "distinctness": GALLERY / "two_smallest" / "distinctness-0-1.certificate.json",
    "region": GALLERY / "robust_coco" / "robust.certificate.json",
}
DOCUMENTS = {name: read(path) for name, path in FILES.items()}
REPORTS = {name: check(document) for name, document in DOCUMENTS.items()}


def replayed(document: Any) -> Report | None:
    try:
        document = sealed(document)
    except (TypeError, ValueError):  # NaN, or keys that JSON has not
        return None
    return accepted_or_refused(lambda: check(document))


def covers(report: Report, prices: tuple[tuple[Fraction, Fraction], ...]) -> bool:
    """Whether an equilibrium in these bounds may be one that the report lists."""
    return any(
        all(p[0] <= q[1] and q[0] <= p[1] for p, q in zip(stated.prices, prices, strict=True))
        for stated in report.statements
    )


def contradicts(report: Report, truth: Report) -> bool:
    """Whether a report about the same game denies an equilibrium that there is."""
    if report.kind not in ("refutation", "enumeration") or report.undecided:
        return False
    if truth.concept != report.concept and report.concept != "coco":
        return False  # coalition-perfect equilibria are CoCo equilibria, but not the reverse
    return any(
        all(low >= (report.price_floor or 0) for low, _ in stated.prices)
        and not covers(report, stated.prices)
        for stated in truth.statements
    )


@budgets(60, 6_000)
@pytest.mark.parametrize("name", FILES)
def test_no_mutation_proves_what_is_false(name: str, budget: int) -> None:
    truth = REPORTS[name]

    def holds(document: Any) -> None:
        report = replayed(document)
        if report is not None:
            assert not contradicts(report, truth)
            if truth.leaves and "exactly" in report.claim and "exactly" in truth.claim:
                assert report.n_equilibria <= truth.n_equilibria
            if "exactly" in report.claim:
                assert "exactly" in truth.claim
            if report.radius is not None and truth.radius is not None:
                assert report.n_equilibria <= truth.n_equilibria

    explore(budget, trees([DOCUMENTS[name]], frozenset({"game", "sha256"})), holds)


@budgets(40, 4_000)
@pytest.mark.parametrize("name", FILES)
def test_other_games_are_no_obstacle(name: str, budget: int) -> None:
    document = DOCUMENTS[name]

    def holds(game: Any) -> None:
        replayed({**document, "game": game})

    explore(budget, trees([document["game"]]), holds)


@budgets(60, 6_000)
def test_damaged_files_are_refused(budget: int, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    files = [text_of(document) for document in DOCUMENTS.values()]

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        document = accepted_or_refused(lambda: read(path))
        if document is not None:
            accepted_or_refused(lambda: check(document))

    explore(budget, contents(files), holds)
