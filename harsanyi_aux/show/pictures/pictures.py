"""Which pictures there are, for whom, and how to make one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from harsanyi_aux.equilibria.survey import Survey
from harsanyi_aux.errors import InputError
from harsanyi_aux.show.pictures.style import as_bytes, check_path, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harsanyi_aux.smooth.games import Rounding, SmoothedLimit

#: ``payoffs`` is for two players, ``prices`` and ``space`` for three, ``coalitions`` for any.
PictureKind: TypeAlias = Literal["payoffs", "prices", "space", "coalitions"]
FileKind: TypeAlias = Literal["svg", "pdf", "png"]

_FOR: dict[int, tuple[PictureKind, ...]] = {
    2: ("payoffs", "coalitions"),
    3: ("prices", "space", "coalitions"),
}


def kinds_for(n_players: int) -> tuple[PictureKind, ...]:
    """Return the pictures that a game with so many players has, the most telling first."""
    return _FOR.get(n_players, ("coalitions",))


def check_kind(kind: PictureKind | None, n_players: int) -> PictureKind:
    """Return the kind, the most telling one for None.

    Raises
    ------
    InputError
        If games of so many players have no such picture.
    """
    possible = kinds_for(n_players)
    if kind is None:
        return possible[0]
    if kind not in possible:
        players = "one player" if n_players == 1 else f"{n_players} players"
        raise InputError(
            f"there is no picture {kind!r} of a game of {players}",
            mend=f"choose {' or '.join(possible)}"
            if kind in get_args(PictureKind)
            else f"choose one of {', '.join(get_args(PictureKind))}",
        )
    return kind


def draw(
    survey: Survey,
    path: Path,
    kind: PictureKind | None = None,
    *,
    which: int = 0,
    roundings: Sequence[Rounding] = (),
    limits: Sequence[SmoothedLimit] = (),
) -> None:
    """Draw a picture of a game into a file.

    Parameters
    ----------
    survey : Survey
    path : Path
        Ending in .svg, .pdf or .png.
    kind : "payoffs", "prices", "space" or "coalitions", optional
        By default the most telling one for the number of players.
    which : int, optional
        For ``coalitions``: which equilibrium, from 0.
    roundings : sequence of "outer", "sanded", "entropic", optional
        For ``payoffs``: whose bodies are shown.
    limits : sequence of SmoothedLimit, optional
        For ``prices``: whose paths are shown.

    Raises
    ------
    InputError
        If the game has no such picture, or none can be written there.
    OSError
        If the file cannot be written.
    """
    check_path(path)
    suffix = path.suffix[1:].lower()
    file_kind = next(known for known in get_args(FileKind) if known == suffix)
    path.write_bytes(
        picture(survey, kind, file_kind, which=which, roundings=roundings, limits=limits)
    )


def picture(
    survey: Survey,
    kind: PictureKind | None = None,
    file_kind: FileKind = "svg",
    *,
    which: int = 0,
    roundings: Sequence[Rounding] = (),
    limits: Sequence[SmoothedLimit] = (),
) -> bytes:
    """Return a picture as the bytes of a file; parameters as for `draw`.

    The same picture gives the same bytes, whatever the day and the user's settings.

    Raises
    ------
    InputError
        If the game has no such picture.
    """
    chosen = check_kind(kind, survey.game.n_players)
    if chosen == "coalitions" and not 0 <= which < len(survey.equilibria):
        found = len(survey.equilibria)
        raise InputError(
            f"there is no equilibrium {which + 1} to draw, {found or 'none'} was found"
            if found < 2
            else f"there is no equilibrium {which + 1} to draw, {found} were found"
        )
    with styled():
        figure = _figure(survey, chosen, which, roundings, limits)
        return as_bytes(figure, file_kind)


def caption(survey: Survey, kind: PictureKind, which: int = 0) -> str:
    """Say in words what a picture shows, for those who cannot see it."""
    if kind == "payoffs":
        from harsanyi_aux.show.pictures.payoffs import payoff_caption

        return payoff_caption(survey)
    if kind == "prices":
        from harsanyi_aux.show.pictures.prices import price_caption

        return price_caption(survey)
    if kind == "space":
        from harsanyi_aux.show.pictures.space import space_caption

        return space_caption(survey)
    from harsanyi_aux.show.pictures.coalitions import coalition_caption

    return coalition_caption(survey, which)


def _figure(
    survey: Survey,
    kind: PictureKind,
    which: int,
    roundings: Sequence[Rounding],
    limits: Sequence[SmoothedLimit],
) -> Figure:
    if kind == "payoffs":
        from harsanyi_aux.show.pictures.payoffs import payoff_figure

        return payoff_figure(survey, roundings)
    if kind == "prices":
        from harsanyi_aux.show.pictures.prices import price_figure

        return price_figure(survey, limits)
    if kind == "space":
        from harsanyi_aux.show.pictures.space import space_figure

        return space_figure(survey)
    from harsanyi_aux.show.pictures.coalitions import coalition_figure

    return coalition_figure(survey, which)
