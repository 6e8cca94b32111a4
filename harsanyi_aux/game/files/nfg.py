"""Gambit's ``.nfg`` files, read and written exactly.

The format is defined in Gambit's documentation ("Game representation formats: the strategic game
file format"). It has a payoff form and an outcome form, both are read; the payoff form is written.
Outcomes are listed with the action of the FIRST player varying fastest. A reader of our own,
beside Gambit's, names the line and column of an error and keeps every decimal exact; Gambit's is
the oracle in the tests.

The format has no place for the flag `transferable`: it is kept as a line of the comment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.scanner import Scanner
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray, clip, format_number, parse_number

__all__ = ["LARGEST_COUNT", "TRANSFERABLE", "parse_nfg", "write_nfg"]

TRANSFERABLE = "transferable utility"
LARGEST_COUNT = 10**9  # of actions; no game so large fits in memory


def parse_nfg(text: str, source: str = "") -> StrategicGame:
    """Read a game from the content of an ``.nfg`` file.

    Parameters
    ----------
    text : str
        The content, in payoff form or outcome form.
    source : str, optional
        The name of the file, for messages.

    Returns
    -------
    StrategicGame
        Always exact: decimals and quotients are read as fractions.

    Raises
    ------
    InputError
        Naming `source`, line and column.
    """
    scanner = Scanner(text, source)
    title, players = scanner.header("NFG", "1")
    actions, labels = _read_strategies(scanner, len(players))
    comment = scanner.expect_text("a comment") if scanner.peek()[0] == "text" else ""
    if scanner.accept("brace", "{"):
        table = _read_outcomes(scanner, len(players), math.prod(actions))
    else:
        table = _read_payoffs(scanner, len(players), math.prod(actions))
    try:
        return StrategicGame.from_arrays(
            *(column.reshape(actions, order="F") for column in table.T),
            title=title,
            players=players,
            action_labels=labels,
            transferable=any(line.strip() == TRANSFERABLE for line in comment.splitlines()),
        )
    except InputError as error:
        raise error.within(source) from None


def _read_strategies(scanner: Scanner, n: int) -> tuple[list[int], list[list[str]] | None]:
    """Read ``{ 2 2 }`` or ``{ { "a" "b" } { "c" "d" } }``: action counts and labels."""
    scanner.expect('"{" before the strategies', "brace", "{")
    before = scanner.at
    counts: list[int] = []
    labels: list[list[str]] = []
    while not scanner.accept("brace", "}"):
        if scanner.peek() == ("brace", "{"):
            labels.append(scanner.texts("strategy labels"))
            counts.append(len(labels[-1]))
        else:
            _, word = scanner.peek()
            if re.fullmatch(r"\d{1,10}", word, re.ASCII) is None or int(word) > LARGEST_COUNT:
                raise scanner.error(f"{clip(word)} is not a possible number of strategies")
            counts.append(int(word))
            scanner.skip(word)
        if counts[-1] == 0:
            raise scanner.error(f"player {len(counts) - 1} has no strategy")
    if len(counts) != n:
        raise scanner.error(f"expected strategies for {n} players, found {len(counts)}", before)
    if labels and len(labels) != n:
        raise scanner.error("some strategies are counted, some are listed", before)
    return counts, labels or None


def _words(scanner: Scanner, expected: int, what: str) -> list[str]:
    """Return the rest of the file, which must be so many words."""
    words = scanner.text[scanner.at :].replace(",", " ").split()
    if len(words) != expected:
        at = len(scanner.text) if len(words) < expected else _position(scanner, expected)
        raise scanner.error(f"expected {expected} {what}, found {len(words)}", at)
    return words


def _position(scanner: Scanner, k: int) -> int:
    """Return where word `k` of the rest of the file begins."""
    found = re.compile(r"[^\s,]+").finditer(scanner.text, scanner.at)
    return next(match.start() for index, match in enumerate(found) if index == k)


def _read_payoffs(scanner: Scanner, n: int, outcomes: int) -> ObjectArray:
    """Read the payoff form: the payoffs of all players, outcome by outcome."""
    words = _words(scanner, n * outcomes, f"payoffs ({n} players, {outcomes} outcomes)")
    numbers: dict[str, object] = {}
    for word in dict.fromkeys(words):
        try:
            numbers[word] = parse_number(word)
        except InputError as error:
            at = _position(scanner, words.index(word))
            raise scanner.error(error.problem, at, error.mend) from None
    return _table([numbers[word] for word in words], n)


def _read_outcomes(scanner: Scanner, n: int, outcomes: int) -> ObjectArray:
    """Read the outcome form: named payoff vectors, then their numbers; 0 stands for all zeros."""
    vectors: list[object] = [0] * n
    known = 1
    while not scanner.accept("brace", "}"):
        scanner.expect('"{" before an outcome', "brace", "{")
        scanner.accept("text")
        for player in range(n):
            vectors.append(scanner.number(f"payoff of player {player}"))
        scanner.expect(f'"}}" after {n} payoffs', "brace", "}")
        known += 1
    chosen = []
    for k, word in enumerate(_words(scanner, outcomes, "outcome numbers")):
        if re.fullmatch(r"\d{1,18}", word, re.ASCII) is None or int(word) >= known:
            raise scanner.error(
                f"{clip(word)} is not the number of an outcome",
                _position(scanner, k),
                f"{known - 1} outcomes are listed",
            )
        chosen.append(int(word))
    return _table(vectors, n)[chosen]


def _table(numbers: list[object], n: int) -> ObjectArray:
    flat = np.empty(len(numbers), dtype=object)
    flat[:] = numbers
    return flat.reshape(-1, n)


def write_nfg(game: StrategicGame) -> str:
    """Return the game as the content of an ``.nfg`` file, in payoff form.

    Parameters
    ----------
    game : StrategicGame

    Returns
    -------
    str
        Fractions as quotients, floats as their shortest decimal. `parse_nfg` reads back an equal
        game, except that a float game comes back exact, with the same doubles.

    Raises
    ------
    InputError
        If a number has more digits than Python agrees to write.
    """
    payoffs: Any = game.payoffs if game.rational is None else game.rational
    rows = zip(*(column.ravel(order="F").tolist() for column in payoffs), strict=True)
    strategies = "\n".join(_braced(labels) for labels in game.action_labels)
    return (
        f"NFG 1 R {_quoted(game.title)} {_braced(game.players)}\n\n"
        f"{{ {strategies}\n}}\n"
        f"{_quoted(TRANSFERABLE if game.transferable else '')}\n\n"
        + "".join(" ".join(str(format_number(u)) for u in row) + "\n" for row in rows)
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _braced(texts: Iterable[str]) -> str:
    return "{ " + " ".join(map(_quoted, texts)) + " }"
