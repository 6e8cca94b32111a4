"""How all pictures look: one journal column wide, readable in grey and by the colour-blind.

Colours are those of Okabe and Ito ("Color universal design", 2008). What colour tells is told by
a marker, a dash or a hatch as well. Files do not depend on the day or the machine's settings.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harsanyi_aux.errors import InputError
from harsanyi_aux.text.plain import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harsanyi_aux.game.strategic import StrategicGame

SUFFIXES = (".svg", ".pdf", ".png")
#: Width of a column of a journal, 8.5 cm, in inches.
WIDTH = 8.5 / 2.54

ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
#: Of the players' bars; the hatch tells them apart in grey.
PLAYER_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW)
PLAYER_HATCHES = ("", "////", "\\\\\\\\", "xxxx", "----", "||||", "++++")

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, and has the Greek letters
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "svg.hashsalt": "harsanyi-aux",
    "text.parse_math": False,  # names of players are no formulae
    "savefig.dpi": 300,
}

_LONGEST_NAME = 18
_SHADING_DPI = 120
# Metadata that would make two files of one picture differ.
_UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}


def check_path(path: Path) -> None:
    """Refuse a picture that could not be written, before anything long is computed.

    Raises
    ------
    InputError
        For another kind of file, a folder that does not exist; if matplotlib is not installed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            "is no kind of picture known here",
            place=str(path),
            mend=f"let the name end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
        )
    if not path.absolute().parent.is_dir():
        raise InputError("the folder does not exist", place=str(path), mend="make it first")
    check_matplotlib()


def check_matplotlib() -> None:
    """Raise `InputError` if matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("pictures need matplotlib", mend="pip install matplotlib")


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw and save within this context."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # not the user's settings
        mpl.rcParams.update(STYLE)
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # in names of players
        yield


def as_bytes(figure: Figure, kind: str) -> bytes:
    """Return a figure as the bytes of an ``svg``, ``pdf`` or ``png`` file; within `styled`."""
    buffer = io.BytesIO()
    # in vector files only smooth shading is made of pixels
    dpi = STYLE["savefig.dpi"] if kind == "png" else _SHADING_DPI
    figure.savefig(buffer, format=kind, metadata=_UNDATED[kind], dpi=dpi)
    return buffer.getvalue()


def save(figure: Figure, path: Path) -> None:
    """Write a figure; within `styled`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path.write_bytes(as_bytes(figure, path.suffix[1:].lower()))


def short(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a text from outside, made safe and cut to a length."""
    name = plain(text)
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def player_name(game: StrategicGame, i: int, longest: int = _LONGEST_NAME) -> str:
    """Return the name of a player, made safe and cut to a length."""
    return short(game.players[i], longest)


def outcome_name(game: StrategicGame, index: Sequence[int], longest: int = 16) -> str:
    """Return an outcome by the labels of its actions, the longest of them cut so that all fit.

    Where two actions of a player would look the same, the number of the action stands there.
    """
    labels = [game.action_labels[i][a] for i, a in enumerate(index)]
    left = longest - (len(labels) - 1)
    names = list(labels)
    by_length = sorted(range(len(labels)), key=lambda i: len(plain(labels[i])))
    for k, i in enumerate(by_length):
        room = max(left // (len(labels) - k), 1)
        names[i] = short(labels[i], room)
        alike = [label for label in game.action_labels[i] if short(label, room) == names[i]]
        if len(alike) > 1:
            names[i] = str(index[i] + 1)
        left -= len(names[i])
    return "/".join(names)
