"""All equilibria of a game, with a proof that the list is complete.

Facts page, "Computing": the price simplex is subdivided; every cell is excluded, shown to hold
exactly one equilibrium, or left undecided with the reason. What is returned as complete has been
replayed by the checker (`harsanyi_aux.certify`), which imports nothing from the search.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, get_args

import numpy as np

from harsanyi_aux.certify.reading.values import to_fraction
from harsanyi_aux.certify.statements.entries import Statement
from harsanyi_aux.equilibria.boxes.enclosures import ProvedBounds
from harsanyi_aux.equilibria.cells.document import load_state, save_state, tree_certificate
from harsanyi_aux.equilibria.cells.grow import Limits, Subdivision, start
from harsanyi_aux.equilibria.cells.tree import Node
from harsanyi_aux.equilibria.points.frame import Frame, build_frame
from harsanyi_aux.equilibria.points.known import Certified, redundant
from harsanyi_aux.equilibria.results import Enclosure, Enumeration, EquilibriumSet, UndecidedCell
from harsanyi_aux.equilibria.solver import solve
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import Number, read_only

Progress: TypeAlias = Callable[["Snapshot"], object]

#: Seconds between two savings of the state.
SAVE_EVERY = 20.0
#: Starts of the search for equilibria before the subdivision.
STARTS = 4
#: Cells examined at most, and the diameter of those too small to divide.
MAX_CELLS, MIN_DIAMETER = 20_000, 1e-6


@dataclass(frozen=True)
class Snapshot:
    """How far an enumeration is.

    Attributes
    ----------
    open, closed, undecided : int
        Cells.
    proved : float
        Share of the price simplex (by volume) that is settled.
    equilibria : int
    """

    open: int
    closed: int
    undecided: int
    proved: float
    equilibria: int


@dataclass(frozen=True)
class Options:
    """What the entry points share; see `enumerate_equilibria`."""

    price_floor: Fraction
    limits: Limits
    starts: int
    seconds: float
    workers: int
    state: Path | None
    progress: Progress | None


def checked_options(
    game: StrategicGame,
    concept: Concept,
    *,
    price_floor: Number | str,
    max_cells: int,
    min_diameter: float,
    time_limit: float | None,
    starts: int,
    workers: int,
    state: str | Path | None,
    progress: Progress | None,
) -> Options:
    """Return the options of an enumeration.

    Raises
    ------
    InputError
        If one of them is unusable.
    """
    if concept not in get_args(Concept):
        raise InputError(
            f"{concept!r} is not a concept", mend='write "coco" or "coalition-perfect"'
        )
    try:
        floor = Fraction(price_floor)
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):
        raise InputError(
            f"{price_floor!r} is not a number", place="price_floor", mend="write 1/1000 or 0.001"
        ) from None
    if not 0 <= floor * game.n_players < 1:
        raise InputError(
            f"{price_floor} is not a price floor for {game.n_players} players",
            place="price_floor",
            mend=f"normalised prices have the sum 1: give a number from 0 to below "
            f"1/{game.n_players}",
        )
    for name, value in (("max_cells", max_cells), ("starts", starts), ("workers", workers)):
        if value < 1:
            raise InputError(f"{value} is too few", place=name, mend="give at least 1")
    if not 0 < min_diameter < 1:
        raise InputError(f"{min_diameter} is not between 0 and 1", place="min_diameter")
    if time_limit is not None and not time_limit > 0:
        raise InputError(f"{time_limit} seconds is no time limit", place="time_limit")
    return Options(
        price_floor=floor,
        limits=Limits(max_cells, min_diameter),
        starts=starts,
        seconds=math.inf if time_limit is None else time_limit,
        workers=workers,
        state=None if state is None else Path(state),
        progress=progress,
    )


def enumerate_equilibria(
    game: StrategicGame,
    *,
    concept: Concept = "coco",
    price_floor: Number | str = 0,
    max_cells: int = MAX_CELLS,
    min_diameter: float = MIN_DIAMETER,
    time_limit: float | None = None,
    starts: int = STARTS,
    workers: int = 1,
    state: str | Path | None = None,
    progress: Progress | None = None,
) -> Enumeration:
    """Find all equilibria and prove the list complete, as far as possible.

    Parameters
    ----------
    game : StrategicGame
        Payoffs in doubles are taken for the rationals that they are.
    concept : "coco" or "coalition-perfect"
    price_floor : number or text, optional
        Only equilibria whose normalised prices (``a_i r_i / Σ a_j r_j``) are all at least this
        are listed; 0 by default: all proper equilibria.
    max_cells : int, optional
        Cells examined at most, 20 000.
    min_diameter : float, optional
        Cells smaller than this are left undecided, 1e-6.
    time_limit : float, optional
        Seconds.
    starts : int, optional
        Starts of the search for equilibria before the subdivision.
    workers : int, optional
        Processes.
    state : path, optional
        File in which the search is saved now and then, and from which it goes on.
    progress : callable, optional
        Called with a `Snapshot` after every cell.

    Returns
    -------
    Enumeration
        Also when a limit was reached or the search was interrupted by Ctrl-C: then not complete.

    Raises
    ------
    InputError
        If an argument is unusable, or the state file belongs to another search.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, enumerate_equilibria
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> found = enumerate_equilibria(game)
    >>> print(found.complete, [str(u) for u in found.equilibria[0].payoffs])
    True ['5/2', '3/4']
    """
    chosen = checked_options(
        game,
        concept,
        price_floor=price_floor,
        max_cells=max_cells,
        min_diameter=min_diameter,
        time_limit=time_limit,
        starts=starts,
        workers=workers,
        state=state,
        progress=progress,
    )
    begun = time.perf_counter()
    if game.transferable:
        return _transferable(game, concept, chosen, begun)
    subdivision, interrupted = grow(game, concept, chosen)
    # the subdivision has an exact copy of a game in doubles
    return replace(conclude(subdivision, chosen, begun, interrupted), game=game)


def grow(
    game: StrategicGame,
    concept: Concept,
    options: Options,
    enough: Callable[[Subdivision], bool] = lambda subdivision: False,
) -> tuple[Subdivision, bool]:
    """Run the subdivision until it ends, a limit is reached, or `enough` is known.

    Returns
    -------
    subdivision, interrupted
    """
    frame = build_frame(game)
    subdivision = _begin(frame, concept, options)
    begun = saved = time.perf_counter()

    going = True

    def step(subdivision: Subdivision) -> bool:
        nonlocal saved, going
        now = time.perf_counter()
        if options.state is not None and now - saved > SAVE_EVERY:
            _save(subdivision, options)
            saved = time.perf_counter()
        if options.progress is not None:
            options.progress(snapshot(subdivision))
        going = now - begun < options.seconds and not enough(subdivision)
        return going

    interrupted = False
    try:
        if not subdivision.counts.examined:
            subdivision.finder.look_around(options.starts)
        if not enough(subdivision):
            if options.workers > 1:
                from harsanyi_aux.equilibria.cells.crew import run_with_crew

                run_with_crew(subdivision, options.workers, step)
            else:
                subdivision.run(step)
            # all cells examined, not stopped: another look at those left undecided
            while not subdivision.open and going and subdivision.reopen():
                subdivision.run(step)
    except KeyboardInterrupt:
        interrupted = True
    _save(subdivision, options)
    return subdivision, interrupted


def _begin(frame: Frame, concept: Concept, options: Options) -> Subdivision:
    if options.state is not None and options.state.exists():
        from harsanyi_aux.game.files.json_files import read_json

        state = read_json(options.state)
        if not isinstance(state, Mapping):
            raise InputError("this is no saved search", place=str(options.state))
        try:
            return load_state(frame, concept, options.price_floor, options.limits, state)
        except InputError as error:
            raise error.within(str(options.state)) from None
    return start(frame, concept, options.price_floor, options.limits)


def _save(subdivision: Subdivision, options: Options) -> None:
    if options.state is not None:
        from harsanyi_aux.game.files.json_files import write_text

        try:
            write_text(
                options.state, json.dumps(save_state(subdivision, options.price_floor)) + "\n"
            )
        except InputError as error:
            # what has been found is worth more than the file
            warnings.warn(f"the search was not saved: {error}", stacklevel=2)


def snapshot(subdivision: Subdivision) -> Snapshot:
    """Return how far a search is."""
    return Snapshot(
        open=subdivision.open,
        closed=subdivision.counts.closed,
        undecided=subdivision.counts.undecided,
        proved=min(subdivision.counts.proved, 1.0),
        equilibria=len(subdivision.known),
    )


def conclude(
    subdivision: Subdivision, options: Options, begun: float, interrupted: bool
) -> Enumeration:
    """Return what a search has shown, after the checker has replayed it."""
    from harsanyi_aux.certify.replay import check

    certificate = tree_certificate(subdivision, options.price_floor)
    report = check(certificate, workers=options.workers)
    game = subdivision.frame.game
    # those that cells needed may lie just below the floor
    listed = [
        (known, statement)
        for known, statement in zip(subdivision.known, report.statements, strict=True)
        if not redundant(subdivision.known, known) and statement.may_reach(options.price_floor)
    ]
    equilibria = [known.equilibrium for known, _ in listed]
    if subdivision.concept == "coalition-perfect":
        equilibria = [replace(e, concept=subdivision.concept) for e in equilibria]
    if not equilibria:
        equilibria = subdivision.finder.boundary
    defect = None
    if subdivision.concept == "coalition-perfect":
        defect = 0.0 if subdivision.known else subdivision.finder.least_defect
        defect = defect if math.isfinite(defect) else None
    assert report.proved_floor is not None  # a certificate with a tree has one
    return Enumeration(
        game=game,
        concept=subdivision.concept,
        equilibria=tuple(equilibria),
        sets=tuple(
            _as_set(subdivision.frame, known, statement, number)
            for number, (known, statement) in enumerate(listed)
            if statement.form in ("set", "level")
        ),
        enclosures=tuple(
            _as_enclosure(known, statement, number)
            for number, (known, statement) in enumerate(listed)
            if statement.form == "box"
        ),
        complete=report.undecided == 0,
        price_floor=options.price_floor,
        proved_floor=report.proved_floor,
        undecided=tuple(_as_cell(node) for node in subdivision.undecided()),
        # where all is settled they have been shown to be no solutions
        unproved=tuple(subdivision.finder.unproved) if report.undecided else (),
        least_defect=defect,
        cells=subdivision.counts.examined,
        certificate=certificate,
        seconds=time.perf_counter() - begun,
        interrupted=interrupted,
    )


def _as_set(frame: Frame, known: Certified, statement: Statement, number: int) -> EquilibriumSet:
    corners = [
        [to_fraction(b) / r for b, r in zip(corner, frame.table.ranges, strict=True)]
        for corner in statement.corners
    ]
    return EquilibriumSet(
        dimension=statement.dimension,
        prices=read_only(np.array(corners, dtype=np.float64)),
        payoffs=read_only(np.array([float(low) for low, _ in statement.payoffs])),
        equilibrium=number,
        varying=known.varying,
    )


def _as_enclosure(known: Certified, statement: Statement, number: int) -> Enclosure:
    lower = [*known.lower, 1 - sum(known.upper)]
    upper = [*known.upper, 1 - sum(known.lower)]
    return Enclosure(
        lower=read_only(np.array([float(b) for b in lower])),
        upper=read_only(np.array([float(b) for b in upper])),
        equilibrium=number,
        bounds=ProvedBounds(statement.prices, statement.payoffs),
    )


def _as_cell(node: Node) -> UndecidedCell:
    b = np.array([corner.b for corner in node.cell])
    reason = "not examined" if node.kind == "open" else str(node.content[0])
    diameter = float(np.sqrt(((b[:, None] - b[None]) ** 2).sum(axis=2)).max())
    return UndecidedCell(read_only(b.mean(axis=0)), diameter, reason)


def _transferable(
    game: StrategicGame, concept: Concept, options: Options, begun: float
) -> Enumeration:
    """Return the one equilibrium of a game with side payments, the CoCo value.

    Facts page, "Concepts". All prices are equal there, so that a price floor would mean nothing: it
    is taken for zero.
    """
    return Enumeration(
        game=game,
        concept=concept,
        equilibria=(solve(game, concept=concept),),
        sets=(),
        enclosures=(),
        complete=True,
        price_floor=Fraction(0),
        proved_floor=Fraction(0),
        undecided=(),
        unproved=(),
        least_defect=0.0 if concept == "coalition-perfect" else None,
        cells=0,
        certificate=None,
        seconds=time.perf_counter() - begun,
    )
