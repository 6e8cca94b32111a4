"""Games in files: loading and saving, and the JSON format of the project's interface note.

`load_game` takes whatever the command line takes as ``GAME``. The conversions to and from other
libraries are in `harsanyi_aux.game.files.libraries` and can be imported from here too.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harsanyi_aux.errors import InputError, did_you_mean_file
from harsanyi_aux.game.files.efg import parse_efg
from harsanyi_aux.game.files.libraries import (
    from_catalog,
    from_nashpy,
    from_pygambit,
    from_quantecon,
    to_nashpy,
    to_pygambit,
    to_quantecon,
)
from harsanyi_aux.game.files.nfg import LARGEST_COUNT, parse_nfg, write_nfg
from harsanyi_aux.game.payoffs import MOST_PLAYERS
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip, format_number, parse_number
from harsanyi_aux.text.files import write_bytes

__all__ = [
    "from_catalog",
    "from_nashpy",
    "from_pygambit",
    "from_quantecon",
    "game_from_dict",
    "game_to_dict",
    "load_game",
    "parse_json",
    "read_json",
    "save_game",
    "to_nashpy",
    "to_pygambit",
    "to_quantecon",
    "write_text",
]

_FORMAT, _VERSION = "harsanyi-game", 1


# -- files -------------------------------------------------------------------------------------


def load_game(source: str | Path) -> StrategicGame:
    """Load a game.

    Parameters
    ----------
    source : str or Path
        A file ending in ``.json``, ``.nfg`` or ``.efg`` (reduced to strategic form);
        ``-`` for JSON on standard input; ``catalog:NAME`` for a game of pygambit's catalog.

    Returns
    -------
    StrategicGame

    Raises
    ------
    InputError
        A single line naming the file, the place in it and, where there is one, the mend.

    Examples
    --------
    >>> from pathlib import Path
    >>> from harsanyi_aux import load_game
    >>> text = 'NFG 1 R "Pennies" { "Row" "Column" } { 2 2 } 1 0 0 1 0 1 1 0'
    >>> _ = Path("pennies.nfg").write_text(text)
    >>> load_game("pennies.nfg")
    <StrategicGame 'Pennies': 2 players, 2x2, exact payoffs>
    """
    name = str(source)
    if name.startswith("catalog:"):
        return from_catalog(name.removeprefix("catalog:"))
    ending = Path(name).suffix.lower()
    if name == "-" or ending == ".json":
        place = _displayed(name)
        return game_from_dict(read_json(name), place)
    if ending == ".nfg":
        return parse_nfg(_decode(_read_bytes(name), name), name)
    if ending == ".efg":
        return parse_efg(_decode(_read_bytes(name), name), name)
    near = "" if Path(name).exists() else did_you_mean_file(name)
    raise InputError(
        f"the ending {clip(ending)} names no format of games",
        place=name,
        mend=near or "use .json, .nfg or .efg",
    )


def save_game(game: StrategicGame, path: str | Path) -> None:
    """Save a game, in the format that the ending of `path` names, ``.json`` or ``.nfg``.

    The file appears complete or not at all. See `game_to_dict` and `write_nfg` for what is kept.

    Raises
    ------
    InputError
        If the ending is another or the file cannot be written.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, load_game, save_game
    >>> game = StrategicGame.from_arrays([[1, 0], [0, "3/2"]], [[0, 1], [1, 0]])
    >>> save_game(game, "pennies.json")
    >>> load_game("pennies.json") == game
    True
    """
    ending = Path(path).suffix.lower()
    if ending == ".json":
        write_text(path, json.dumps(game_to_dict(game), ensure_ascii=False) + "\n")
    elif ending == ".nfg":
        write_text(path, write_nfg(game))
    else:
        raise InputError(
            f"the ending {clip(ending)} names no format of games",
            place=str(path),
            mend="use .json or .nfg",
        )


def read_json(source: str | Path) -> object:
    """Read a JSON file, or standard input for ``-``; numbers as in `parse_json`.

    Raises
    ------
    InputError
        If the file cannot be read, is not UTF-8 or not JSON.
    """
    name = str(source)
    return parse_json(_decode(_read_bytes(name), _displayed(name)), _displayed(name))


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 file so that it appears complete or not at all; see `text.files.replacing`.

    Raises
    ------
    InputError
        If the file cannot be written; an older file of that name is then untouched.
    """
    # bytes, because a text file would translate line ends inside labels
    write_bytes(path, text.encode())


def _displayed(name: str) -> str:
    return "standard input" if name == "-" else name


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _read_bytes(name: str) -> bytes:
    try:
        if name != "-":
            return Path(name).read_bytes()
        if sys.stdin is None:  # closed by whoever started us
            raise InputError("standard input is closed", place="-", mend="give a file")
        return sys.stdin.buffer.read()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        mend = did_you_mean_file(name) if isinstance(error, FileNotFoundError) else ""
        raise InputError(
            f"cannot be read ({_reason(error)})", place=_displayed(name), mend=mend
        ) from error


def _decode(content: bytes, place: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is not UTF-8 text", place=place, mend="save the file as UTF-8"
        ) from error
    if "\0" in text:  # binary files and UTF-16 without a mark
        raise InputError("is not a text file", place=place, mend="save the file as UTF-8")
    if not text.strip():
        raise InputError("is empty", place=place)
    return text


