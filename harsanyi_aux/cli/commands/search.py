"""``harsanyi search``: run a campaign over many games, continue it, summarise it."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    JsonOption,
    read_shape,
    write,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.search.campaign.plan import Family, Plan
    from harsanyi_aux.search.campaign.run import Progress


class _Concept(StrEnum):  # typer takes no list of literals
    COCO = "coco"
    COALITION_PERFECT = "coalition-perfect"


class _Method(StrEnum):
    MULTI_START = "multi-start"
    ENUMERATION = "enumeration"


_NUMBERS = ("count", "seed", "starts", "price_floor", "max_cells", "time_limit", "large_defect")


def search(
    shape: Annotated[
        list[str] | None,
        typer.Option(metavar="M,M,...", help="Actions of each player; repeat for several."),
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Family of games; repeat for several.", show_default="uniform"
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Of the families, such as noise=0.2; repeatable."),
    ] = None,
    around: Annotated[
        str | None,
        typer.Option(metavar="GAME", help="Draw around this game; --option radius=0.1."),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Games of each family and shape.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Settles all games.", show_default="0")
    ] = None,
    concept: Annotated[
        list[_Concept] | None,
        typer.Option(help="What to look for; repeat for both.", show_default="coco"),
    ] = None,
    method: Annotated[
        list[_Method] | None,
        typer.Option(help="How; repeat for both.", show_default="multi-start"),
    ] = None,
    starts: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="Starting prices (multi-start).", show_default="10"),
    ] = None,
    price_floor: Annotated[
        float | None,
        typer.Option(metavar="D", help="Least normalised price (enumeration).", show_default="0"),
    ] = None,
    max_cells: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Cells for each game (enumeration).", show_default="2000"
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="For each game, then recorded as undecided. Which games that meets depends on the "
            "machine.",
            show_default="none",
        ),
    ] = None,
    large_defect: Annotated[
        float | None,
        typer.Option(
            metavar="D", help="Division defect from which on to keep it.", show_default="0.6"
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(metavar="FILE.db", help="Where the results go.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the store; other options may be left out.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Processes here.", show_default="one for each processor"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use this dask.distributed cluster instead."),
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE.db", help="Summarise a store; run nothing.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --summary: export as CSV.")
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --summary: export as Parquet.")
    ] = None,
    extract: Annotated[
        str | None,
        typer.Option(metavar="CELL:GAME", help="With --summary and -o: save this game."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="For --extract.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Examine many random games, keep every result, count what was found."""
    planned = {
        "shape": shape,
        "family": family,
        "option": option,
        "around": around,
        "count": count,
        "seed": seed,
        "concept": concept,
        "method": method,
        "starts": starts,
        "price_floor": price_floor,
        "max_cells": max_cells,
        "time_limit": time_limit,
        "large_defect": large_defect,
    }
    given = {name: value for name, value in planned.items() if value is not None}
    if summary is not None:
        if given or store or resume or workers or scheduler:
            raise InputError("--summary runs no campaign", mend="give it alone or with an export")
        return _summarise(summary, csv, parquet, extract, output, as_json)
    if csv or parquet or extract or output:
        raise InputError("exports need a store to read", mend="give --summary FILE.db")
    if store is None:
        raise InputError("a campaign needs a file for its results", mend="give --store FILE.db")
    return _run(store, _plan(given, store, resume), resume, workers, scheduler, as_json)


# -- the plan ------------------------------------------------------------------------------------


def _plan(given: dict[str, Any], store: Path, resume: bool) -> Plan | None:
    """Return the plan that the options describe, taking what they leave out from the store."""
    from dataclasses import replace

    from harsanyi_aux.search.campaign.database import reading
    from harsanyi_aux.search.campaign.plan import Plan

    stored: Plan | None = None
    if resume and store.exists() and store.stat().st_size:
        with reading(store) as (_, stored):
            pass
    if resume and not given:
        return stored
    game = _centre(given.get("around"))
    parts: dict[str, Any] = {name: given[name] for name in _NUMBERS if name in given}
    for name in ("concept", "method"):
        if name in given:
            parts[f"{name}s"] = tuple(dict.fromkeys(map(str, given[name])))
    if "shape" in given:
        parts["shapes"] = tuple(dict.fromkeys(map(read_shape, given["shape"])))
    elif game is not None:
        parts["shapes"] = (game.actions,)
    if stored is None or given.keys() & {"family", "option", "around"}:
        parts["families"] = _families(given, game)
    if stored is not None:
        return replace(stored, **parts)
    for name in ("shape", "count"):
        if name not in given and not (name == "shape" and game is not None):
            raise InputError(f"a campaign needs --{name}", mend="harsanyi search --help shows how")
    return Plan(**parts)


def _centre(source: str | None) -> StrategicGame | None:
    from harsanyi_aux.game.files.json_files import load_game

    return None if source is None else load_game(source)


