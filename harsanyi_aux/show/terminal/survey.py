"""One sentence about a survey: what was found and what is proved."""

from __future__ import annotations

from harsanyi_aux.equilibria.survey import Survey


def summary(survey: Survey) -> str:
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
