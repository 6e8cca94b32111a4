"""A player with one action and payoff 0 changes nothing and may have any price.

Proof. Let d be added to the players M, m = |M|, n = m + 1. d is paid 0 and chooses nothing,
so v(S ∪ d) = v(S) = w(S), the value without d, for S ⊆ M, and v({d}) = w(∅) = -h. For i in M

    φ_i = Σ_{i∈S⊆M} (c_s + c_{s+1}) w(S),
    c_s + c_{s+1} = ((s-1)! (n-s)! + s! (n-s-1)!) / n! = (s-1)! (m-s)! / m!,

the share without d. In φ_d, S and M∖S have the same weight and opposite values: φ_d = 0. ∎
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from folders import EXAMPLES

from harsanyi_aux import StrategicGame, verify
from harsanyi_aux.game.coalitions import CoalitionMap, mask_of
from harsanyi_aux.game.equilibrium import Equilibrium, equilibrium_from_dict
from harsanyi_aux.game.files.json_files import load_game, read_json

GAME = load_game(EXAMPLES / "veto.json")
CLAIM = equilibrium_from_dict(read_json(EXAMPLES / "veto_equilibrium.json"), GAME)


def with_dummy(payoff: int) -> StrategicGame:
    columns = [*GAME.fractions[..., None], np.full((*GAME.actions, 1), payoff, dtype=object)]
    return StrategicGame.from_arrays(*columns)


def extended(price: Fraction, payoff: int) -> Equilibrium:
    """The equilibrium with the same threats, whichever side d is on."""
    own = {mask_of(c): np.asarray(s) for c, s in CLAIM.strategies.items()}
    alone = np.array([Fraction(1)], dtype=object)
    strategies = {mask | 0b100: s[..., None] for mask, s in own.items()}
    return Equilibrium(
        concept="coco",
        kind="proper",
        prices=np.append(CLAIM.prices, price),
        payoffs=np.append(CLAIM.payoffs, Fraction(payoff)),
        strategies=CoalitionMap({**own, **strategies, 0b100: alone}),
    )


@pytest.mark.parametrize("price", [Fraction(1, 10**9), Fraction(1), Fraction(10**9)])
@pytest.mark.parametrize("payoff", [0, -7, 10**9])
def test_any_price_of_a_dummy_keeps_the_equilibrium(price: Fraction, payoff: int) -> None:
    # a constant other than 0 is a shift of d's utility (facts page, F4)
    assert verify(with_dummy(payoff), extended(price, payoff), exact=True).valid


def test_a_dummy_is_paid_no_more_than_it_always_gets() -> None:
    claim = extended(Fraction(1), 1)
    assert not verify(with_dummy(0), claim, exact=True).valid
