"""Several processes on one subdivision.

Worker processes examine cells and return the trees grown in them; the main process keeps the
equilibria and settles new ones, so that all cells refer to one list. Small searches never start a
worker.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any

from harsanyi_aux.equilibria.cells.grow import Limits, Subdivision
from harsanyi_aux.equilibria.cells.locate import Finder
from harsanyi_aux.equilibria.cells.tree import Node, read_tree, walk, write_tree
from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.equilibria.points.known import write_entry
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.processes import quiet_start

# Starting workers takes about a second: worth it only after this many cells.
_ALONE = 600
# Open cells handed to a worker at a time, and cells it may examine before it reports.
_HANDFUL = 2
_BUDGET = 150
# Corners that a worker keeps from one task to the next.
_MOST_CORNERS = 4000


def run_with_crew(
    subdivision: Subdivision, workers: int, step: Callable[[Subdivision], bool]
) -> None:
    """Do what `Subdivision.run` does, with worker processes once the search has become long.

    Parameters
    ----------
    subdivision : Subdivision
    workers : int
    step : callable
        As for `Subdivision.run`.
    """
    allowed = subdivision.counts.examined + _ALONE

    def still_alone(subdivision: Subdivision) -> bool:
        return subdivision.counts.examined < allowed and step(subdivision)

    subdivision.run(still_alone)
    if not subdivision.open or subdivision.counts.examined < allowed or not step(subdivision):
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_start_worker,
        initargs=(subdivision.frame.game, subdivision.concept, subdivision.limits),
    ) as pool:
        busy: dict[Future[Any], list[Node]] = {}
        try:
            _supervise(subdivision, pool, busy, workers, step)
        finally:
            for nodes in busy.values():
                subdivision.push(nodes)
            pool.shutdown(wait=True, cancel_futures=True)


def _supervise(
    subdivision: Subdivision,
    pool: ProcessPoolExecutor,
    busy: dict[Future[Any], list[Node]],
    workers: int,
    step: Callable[[Subdivision], bool],
) -> None:
    going = True
    while going and (subdivision.open or busy):
        while subdivision.open and len(busy) < 2 * workers:
            nodes = subdivision.take(_HANDFUL)
            task = [write_tree(Node(node.cell)) for node in nodes]
            entries = [write_entry(subdivision.frame.table, known) for known in subdivision.known]
            with quiet_start():
                busy[pool.submit(_work, task, entries, subdivision.finder.settled)] = nodes
        done, _ = wait(busy, return_when=FIRST_COMPLETED)
        for future in done:
            trees, examined = future.result()
            for node, tree in zip(busy.pop(future), trees, strict=True):
                _graft(subdivision, node, tree)
            subdivision.counts.examined += examined
        going = step(subdivision) and subdivision.counts.examined < subdivision.limits.cells


def _graft(subdivision: Subdivision, node: Node, tree: dict[str, Any]) -> None:
    """Put the tree that a worker grew in a cell in the cell's place."""
    grown = read_tree(subdivision.frame, tree, cell=node.cell, share=node.share, depth=node.depth)
    node.kind, node.content, node.children = grown.kind, grown.content, grown.children
    searching = []
    for leaf in walk(node):
        if leaf.kind == "search":
            # the worker asks for a search for equilibria near this cell
            leaf.kind, leaf.content = "open", []
            searching.append(leaf)
        elif leaf.kind == "open":
            subdivision.push([leaf])
        elif not leaf.children:
            subdivision.count(leaf)
    while searching:
        try:
            subdivision.examine(searching.pop())
        except BaseException:
            subdivision.push(searching)
            raise


_worker: dict[str, Any] = {}


def _start_worker(game: StrategicGame, concept: Concept, limits: Limits) -> None:
    frame = build_frame(game)
    _worker.update(
        frame=frame, concept=concept, limits=limits, finder=Finder(frame, concept), corners={}
    )


def _work(
    tasks: Sequence[dict[str, Any]],
    entries: Sequence[dict[str, Any]],
    settled: Sequence[FloatArray],
) -> tuple[list[dict[str, Any]], int]:
    """Return the trees grown in some cells, and the number of cells examined."""
    finder: Finder = _worker["finder"]
    for entry in entries[len(finder.known) :]:
        finder.restore(entry)
    finder.settled = list(settled)
    corners = _worker["corners"]
    if len(corners) > _MOST_CORNERS:
        corners.clear()
    roots = [read_tree(_worker["frame"], task, corners=corners) for task in tasks]
    subdivision = Subdivision(
        _worker["frame"],
        _worker["concept"],
        Limits(_BUDGET, _worker["limits"].diameter),
        finder,
        roots[0],
        may_locate=False,
    )
    subdivision.push(roots)
    subdivision.run()
    return [write_tree(root) for root in roots], subdivision.counts.examined
