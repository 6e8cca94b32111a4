"""What every way of showing an equilibrium says: its numbers, its check, its threats in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harsanyi_aux.equilibria.survey import Survey
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.game.definition import verify_evaluated
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.implied import Fights, Quantities, fights, quantities
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.game.verification import Verification
from harsanyi_aux.numbers.arrays import Number
from harsanyi_aux.text.plain import plain

#: What the concepts are called in sentences.
CONCEPTS = {"coco": "CoCo equilibrium", "coalition-perfect": "coalition-perfect equilibrium"}


@dataclass(frozen=True, eq=False)
class Account:
    """An equilibrium and what it implies, from one evaluation of its strategies.

    Attributes
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    quantities : Quantities
    verification : Verification
        In fractions where game and equilibrium are exact.
    defect : float
        The division defect (facts page, "Concepts").
    """

    game: StrategicGame
    equilibrium: Equilibrium
    quantities: Quantities
    verification: Verification
    defect: float

    @property
    def perfection(self) -> str:
        """Whether it is coalition-perfect, in words."""
        claimed = self.equilibrium.concept == "coalition-perfect"
        if claimed or self.defect <= self.verification.tolerance:
            return "coalition-perfect"
        return "not coalition-perfect with these threats"


def account_of(
    game: StrategicGame, equilibrium: Equilibrium, found: Fights | None = None, tol: float = 1e-9
) -> Account:
    """Evaluate, verify and measure an equilibrium.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    found : Fights, optional
        Its fights, where they have been evaluated before.
    tol : float, optional
        Largest accepted residual in floating point.
    """
    if found is None:
        found = fights(game, equilibrium, exact=game.is_exact and equilibrium.is_exact)
    verification, defect = verify_evaluated(game, equilibrium, found, tol=tol)
    return Account(game, equilibrium, quantities(game, equilibrium, found), verification, defect)


def title_of(equilibrium: Equilibrium, k: int = 1, total: int = 1) -> str:
    """Return kind and concept, and which of several it is."""
    title = f"{equilibrium.kind.capitalize()} {CONCEPTS[equilibrium.concept]}"
    return f"{title}, {k} of {total}" if total > 1 else title


def accuracy(verification: Verification) -> str:
    """Return how well the definition holds: ``exactly`` or within which tolerance."""
    return "exactly" if verification.exact else f"within {verification.tolerance:g}"


def threat(game: StrategicGame, equilibrium: Equilibrium, mask: int) -> list[tuple[str, Number]]:
    """Return the joint actions that a coalition's strategy uses, with their probabilities."""
    strategy = equilibrium.strategies.by_mask(mask)
    players = members(mask)
    return [
        (
            ", ".join(plain(game.action_labels[i][a]) for i, a in zip(players, index, strict=True)),
            strategy[tuple(index)],
        )
        for index in np.argwhere(strategy > 0).tolist()
    ]


def shape_words(game: StrategicGame) -> list[str]:
    """Return the kind of a game's numbers, and what else there is to know of its utility."""
    kind = "exact payoffs" if game.is_exact else "payoffs in floating point"
    return [kind, "transferable utility"] if game.transferable else [kind]


def survey_sentence(survey: Survey) -> str:
    """Return one sentence: how many equilibria there are, and whether that is proved."""
    proper = sum(equilibrium.kind == "proper" for equilibrium in survey.equilibria)
    boundary = len(survey.equilibria) - proper
    name = "CoCo" if survey.concept == "coco" else "coalition-perfect"
    sets = len(survey.enumeration.sets) if survey.enumeration is not None else 0
    if proper:
        told = f"{proper} proper {name} {'equilibrium' if proper == 1 else 'equilibria'}"
        if sets:
            several = "one stands" if sets == 1 else f"{sets} stand"
            told += f", of which {several} for a continuum of prices"
    else:
        told = f"No proper {name} equilibrium"
        if boundary:
            solutions = "solution" if boundary == 1 else "solutions"
            told += f", {boundary} boundary {solutions} (some price is zero)"
    proved = "the list of proper ones is proved complete" if proper else "that is proved"
    if not survey.complete:
        proved = "that there are no others is not proved" if proper else "that is not proved"
    return f"{told}; {proved}."