def _families(given: dict[str, Any], game: StrategicGame | None) -> tuple[Family, ...]:
    """Return the families, each with those of the options that it has."""
    from harsanyi_aux.game.families import family_options
    from harsanyi_aux.search.campaign.plan import family_of

    names = given.get("family") or (["around"] if game is not None else ["uniform"])
    options: dict[str, Any] = dict(map(_option, given.get("option", ())))
    if game is not None:
        options["game"] = game
    for name in options:
        if not any(name in family_options(family) for family in names):
            raise InputError(
                f"no family in this campaign has the option {name!r}",
                mend="; ".join(
                    f"{family} has {', '.join(family_options(family)) or 'none'}"
                    for family in names
                ),
            )
    return tuple(
        family_of(family, {k: v for k, v in options.items() if k in family_options(family)})
        for family in dict.fromkeys(names)
    )


def _option(text: str) -> tuple[str, int | float]:
    name, equals, value = text.partition("=")
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            if equals:
                return name, kind(value)
    raise InputError(f"{text!r} is not an option", place="--option", mend="write it like noise=0.2")


# -- running -------------------------------------------------------------------------------------


def _run(
    store: Path,
    plan: Plan | None,
    resume: bool,
    workers: int | None,
    scheduler: str | None,
    as_json: bool,
) -> int:
    from harsanyi_aux.search.campaign.run import run_campaign

    states: list[Progress] = []
    interrupted = False
    try:
        with bar("games") as advance:

            def progress(state: Progress) -> None:
                states[:] = [state]
                advance(state.done, state.planned, rate_of(state))

            run_campaign(
                store,
                plan,
                resume=resume,
                workers=workers,
                scheduler=scheduler,
                progress=progress,
            )
    except KeyboardInterrupt:
        interrupted = True
    if not states:  # interrupted before anything was begun
        return INTERRUPTED
    _tell(store, states[0], interrupted, as_json)
    return INTERRUPTED if interrupted else DONE


def _tell(store: Path, state: Progress, interrupted: bool, as_json: bool) -> None:
    from harsanyi_aux.search.campaign.summary import summarise
    from harsanyi_aux.show.terminal.campaign import summary_parts

    found = summarise(store)
    if as_json:
        write_json(
            {
                "store": str(store),
                "planned": state.planned,
                "done": state.done,
                "before": state.before,
                "failed": state.failed,
                "remarkable": state.remarkable,
                "seconds": state.seconds,
                "interrupted": interrupted,
                "summary": found.to_dict(),
            }
        )
        return
    now = state.done - state.before
    rate = f", {now / state.seconds:.3g} per second" if state.seconds > 0 and now else ""
    from rich.text import Text

    lines: list[RenderableType] = [
        f"{now} games examined in {state.seconds:.1f} s{rate}; {state.done} of {state.planned} "
        f"done, {state.remarkable} remarkable, {state.failed} failed."
    ]
    if interrupted:
        # one line however long, so that it can be copied
        told = f"Interrupted; harsanyi search --store {store} --resume continues."
        lines.append(Text(told, no_wrap=True))
    write_parts([*summary_parts(found), "", *lines])


def rate_of(state: Progress) -> str:
    """Return rate, remarkable finds, failures and what is left of the time, in one line."""
    now = state.done - state.before
    if not now or state.seconds <= 0:
        return "starting"
    rate = now / state.seconds
    left = round((state.planned - state.done) / rate)
    hours, minutes, seconds = left // 3600, left // 60 % 60, left % 60
    told = [f"{rate:.3g}/s", f"{state.remarkable} remarkable"]
    if state.failed:
        told.append(f"{state.failed} failed")
    told.append(f"{hours}:{minutes:02}:{seconds:02} left")
    return ", ".join(told)


# -- reading -------------------------------------------------------------------------------------


def _summarise(
    store: Path,
    csv: Path | None,
    parquet: Path | None,
    extract: str | None,
    output: Path | None,
    as_json: bool,
) -> int:
    from harsanyi_aux.search.campaign.export import export_csv, export_parquet, stored_game
    from harsanyi_aux.search.campaign.summary import summarise
    from harsanyi_aux.show.terminal.campaign import summary_parts

    if (extract is None) != (output is None):
        raise InputError("--extract and -o belong together", mend="give both or neither")
    if extract is not None and output is not None:
        from harsanyi_aux.game.files.json_files import save_game

        game = stored_game(store, _key(extract))
        if output.exists() and output.samefile(store):
            raise InputError(
                "this is the store itself", place=str(output), mend="name another file"
            )
        save_game(game, output)
        write(f"{game.title} is in {output}\n")
        return DONE
    exported = {
        str(path): export(store, path)
        for path, export in ((csv, export_csv), (parquet, export_parquet))
        if path is not None
    }
    found = summarise(store)
    if as_json:
        write_json({**found.to_dict(), "exported": exported})
    else:
        lines = [f"{number} games are in {path}." for path, number in exported.items()]
        write_parts([*summary_parts(found), *(["", *lines] if lines else [])])
    return DONE


def _key(text: str) -> tuple[int, int]:
    cell, colon, number = text.rpartition(":")
    if not (number.isdigit() and (cell.isdigit() or not colon)):
        raise InputError(f"{text!r} names no game", place="--extract", mend="write it like 0:17")
    return int(cell or 0), int(number)
