"""``harsanyi value``: the CoCo value at given prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.shared import (
    DONE,
    AllOption,
    GameArgument,
    JsonOption,
    game_summary,
    write_json,
    write_parts,
)
from harsanyi_aux.text.plain import coalition_key

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.prices.value import CocoValue


def value(
    game: GameArgument,
    prices: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Curnits per util, such as 1,1/2,2.",
            show_default="all 1",
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact/--no-exact",
            help="Rational arithmetic.",
            show_default="exact where the data are rational and few",
        ),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Compute the CoCo value: the solution with transferable utility."""
    from harsanyi_aux.game.files.json_files import load_game
    from harsanyi_aux.prices.value import coco_value

    loaded = load_game(game)
    found = coco_value(loaded, None if prices is None else prices.split(","), exact=exact)
    payoffs = [
        share / price if price else None
        for share, price in zip(found.shares.tolist(), found.prices.tolist(), strict=True)
    ]
    if as_json:
        write_json(_value_to_dict(loaded, found, payoffs))
    else:
        from harsanyi_aux.show.terminal.equilibria import value_parts
        from harsanyi_aux.show.terminal.tables import heading

        write_parts([heading(loaded), *value_parts(loaded, found, payoffs, everything)])
    return DONE


def _value_to_dict(game: StrategicGame, found: CocoValue, payoffs: list[Any]) -> dict[str, Any]:
    from harsanyi_aux.game.coalitions import by_size, members
    from harsanyi_aux.numbers.arrays import format_number

    return {
        "game": game_summary(game),
        "prices": [format_number(price) for price in found.prices.tolist()],
        "shares": [format_number(share) for share in found.shares.tolist()],
        "payoffs": [None if payoff is None else format_number(payoff) for payoff in payoffs],
        "values": {
            coalition_key(members(mask)): format_number(found.values[mask])
            for mask in by_size(game.n_players)
        },
        "exact": found.is_exact,
        "width": found.width,
    }
