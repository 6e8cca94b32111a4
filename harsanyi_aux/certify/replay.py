"""Checking a whole certificate: what it claims, and whether that is proved.

Source: ``docs/certificates.md``. Every statement is replayed in rational arithmetic, boxes in
ball arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, TypeAlias

from flint import fmpq

from harsanyi_aux.certify.cells.excluded import check_excluded, exempt_positions
from harsanyi_aux.certify.cells.trees import Leaf, Prices, check_root, floor_of, walk
from harsanyi_aux.certify.cells.vertices import Vertex, prepare_vertex, read_vertex
from harsanyi_aux.certify.claims import Report, distinct, report_claim
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.document import check_header, digest
from harsanyi_aux.certify.reading.table import Table, read_game
from harsanyi_aux.certify.reading.values import clip, index, rational, record, sequence, to_fraction
from harsanyi_aux.certify.robust import check_robust
from harsanyi_aux.certify.statements.entries import CONCEPTS, Statement, is_price, read_entry

#: Called with how many leaves are done and how many there are.
Progress: TypeAlias = Callable[[int, int], None]

_COMMON = ("format", "version", "kind", "concept", "game", "sha256")
_OWN = {
    "equilibrium": ("equilibrium",),
    "distinctness": ("equilibria", "player"),
    "refutation": ("price_floor", "vertices", "nodes"),
    "enumeration": ("price_floor", "vertices", "nodes", "equilibria"),
    "robust": ("radius", "equilibria"),
}
# Preorder visits neighbouring cells together: few vertices are in use at a time.
_KEPT_VERTICES = 2048
_BATCH = 64


def check(
    document: Mapping[str, Any], *, progress: Progress | None = None, workers: int = 1
) -> Report:
    """Check a certificate.

    Parameters
    ----------
    document : mapping
        As `harsanyi_aux.certify.read` returns it, or built in Python with a digest.
    progress : callable, optional
        Called with the numbers of leaves done and in all, after every leaf or batch of them.
    workers : int, optional
        Processes that share the leaves of a tree.

    Returns
    -------
    Report
        What has been proved.

    Raises
    ------
    InputError
        If the document is not a certificate of a known version.
    InvalidCertificate
        If it does not prove what it claims; with the place and the reason.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, check_certificate, exists
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> check_certificate(exists(game).certificate).claim
    'the game has a CoCo equilibrium'
    """
    check_header(document)
    seal = document.get("sha256")
    if seal != digest(document):
        raise InvalidCertificate("the document was changed after it was written", "sha256")
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in _OWN:
        raise InvalidCertificate(f"{clip(kind)} is no kind of certificate", "kind")
    record(document, "", (*_COMMON, *_OWN[kind]), ("software",))
    concept = document["concept"]
    if not isinstance(concept, str) or concept not in CONCEPTS:
        raise InvalidCertificate(f"{clip(concept)} is no concept", "concept")
    table = read_game(document["game"])
    radius: Fraction | None = None
    player: int | None = None
    if kind == "robust":
        statements, radius = check_robust(table, document)
    else:
        statements, player = _read_statements(table, document, kind, concept)
    leaves: list[Leaf] = []
    floor = proved = None
    if "nodes" in document:
        tree = _open_tree(table, document, statements)
        floor = rational(document["price_floor"], "price_floor")
        check_root(tree.prices, floor, table.n)
        perfect = concept == "coalition-perfect"
        nodes = sequence(document["nodes"], "nodes")
        leaves = list(walk(table, tree.prices, nodes, splits_allowed=perfect))
        for done in _check_leaves(tree, document, leaves, workers):
            if progress is not None:
                progress(done, len(leaves))
        left = [leaf.cell for leaf in leaves if leaf.kind == "undecided"]
        proved = floor_of([[tree.prices[v] for v in cell] for cell in left], floor)
    return report_claim(
        kind=kind,
        concept=concept,
        statements=statements,
        player=player,
        radius=radius,
        leaves=Counter(leaf.kind for leaf in leaves),
        price_floor=None if floor is None else to_fraction(floor),
        proved_floor=proved,
        digest=str(seal),
    )


def _read_statements(
    table: Table, document: Mapping[str, Any], kind: str, concept: str
) -> tuple[tuple[Statement, ...], int | None]:
    """Return the equilibria that the document states, and whose payoffs differ."""
    if kind == "equilibrium":
        return (read_entry(table, document["equilibrium"], concept, "equilibrium"),), None
    listed = sequence(document.get("equilibria", ()), "equilibria")
    statements = tuple(
        read_entry(table, entry, concept, f"equilibria[{e}]") for e, entry in enumerate(listed)
    )
    if kind != "distinctness":
        return statements, None
    sequence(listed, "equilibria", 2)
    for e, statement in enumerate(statements):
        if statement.form in ("set", "level"):
            raise InvalidCertificate("a set is not allowed here", f"equilibria[{e}]")
    player = index(document["player"], table.n, "player")
    first, second = (statement.payoffs[player] for statement in statements)
    if not distinct([first], [second]):
        raise InvalidCertificate("that player's payoffs are not proved to differ", "player")
    return statements, player


# -- leaves --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Tree:
    """What the leaves of a document refer to."""

    table: Table
    enumerates: bool
    concept: str
    statements: tuple[Statement, ...]
    prices: Sequence[Prices]
    vertex: Callable[[int], Vertex]


def _open_tree(
    table: Table, document: Mapping[str, Any], statements: tuple[Statement, ...]
) -> _Tree:
    vertices = sequence(document["vertices"], "vertices")
    # all are read once, used or not; prepared, they would fill the memory
    prices = [
        read_vertex(table, entry, f"vertices[{number}]")[0] for number, entry in enumerate(vertices)
    ]

    @lru_cache(maxsize=_KEPT_VERTICES)
    def vertex(number: int) -> Vertex:
        return prepare_vertex(table, vertices[number], f"vertices[{number}]")

    return _Tree(
        table=table,
        enumerates=document["kind"] == "enumeration",
        concept=document["concept"],
        statements=statements,
        prices=prices,
        vertex=vertex,
    )


def _check_leaf(tree: _Tree, leaf: Leaf) -> None:
    """Raise InvalidCertificate unless what the leaf says about its cell is true."""
    if leaf.kind == "excluded":
        cell = [tree.vertex(number) for number in leaf.cell]
        try:
            _check_reason(tree, cell, leaf)
        except InvalidCertificate as error:
            raise error.within(leaf.place) from None
        return
    if not tree.enumerates:
        raise InvalidCertificate("a refutation must exclude every cell", leaf.place)
    if leaf.kind == "undecided":
        if not isinstance(leaf.content, str):
            raise InvalidCertificate("expected a text", leaf.place)
        return
    number = index(leaf.content, len(tree.statements), leaf.place)
    statement = tree.statements[number]
    corners = [tree.prices[vertex] for vertex in leaf.cell]
    if leaf.kind == "known":
        if not all(is_price(statement, prices) for prices in corners):
            raise InvalidCertificate(
                f"some vertex of the cell is no price of equilibrium {number}", leaf.place
            )
    elif statement.box is None:
        raise InvalidCertificate(f"equilibrium {number} has no box", leaf.place)
    elif not all(
        low <= price <= high
        for prices in corners
        for price, (low, high) in zip(prices, statement.box, strict=False)
    ):
        raise InvalidCertificate(f"the cell is not within box {number}", leaf.place)


def _check_reason(tree: _Tree, cell: Sequence[Vertex], leaf: Leaf) -> None:
    reason = leaf.content
    if not isinstance(reason, Mapping):
        raise InvalidCertificate(f"expected an object, found {clip(reason)}")
    if tree.concept == "coco" and reason.get("division") is not None:
        raise InvalidCertificate(
            "CoCo equilibria need not divide in smaller coalitions", "division"
        )

    def belongs(number: int, prices: tuple[fmpq, ...]) -> bool:
        return is_price(tree.statements[number], prices)

    exempt = exempt_positions(
        tree.table,
        cell,
        reason.get("except"),
        len(tree.statements),
        belongs if tree.enumerates else None,
    )
    check_excluded(tree.table, cell, reason, exempt, leaf.splits)


def _check_leaves(
    tree: _Tree, document: Mapping[str, Any], leaves: Sequence[Leaf], workers: int
) -> Iterator[int]:
    """Check all leaves, yielding how many are done."""
    batches = [leaves[k : k + _BATCH] for k in range(0, len(leaves), _BATCH)]
    if workers <= 1 or len(batches) == 1:
        for done, leaf in enumerate(leaves, 1):
            _check_leaf(tree, leaf)
            yield done
        return
    with get_context().Pool(min(workers, len(batches)), _start_worker, (document,)) as pool:
        done = 0
        for size in pool.imap(_check_batch, batches):
            done += size
            yield done


_worker_tree: _Tree | None = None


def _start_worker(document: Mapping[str, Any]) -> None:
    """Read the document in a worker process; its tables cannot be sent there."""
    global _worker_tree
    table = read_game(document["game"])
    statements, _ = _read_statements(table, document, document["kind"], document["concept"])
    _worker_tree = _open_tree(table, document, statements)


def _check_batch(leaves: Sequence[Leaf]) -> int:
    assert _worker_tree is not None
    for leaf in leaves:
        _check_leaf(_worker_tree, leaf)
    return len(leaves)
