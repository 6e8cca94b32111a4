"""Games exchanged with nashpy, pygambit and QuantEcon.

The libraries are imported where they are used: each takes longer to load than this package.
pygambit and QuantEcon are extras of this package and need not be installed. nashpy and QuantEcon
compute in doubles. An integer game reaches them as integers, any other as its nearest doubles.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.efg import parse_efg
from harsanyi_aux.game.files.nfg import parse_nfg, write_nfg
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip

__all__ = [
    "from_catalog",
    "from_nashpy",
    "from_pygambit",
    "from_quantecon",
    "to_nashpy",
    "to_pygambit",
    "to_quantecon",
]


def _pygambit(place: str = "") -> Any:
    try:
        import pygambit
    except ImportError:
        raise InputError(
            "this needs pygambit", place=place, mend="pip install 'harsanyi-aux[gambit]'"
        ) from None
    return pygambit


def _machine_numbers(game: StrategicGame) -> NDArray[Any]:
    integers = game.rational is not None and game.rational.dtype != object
    return np.array(game.rational if integers else game.payoffs)


def from_nashpy(game: Any, *, title: str = "") -> StrategicGame:
    """Return a ``nashpy.Game`` as a strategic game of two players.

    Parameters
    ----------
    game : nashpy.Game
    title : str, optional

    Raises
    ------
    InputError
        As `StrategicGame.from_arrays`.

    Examples
    --------
    >>> import nashpy
    >>> from harsanyi_aux.game.files.libraries import from_nashpy
    >>> from_nashpy(nashpy.Game([[1, 0], [0, 1]], [[0, 1], [1, 0]])).is_exact
    True
    """
    return StrategicGame.from_arrays(*game.payoff_matrices, title=title)


def to_nashpy(game: StrategicGame) -> Any:
    """Return the game as a ``nashpy.Game``; fractions are rounded to doubles.

    Raises
    ------
    InputError
        If there are not two players.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame
    >>> from harsanyi_aux.game.files.libraries import to_nashpy
    >>> to_nashpy(StrategicGame.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 0]])).zero_sum
    False
    """
    if game.n_players != 2:
        raise InputError(f"nashpy needs 2 players, the game has {game.n_players}")
    import nashpy

    return nashpy.Game(*_machine_numbers(game))


def from_quantecon(game: Any, *, title: str = "") -> StrategicGame:
    """Return a QuantEcon ``NormalFormGame`` as a strategic game.

    Parameters
    ----------
    game : quantecon.game_theory.NormalFormGame
    title : str, optional

    Raises
    ------
    InputError
        As `StrategicGame.from_arrays`.

    Notes
    -----
    The payoff array of QuantEcon's player ``i`` has the axes ``i, i+1, ..., n-1, 0, ..., i-1``.

    Examples
    --------
    >>> from quantecon.game_theory import NormalFormGame
    >>> from harsanyi_aux.game.files.libraries import from_quantecon
    >>> from_quantecon(NormalFormGame([[(1, 0), (0, 1)], [(0, 1), (1, 0)]])).actions
    (2, 2)
    """
    n = len(game.players)
    columns = [
        np.asarray(player.payoff_array).transpose([(axis - i) % n for axis in range(n)])
        for i, player in enumerate(game.players)
    ]
    return StrategicGame.from_arrays(*columns, title=title)


def to_quantecon(game: StrategicGame) -> Any:
    """Return the game as a QuantEcon ``NormalFormGame``; fractions are rounded to doubles.

    Raises
    ------
    InputError
        If QuantEcon is not installed.

    Examples
    --------
    >>> from harsanyi_aux import random_game
    >>> from harsanyi_aux.game.files.libraries import to_quantecon
    >>> to_quantecon(random_game("integer", (2, 3), 1)).nums_actions
    (2, 3)
    """
    try:
        from quantecon.game_theory import NormalFormGame, Player
    except ImportError:
        raise InputError(
            "this needs QuantEcon", mend="pip install 'harsanyi-aux[quantecon]'"
        ) from None

    n = game.n_players
    players = []
    for i, column in enumerate(_machine_numbers(game)):
        own_action_first = column.transpose([(i + k) % n for k in range(n)])
        players.append(Player(np.ascontiguousarray(own_action_first)))
    return NormalFormGame(players)


def from_pygambit(game: Any, *, source: str = "") -> StrategicGame:
    """Return a ``pygambit.Game`` as a strategic game, exactly.

    Parameters
    ----------
    game : pygambit.Game
        In strategic form or, to be reduced to it, in extensive form.
    source : str, optional
        Where the game is from, for messages.

    Raises
    ------
    InputError
        If Gambit cannot write the game, its numbers do not fit, or a tree has too many strategies.

    Examples
    --------
    >>> import pygambit
    >>> from harsanyi_aux.game.files.libraries import from_pygambit
    >>> from_pygambit(pygambit.catalog.load("journals/ijgt/nau2004/sec5")).actions
    (2, 2, 2)
    """
    pygambit = _pygambit(source)
    # before pygambit 17 there was one class for both
    extensive = getattr(pygambit.gambit, "ExtensiveGame", None)
    tree = game.is_tree if extensive is None else isinstance(game, extensive)
    try:
        text = game.to_efg() if tree else game.to_nfg()
    except (ValueError, RuntimeError) as error:
        raise InputError(f"Gambit cannot write it ({error})", place=source) from error
    return parse_efg(text, source) if tree else parse_nfg(text, source)


def to_pygambit(game: StrategicGame) -> Any:
    r"""Return the game as a ``pygambit.Game``; the payoffs stay exact.

    Names are adapted to what Gambit allows: white space is collapsed, control characters are
    dropped, ``\`` becomes ``/``, and Gambit itself makes repeated names differ.

    Raises
    ------
    InputError
        If Gambit rejects the game, or pygambit is not installed.

    Examples
    --------
    >>> from harsanyi_aux import random_game
    >>> from harsanyi_aux.game.files.libraries import to_pygambit
    >>> len(to_pygambit(random_game("integer", (2, 3), 1)).players)
    2
    """
    import io

    pygambit = _pygambit()
    adapted = StrategicGame(
        game.payoffs,
        game.rational,
        _gambit_name(game.title, ""),
        tuple(_gambit_name(name, f"Player {k + 1}") for k, name in enumerate(game.players)),
        tuple(
            tuple(_gambit_name(label, str(k + 1)) for k, label in enumerate(labels))
            for labels in game.action_labels
        ),
        game.transferable,
    )
    try:
        return pygambit.read_nfg(io.BytesIO(write_nfg(adapted).encode()))
    except ValueError as error:
        raise InputError(f"Gambit rejects the game ({error})") from error


def _gambit_name(text: str, instead: str) -> str:
    words = "".join(c if c.isprintable() else " " for c in text).replace("\\", "/").split()
    return " ".join(words) or instead


def from_catalog(name: str) -> StrategicGame:
    """Load a published game of pygambit's catalog.

    Parameters
    ----------
    name : str
        As ``pygambit.catalog.games()`` lists it, for example ``"journals/ijgt/nau2004/sec3"``.

    Raises
    ------
    InputError
        If there is no such game; near names are suggested. If pygambit is not installed.

    Examples
    --------
    >>> from harsanyi_aux.game.files.libraries import from_catalog
    >>> from_catalog("journals/ijgt/nau2004/sec5").actions
    (2, 2, 2)
    """
    pygambit = _pygambit(f"catalog:{name}")
    known = [str(entry) for entry in pygambit.catalog.games()["Game"]]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        near = near or [entry for entry in known if name and name.lower() in entry][:3]
        raise InputError(
            f"Gambit's catalog has no game {clip(name)}",
            place=f"catalog:{name}",
            mend=f"perhaps {' or '.join(near)}" if near else "see pygambit.catalog.games()",
        )
    return from_pygambit(pygambit.catalog.load(name), source=f"catalog:{name}")
