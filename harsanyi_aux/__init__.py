"""CoCo and coalition-perfect equilibria of cooperative games in strategic form.

Names are imported where they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harsanyi_aux import certify
    from harsanyi_aux.auxiliary.coco import AuxiliaryGame as AuxiliaryGame
    from harsanyi_aux.auxiliary.coco import AuxiliaryProfile as AuxiliaryProfile
    from harsanyi_aux.certify import InvalidCertificate as InvalidCertificate
    from harsanyi_aux.equilibria.boxes.enclosures import ProvedBounds as ProvedBounds
    from harsanyi_aux.equilibria.certificates import write_certificate as write_certificate
    from harsanyi_aux.equilibria.division.select import DivisionResult as DivisionResult
    from harsanyi_aux.equilibria.division.select import divide as divide
    from harsanyi_aux.equilibria.enumeration import Snapshot as Snapshot
    from harsanyi_aux.equilibria.enumeration import enumerate_equilibria as enumerate_equilibria
    from harsanyi_aux.equilibria.existence import exists as exists
    from harsanyi_aux.equilibria.rationalize import rationalize as rationalize
    from harsanyi_aux.equilibria.results import Enclosure as Enclosure
    from harsanyi_aux.equilibria.results import Enumeration as Enumeration
    from harsanyi_aux.equilibria.results import EquilibriumSet as EquilibriumSet
    from harsanyi_aux.equilibria.results import Existence as Existence
    from harsanyi_aux.equilibria.results import Result as Result
    from harsanyi_aux.equilibria.results import UndecidedCell as UndecidedCell
    from harsanyi_aux.equilibria.solver import SolveResult as SolveResult
    from harsanyi_aux.equilibria.solver import solve as solve
    from harsanyi_aux.equilibria.solver import solve_all as solve_all
    from harsanyi_aux.errors import HarsanyiError as HarsanyiError
    from harsanyi_aux.errors import InputError as InputError
    from harsanyi_aux.errors import InvalidEquilibrium as InvalidEquilibrium
    from harsanyi_aux.errors import NoEquilibriumFound as NoEquilibriumFound
    from harsanyi_aux.game.coalitions import CoalitionMap as CoalitionMap
    from harsanyi_aux.game.definition import division_defect as division_defect
    from harsanyi_aux.game.definition import is_equilibrium as is_equilibrium
    from harsanyi_aux.game.definition import verify as verify
    from harsanyi_aux.game.equilibrium import Equilibrium as Equilibrium
    from harsanyi_aux.game.equilibrium import Residuals as Residuals
    from harsanyi_aux.game.families import random_game as random_game
    from harsanyi_aux.game.files.json_files import load_game as load_game
    from harsanyi_aux.game.files.json_files import save_game as save_game
    from harsanyi_aux.game.strategic import StrategicGame as StrategicGame
    from harsanyi_aux.game.verification import Check as Check
    from harsanyi_aux.game.verification import Verification as Verification
    from harsanyi_aux.prices.threats import ThreatSolution as ThreatSolution
    from harsanyi_aux.prices.threats import threat_games as threat_games
    from harsanyi_aux.prices.value import CocoValue as CocoValue
    from harsanyi_aux.prices.value import coco_value as coco_value
    from harsanyi_aux.search.design.design import DesignedGame as DesignedGame
    from harsanyi_aux.search.design.design import DesignResult as DesignResult
    from harsanyi_aux.search.design.design import design as design
    from harsanyi_aux.search.robust.examples import find_robust as find_robust
    from harsanyi_aux.search.robust.examples import robust_radius as robust_radius
    from harsanyi_aux.search.robust.proofs import RobustExample as RobustExample
    from harsanyi_aux.smooth.games import SmoothedLimit as SmoothedLimit
    from harsanyi_aux.smooth.games import follow_smoothing as follow_smoothing
    from harsanyi_aux.versions import __version__ as __version__

    CertificateReport = certify.Report
    check_certificate = certify.check
    read_certificate = certify.read

_HOMES = {
    "AuxiliaryGame": "auxiliary.coco",
    "AuxiliaryProfile": "auxiliary.coco",
    "CertificateReport": "certify",
    "Check": "game.verification",
    "CoalitionMap": "game.coalitions",
    "CocoValue": "prices.value",
    "DesignResult": "search.design.design",
    "DesignedGame": "search.design.design",
    "DivisionResult": "equilibria.division.select",
    "Enclosure": "equilibria.results",
    "Enumeration": "equilibria.results",
    "Equilibrium": "game.equilibrium",
    "EquilibriumSet": "equilibria.results",
    "Existence": "equilibria.results",
    "HarsanyiError": "errors",
    "InputError": "errors",
    "InvalidCertificate": "certify",
    "InvalidEquilibrium": "errors",
    "NoEquilibriumFound": "errors",
    "ProvedBounds": "equilibria.boxes.enclosures",
    "Residuals": "game.equilibrium",
    "Result": "equilibria.results",
    "RobustExample": "search.robust.proofs",
    "SmoothedLimit": "smooth.games",
    "Snapshot": "equilibria.enumeration",
    "SolveResult": "equilibria.solver",
    "StrategicGame": "game.strategic",
    "ThreatSolution": "prices.threats",
    "UndecidedCell": "equilibria.results",
    "Verification": "game.verification",
    "check_certificate": "certify",
    "coco_value": "prices.value",
    "design": "search.design.design",
    "divide": "equilibria.division.select",
    "division_defect": "game.definition",
    "enumerate_equilibria": "equilibria.enumeration",
    "exists": "equilibria.existence",
    "find_robust": "search.robust.examples",
    "follow_smoothing": "smooth.games",
    "is_equilibrium": "game.definition",
    "load_game": "game.files.json_files",
    "random_game": "game.families",
    "rationalize": "equilibria.rationalize",
    "read_certificate": "certify",
    "robust_radius": "search.robust.examples",
    "save_game": "game.files.json_files",
    "solve": "equilibria.solver",
    "solve_all": "equilibria.solver",
    "threat_games": "prices.threats",
    "verify": "game.definition",
    "write_certificate": "equilibria.certificates",
    "__version__": "versions",
}
# Where the name at home is another.
_OWN_NAMES = {
    "CertificateReport": "Report",
    "check_certificate": "check",
    "read_certificate": "read",
}

__all__ = sorted(_HOMES.keys() - {"__version__"})


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
