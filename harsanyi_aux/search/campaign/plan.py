"""What a campaign examines: families × shapes × concepts × methods, and a number of games of each.

Every game is settled by the campaign's seed, its family, its shape and its number, not by the order
of execution nor by what else the campaign holds: the stream of random numbers is
``numpy.random.SeedSequence(seed, spawn_key=(CRC-32 of the family's name, *shape, number))``, whose
first child draws the game and whose second draws the starting prices. Two cells that differ in
concept, method or options alone therefore examine the same draws.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.families import random_game
from harsanyi_aux.game.files.json_files import game_from_dict, game_to_dict
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip
from harsanyi_aux.text.plain import shape_of

Examination: TypeAlias = Literal["multi-start", "enumeration"]
#: Number of the cell and of the game in it.
Key: TypeAlias = tuple[int, int]

#: Starting prices of a multi-start examination.
DEFAULT_STARTS = 10
#: Cells of an enumeration; a game that needs more is left undecided.
DEFAULT_MAX_CELLS = 2_000
#: A game whose least division defect is at least this is remarkable.
DEFAULT_LARGE_DEFECT = 0.6

_VERSION = 1
_LARGEST_COUNT = 10**9
_SHORTEST, _LONGEST = 0.01, 10**6  # seconds that timers can count


@dataclass(frozen=True)
class Family:
    """A family of `game.families` and its options, values of JSON (a game as its dict)."""

    name: str
    options: Mapping[str, Any]

    def drawing_options(self) -> dict[str, Any]:
        """Return the options as `random_game` takes them."""
        return {
            key: game_from_dict(value, key) if isinstance(value, Mapping) else value
            for key, value in self.options.items()
        }

    def __str__(self) -> str:
        told = [
            f"{key}={clip(value.get('title') or 'a game') if isinstance(value, Mapping) else value}"
            for key, value in sorted(self.options.items())
        ]
        return f"{self.name} ({', '.join(told)})" if told else self.name


@dataclass(frozen=True)
class Cell:
    """Games of one family and shape, examined in one way."""

    family: Family
    shape: tuple[int, ...]
    concept: Concept
    method: Examination

    def __str__(self) -> str:
        return f"{self.family} {shape_of(self.shape)}, {self.concept}, {self.method}"


@dataclass(frozen=True)
class Plan:
    """A campaign: the product of its families, shapes, concepts and methods.

    Attributes
    ----------
    families : tuple of Family
    shapes : tuple of tuple of int
        Numbers of actions.
    concepts, methods : tuples
        ``"multi-start"`` finds equilibria from several starting prices, ``"enumeration"`` all
        with normalised prices of at least `price_floor`.
    count : int
        Games of each cell.
    seed : int
    starts : int
        Starting prices for each game (multi-start).
    price_floor : float
        Least normalised price (enumeration).
    max_cells : int
        Cells of the price simplex examined at most for each game (enumeration).
    large_defect : float
        Division defect (normalised) from which on a game is remarkable.
    time_limit : float or None
        Seconds for each game, after which it is recorded as undecided. By default there is none,
        because what a limit of time leaves undecided depends on the machine and its load; `starts`
        and `max_cells` bound the work in a way that every machine repeats.

    Raises
    ------
    InputError
        If a part is unusable, or a family does not suit a shape.
    """

    families: tuple[Family, ...]
    shapes: tuple[tuple[int, ...], ...]
    concepts: tuple[Concept, ...] = ("coco",)
    methods: tuple[Examination, ...] = ("multi-start",)
    count: int = 1000
    seed: int = 0
    starts: int = DEFAULT_STARTS
    price_floor: float = 0.0
    max_cells: int = DEFAULT_MAX_CELLS
    large_defect: float = DEFAULT_LARGE_DEFECT
    time_limit: float | None = None

    def __post_init__(self) -> None:
        for name in ("families", "shapes", "concepts", "methods"):
            if not getattr(self, name):
                raise InputError(f"a campaign needs {name}", place=name)
        _among(self.concepts, get_args(Concept), "concept")
        _among(self.methods, get_args(Examination), "method")
        for name, least, most in (
            ("count", 1, _LARGEST_COUNT),
            ("seed", 0, 2**63 - 1),
            ("starts", 1, 10**6),
            ("max_cells", 1, 10**9),
        ):
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise InputError(f"{clip(value)} is not a whole number from {least}", place=name)
        most = max(map(len, self.shapes))
        if not 0 <= self.price_floor * most < 1:
            raise InputError(
                f"{self.price_floor} is not from 0 to below 1/{most}",
                place="price_floor",
                mend=f"normalised prices of {most} players have the sum 1",
            )
        if not (self.large_defect > 0 and math.isfinite(self.large_defect)):
            raise InputError(f"{self.large_defect} is not positive", place="large_defect")
        if self.time_limit is not None and not _SHORTEST <= self.time_limit <= _LONGEST:
            raise InputError(
                f"{self.time_limit} seconds is no time limit",
                place="time_limit",
                mend=f"give {_SHORTEST} or more, or none for no limit",
            )
        for number in range(len(self.cells)):
            self.game((number, 0))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in the order that numbers them."""
        return tuple(
            itertools.starmap(
                Cell, itertools.product(self.families, self.shapes, self.concepts, self.methods)
            )
        )

    @property
    def total(self) -> int:
        """Number of games."""
        return self.count * len(self.cells)

    def ordered_keys(self) -> Iterator[Key]:
        """Yield all games, the first of every cell first."""
        for number in range(self.count):
            for cell in range(len(self.cells)):
                yield cell, number

    def game(self, key: Key) -> StrategicGame:
        """Draw a game."""
        cell, number = key
        chosen = self.cells[cell]
        game_stream, _ = self._streams(key)
        rng = np.random.default_rng(game_stream)
        drawn = random_game(
            chosen.family.name, chosen.shape, rng, **chosen.family.drawing_options()
        )
        where = f"seed {self.seed}, game {number}"
        return replace(drawn, title=f"{chosen.family} {shape_of(chosen.shape)}, {where}")

    def start_generator(self, key: Key) -> np.random.Generator:
        """Return the generator of a game's random starting prices."""
        return np.random.default_rng(self._streams(key)[1])

    def _streams(self, key: Key) -> list[np.random.SeedSequence]:
        cell, number = key
        chosen = self.cells[cell]
        name = zlib.crc32(chosen.family.name.encode())
        return np.random.SeedSequence(self.seed, spawn_key=(name, *chosen.shape, number)).spawn(2)

    # -- JSON --------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that stores and workers keep."""
        return {
            "version": _VERSION,
            "families": [
                {"name": family.name, "options": dict(family.options)} for family in self.families
            ],
            "shapes": [list(shape) for shape in self.shapes],
            "concepts": list(self.concepts),
            "methods": list(self.methods),
            "count": self.count,
            "seed": self.seed,
            "starts": self.starts,
            "price_floor": self.price_floor,
            "max_cells": self.max_cells,
            "large_defect": self.large_defect,
            "time_limit": self.time_limit,
        }

    def to_json(self) -> str:
        """Return `to_dict` as text, the same for equal plans."""
        return json.dumps(self.to_dict(), sort_keys=True, allow_nan=False)

    def differences(self, other: Plan) -> list[str]:
        """Return in words where `other` differs, ``count is 100, not 200``."""
        ours, theirs = self.to_dict(), other.to_dict()
        return [
            f"{key} is {_told(ours[key])}, not {_told(theirs[key])}"
            for key in ours
            if ours[key] != theirs[key]
        ]