# -- JSON --------------------------------------------------------------------------------------


def parse_json(text: str, place: str = "") -> object:
    """Read JSON text.

    Parameters
    ----------
    text : str
    place : str, optional
        The name of the file, for messages.

    Returns
    -------
    object
        Dicts, lists, texts, ints, floats, truth values and None. Python also lets NaN, Infinity
        and 1e999 through: numbers are to be read with `parse_number`, which knows their place.

    Raises
    ------
    InputError
        With line and column where JSON's syntax is broken, or where a key occurs twice in an
        object: Python alone would keep the last and say nothing.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except InputError as error:
        raise error.within(place) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"is not JSON ({error.msg})", place=f"line {error.lineno}, column {error.colno}"
        ).within(place) from error
    except RecursionError:
        raise InputError("is nested too deeply", place=place) from None
    except ValueError:  # Python refuses to convert thousands of digits
        raise InputError("an integer has too many digits", place=place) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for k, key in enumerate(keys) if key in keys[:k])
        raise InputError(
            f"the key {clip(twice)} occurs twice in an object", mend="remove one of the two"
        )
    return found


def game_to_dict(game: StrategicGame) -> dict[str, Any]:
    """Return the game as the project's JSON format has it.

    Parameters
    ----------
    game : StrategicGame

    Returns
    -------
    dict
        Of format "harsanyi-game", version 1: exact payoffs as ints or ``"p/q"``, floats as
        floats; outcomes in C order. The key ``action_labels`` only where labels are not the
        default. `game_from_dict` returns an equal game.

    Raises
    ------
    InputError
        If a number has more digits than Python agrees to write.
    """
    payoffs: Any = game.payoffs if game.rational is None else game.rational
    data: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "title": game.title,
        "players": list(game.players),
        "actions": list(game.actions),
        "payoffs": [[format_number(u) for u in row.ravel().tolist()] for row in payoffs],
        "transferable": game.transferable,
    }
    plain = tuple(tuple(str(k + 1) for k in range(m)) for m in game.actions)
    if game.action_labels != plain:
        data["action_labels"] = [list(labels) for labels in game.action_labels]
    return data


def game_from_dict(data: object, place: str = "") -> StrategicGame:
    """Return the game that a dict in the project's JSON format describes.

    Parameters
    ----------
    data : dict
        With the keys ``format``, ``version``, ``actions``, ``payoffs`` and, optionally,
        ``title``, ``players``, ``transferable``, ``action_labels``. Other keys are ignored.
    place : str, optional
        The name of the file, for messages.

    Returns
    -------
    StrategicGame
        Exact if no payoff is a float.

    Raises
    ------
    InputError
        Naming `place` and the path in the data, such as ``payoffs[0][3]``.
    """
    try:
        return _game_from_dict(data)
    except InputError as error:
        raise error.within(place) from None


def _game_from_dict(data: object) -> StrategicGame:
    if not isinstance(data, Mapping):
        raise InputError("expected a JSON object that describes a game")
    if data.get("format") != _FORMAT:
        found = clip(data["format"]) if "format" in data else "nothing"
        raise InputError(f'expected "{_FORMAT}", found {found}', place="format")
    version = data.get("version")
    if isinstance(version, bool) or version != _VERSION:
        raise InputError(f"expected {_VERSION}, found {clip(version)}", place="version")
    actions = _read_actions(data.get("actions"))
    n, outcomes = len(actions), math.prod(actions)
    rows = data.get("payoffs")
    if not isinstance(rows, list | tuple) or len(rows) != n:
        raise InputError(
            f"expected {n} lists, one for each player, found {_count(rows)}", place="payoffs"
        )
    # all lengths first: a header that promises too much must fail before anything is built
    for i, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != outcomes:
            raise InputError(
                f"expected {outcomes} numbers, found {_count(row)}", place=f"payoffs[{i}]"
            )
    optional = {"players": None, "action_labels": None, "title": "", "transferable": False}
    return StrategicGame.from_arrays(
        *(_read_row(row, f"payoffs[{i}]").reshape(actions) for i, row in enumerate(rows)),
        **{key: data.get(key, default) for key, default in optional.items()},
    )


def _read_actions(counts: object) -> list[int]:
    if not isinstance(counts, list | tuple) or not 1 <= len(counts) <= MOST_PLAYERS:
        raise InputError(
            f"expected a list of 1 to {MOST_PLAYERS} counts, found {_count(counts)}",
            place="actions",
        )
    for i, count in enumerate(counts):
        if type(count) is not int or not 1 <= count <= LARGEST_COUNT:
            raise InputError(
                f"{clip(count)} is not a possible number of actions", place=f"actions[{i}]"
            )
    return list(counts)


def _count(found: object) -> str:
    return str(len(found)) if isinstance(found, list | tuple) else clip(found)


def _read_row(row: list[object] | tuple[object, ...], place: str) -> Any:
    numbers = np.empty(len(row), dtype=object)
    for k, value in enumerate(row):
        numbers[k] = parse_number(value, f"{place}[{k}]")
    return numbers
