"""CoCo and coalition-perfect equilibria of cooperative games in strategic form.

Names are imported where they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harsanyi_aux import certify
    from harsanyi_aux.auxiliary import AuxiliaryGame as AuxiliaryGame
    from harsanyi_aux.auxiliary import AuxiliaryProfile as AuxiliaryProfile
    from harsanyi_aux.certify import InvalidCertificate as InvalidCertificate
    from harsanyi_aux.conditions import Verification as Verification
    from harsanyi_aux.conditions import division_defect as division_defect
    from harsanyi_aux.conditions import verify as verify
    from harsanyi_aux.division import DivisionResult as DivisionResult
    from harsanyi_aux.division import divide as divide
    from harsanyi_aux.enumerate import Enumeration as Enumeration
    from harsanyi_aux.enumerate import enumerate_equilibria as enumerate_equilibria
    from harsanyi_aux.equilibrium import Equilibrium as Equilibrium
    from harsanyi_aux.equilibrium import Residuals as Residuals
    from harsanyi_aux.errors import HarsanyiError as HarsanyiError
    from harsanyi_aux.errors import InputError as InputError
    from harsanyi_aux.errors import InvalidEquilibrium as InvalidEquilibrium
    from harsanyi_aux.errors import NoEquilibriumFound as NoEquilibriumFound
    from harsanyi_aux.existence import Existence as Existence
    from harsanyi_aux.existence import exists as exists
    from harsanyi_aux.families import random_game as random_game
    from harsanyi_aux.formats import load_game as load_game
    from harsanyi_aux.formats import save_game as save_game
    from harsanyi_aux.game import StrategicGame as StrategicGame
    from harsanyi_aux.rational import rationalize as rationalize
    from harsanyi_aux.smoothed import SmoothedLimit as SmoothedLimit
    from harsanyi_aux.smoothed import follow_smoothing as follow_smoothing
    from harsanyi_aux.solver import SolveResult as SolveResult
    from harsanyi_aux.solver import solve as solve
    from harsanyi_aux.solver import solve_all as solve_all
    from harsanyi_aux.threats import ThreatSolution as ThreatSolution
    from harsanyi_aux.threats import threat_games as threat_games
    from harsanyi_aux.value import CocoValue as CocoValue
    from harsanyi_aux.value import coco_value as coco_value

    check_certificate = certify.check
    read_certificate = certify.read
    write_certificate = certify.write

__version__ = "0.2.0"

_HOMES = {
    "AuxiliaryGame": "auxiliary",
    "AuxiliaryProfile": "auxiliary",
    "CocoValue": "value",
    "DivisionResult": "division",
    "Enumeration": "enumerate",
    "Equilibrium": "equilibrium",
    "Existence": "existence",
    "HarsanyiError": "errors",
    "InputError": "errors",
    "InvalidCertificate": "certify",
    "InvalidEquilibrium": "errors",
    "NoEquilibriumFound": "errors",
    "Residuals": "equilibrium",
    "SmoothedLimit": "smoothed",
    "SolveResult": "solver",
    "StrategicGame": "game",
    "ThreatSolution": "threats",
    "Verification": "conditions",
    "check_certificate": "certify",
    "coco_value": "value",
    "divide": "division",
    "division_defect": "conditions",
    "enumerate_equilibria": "enumerate",
    "exists": "existence",
    "follow_smoothing": "smoothed",
    "load_game": "formats",
    "random_game": "families",
    "rationalize": "rational",
    "read_certificate": "certify",
    "save_game": "formats",
    "solve": "solver",
    "solve_all": "solver",
    "threat_games": "threats",
    "verify": "conditions",
    "write_certificate": "certify",
}
# Where the name at home is another.
_OWN_NAMES = {
    "check_certificate": "check",
    "read_certificate": "read",
    "write_certificate": "write",
}

__all__ = sorted(_HOMES)


if not TYPE_CHECKING:  # to a type checker a module with __getattr__ has every name there is

    def __getattr__(name: str) -> Any:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"{__name__}.{home}")
        value = getattr(module, _OWN_NAMES.get(name, name))
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