@lru_cache(maxsize=8)
def plan_from_json(text: str) -> Plan:
    """Return the plan that `Plan.to_json` wrote.

    Raises
    ------
    InputError
        If the text is no plan, or one of a newer version.
    """
    try:
        data = json.loads(text)
        version = data.pop("version")
        if version != _VERSION:
            raise InputError(
                f"plans of version {clip(version)} are unknown", mend="use a newer harsanyi-aux"
            )
        return Plan(
            families=tuple(Family(f["name"], f["options"]) for f in data.pop("families")),
            shapes=tuple(tuple(shape) for shape in data.pop("shapes")),
            concepts=tuple(data.pop("concepts")),
            methods=tuple(data.pop("methods")),
            **data,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this is not the plan of a campaign ({error})") from None


def family_of(name: str, options: Mapping[str, Any]) -> Family:
    """Return a family, a game among its options written as its JSON dict."""
    return Family(
        name,
        {
            key: game_to_dict(value) if isinstance(value, StrategicGame) else value
            for key, value in options.items()
        },
    )


def digest(game: StrategicGame) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of the payoffs (doubles in C order)."""
    return hashlib.sha256(game.payoffs.astype("<f8").tobytes()).hexdigest()[:16]


def _among(values: Sequence[str], allowed: tuple[str, ...], name: str) -> None:
    for value in values:
        if value not in allowed:
            raise InputError(f"{clip(value)} is not a {name}", mend="write " + " or ".join(allowed))


def _told(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
