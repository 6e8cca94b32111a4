"""The whole page: one HTML file with its style, script, pictures and files inside.

It loads nothing from anywhere, and says so to the browser (Content-Security-Policy with the digests
of its own style and script), so that a name in a game cannot make it do so either.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from itertools import islice
from typing import Any

import numpy as np

from harsanyi_aux.equilibria.survey import Survey
from harsanyi_aux.game.files.json_files import game_to_dict
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.show.equilibria import account_of, shape_words, survey_sentence
from harsanyi_aux.show.page.equilibria import download, equilibrium_section, player_column
from harsanyi_aux.show.pictures.pictures import PictureKind, caption, kinds_for, picture
from harsanyi_aux.text.html import Markup, data_address, element
from harsanyi_aux.text.plain import plain, shape_of
from harsanyi_aux.text.tables import Column, numbers, table
from harsanyi_aux.versions import __version__

#: Outcomes listed at most; the file of the game has all of them.
MOST_OUTCOMES = 256
#: Equilibria shown in full.
MOST_EQUILIBRIA = 12
#: Certificates up to this size, in bytes, are part of the page.
LARGEST_CERTIFICATE = 2 * 2**20

_TERMS = (
    ("Price a", "Makes utilities comparable, in curnits per util. Only ratios matter; here they "
     "are normalised to Σ a × (greatest − least payoff) = 1."),
    ("Value v(S)", "What coalition S gets in its zero-sum game against all others, its own payoffs "
     "counted at their prices less the others' payoffs at theirs."),
    ("Owed φ(v)", "The CoCo share: the sum over coalitions S with the player of "
     "(|S|−1)! (n−|S|)!/n! × v(S). At an equilibrium it equals a·u."),
    ("Fallback t, dividend w", "In coalition S a player can fall back on what the smaller "
     "coalitions leave; the dividend is the rest, so that payoffs are sums of dividends."),
    ("Division defect", "How far dividends within coalitions are from being equal in curnits, "
     "normalised. Zero for a coalition-perfect equilibrium."),
    ("Proper, boundary", "All prices positive; or some price zero, which is a solution in form "
     "only."),
)  # fmt: skip


def report_page(survey: Survey) -> str:
    """Return a page about a game and its equilibria.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    str
        HTML. The same survey gives the same page.
    """
    title = plain(survey.game.title) or "A game without a title"
    sections = [
        ("summary", "Summary", _summary(survey)),
        ("pictures", "Pictures", _pictures(survey)),
        ("equilibria", "Equilibria", _equilibria(survey)),
        ("game", "The game", _game(survey.game)),
        ("certificate", "Certificate", _certificate(survey)),
        ("terms", "Terms", _terms()),
    ]
    shown = [(name, heading, content) for name, heading, content in sections if content]
    links = [
        element("li", element("a", heading, href=f"#{name}")) for name, heading, _ in shown
    ]  # fmt: skip
    body = [
        element("a", "Skip to the content", href="#main", class_="skip"),
        element(
            "header",
            element("h1", title),
            element("p", _shape(survey.game), class_="quiet"),
            element("nav", element("ul", links), aria_label="Contents"),
        ),
        element(
            "main",
            [
                element("section", element("h2", heading, id=name), content, aria_labelledby=name)
                for name, heading, content in shown
            ],
            id="main",
        ),
        element(
            "footer",
            element("p", f"Computed by harsanyi-aux {__version__}."),
            class_="quiet",
        ),
    ]
    return _document(title, body)


def _document(title: str, body: list[Markup]) -> str:
    style, script = _data("style.css"), _data("sort.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title}: equilibria"),
        element("style", Markup(style)),
    ]
    page = element(
        "html", element("head", head), element("body", body, element("script", Markup(script))),
        lang="en",
    )  # fmt: skip
    return f"<!doctype html>\n{page}\n"


def _data(name: str) -> str:
    return files("harsanyi_aux.show.page").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shape(game: StrategicGame) -> str:
    n = game.n_players
    counts = [f"{n} player{'s' if n != 1 else ''}", f"{shape_of(game.actions)} actions"]
    return ", ".join([*counts, *shape_words(game)])


# -- sections ------------------------------------------------------------------------------------


def _summary(survey: Survey) -> list[Markup]:
    parts = [element("p", element("strong", survey_sentence(survey)))]
    enumeration = survey.enumeration
    if enumeration is not None and not enumeration.complete:
        told = (
            f"The enumeration left {len(enumeration.undecided)} cells of the price simplex open; "
            "harsanyi enumerate takes more time over them."
        )
        parts.append(element("p", told))
    if enumeration is None:
        told = "The game is searched from several starts; harsanyi enumerate can prove more."
        parts.append(element("p", told))
    if survey.concept == "coalition-perfect" and survey.least_defect is not None:
        told = f"The smallest division defect met is {survey.least_defect:.3g}."
        parts.append(element("p", told))
    return parts


def _figure(survey: Survey, kind: PictureKind, which: int = 0) -> Markup:
    told = caption(survey, kind, which)
    return element(
        "figure",
        element(
            "img",
            src=data_address(picture(survey, kind, "svg", which=which), "image/svg+xml"),
            alt=told,
        ),
        element("figcaption", told, aria_hidden="true"),
    )


def _pictures(survey: Survey) -> list[Markup]:
    kinds = [kind for kind in kinds_for(survey.game.n_players) if kind != "coalitions"]
    return [_figure(survey, kind) for kind in kinds]


def _equilibria(survey: Survey) -> list[Markup]:
    total = len(survey.equilibria)
    shown = zip(survey.equilibria, survey.fights, strict=True)
    parts = [
        equilibrium_section(
            account_of(survey.game, equilibrium, found), k + 1, total,
            _figure(survey, "coalitions", k),
        )
        for k, (equilibrium, found) in enumerate(islice(shown, MOST_EQUILIBRIA))
    ]  # fmt: skip
    if total > MOST_EQUILIBRIA:
        hidden = total - MOST_EQUILIBRIA
        parts.append(element("p", f"{hidden} more equilibria are not shown here."))
    return parts


def _game(game: StrategicGame) -> list[Markup]:
    flat = game.payoffs.reshape(game.n_players, -1)
    rows: list[Any] = flat.tolist()
    if game.rational is not None:
        rows = game.fractions.reshape(game.n_players, -1).tolist()
    shown = min(game.n_outcomes, MOST_OUTCOMES)
    indices = np.array(np.unravel_index(np.arange(shown), game.actions)).tolist()
    players = table(
        "Players and their actions",
        [
            player_column(game),
            Column(
                "actions",
                [", ".join(map(plain, labels)) for labels in game.action_labels],
                wide=True,
            ),
            numbers("least payoff", [min(row) for row in rows], "utils", one_unit=False),
            numbers("greatest payoff", [max(row) for row in rows], "utils", one_unit=False),
        ],
        name="game-players",
    )
    chosen = [
        Column(
            f"{i}: {plain(name)}", [plain(game.action_labels[i][a]) for a in indices[i]],
            "action", [float(a) for a in indices[i]],
        )
        for i, name in enumerate(game.players)
    ]  # fmt: skip
    earned = [
        numbers(["U", element("sub", str(i))], rows[i][:shown], f"{plain(name)}, utils")
        for i, name in enumerate(game.players)
    ]
    counted = range(shown)
    number_of = Column("outcome", list(map(str, counted)), keys=list(map(float, counted)))
    payoffs = table("Payoffs of every outcome", [number_of, *chosen, *earned], name="game-payoffs")
    parts = [
        players,
        element(
            "details",
            element("summary", f"Payoffs of {shown} of {game.n_outcomes} outcomes"),
            payoffs,
            open=game.n_outcomes <= 16,
        ),
    ]
    content = json.dumps(game_to_dict(game)).encode()
    if len(content) <= LARGEST_CERTIFICATE:
        parts.append(download("The game as a file", content, "game.json"))
    return parts


def _certificate(survey: Survey) -> list[Markup]:
    enumeration = survey.enumeration
    if enumeration is None or enumeration.certificate is None:
        return []
    from harsanyi_aux.certify.replay import check

    document = enumeration.certificate
    report = check(document)
    content = json.dumps(document, separators=(",", ":")).encode()
    parts = [
        element(
            "p", "Proved, and replayed in exact arithmetic by a checker that imports nothing "
            "from the search: ", element("strong", f"{report.claim}."),
        ),
        element("p", "SHA-256 of the certificate: ", element("code", str(document["sha256"]))),
    ]  # fmt: skip
    if len(content) <= LARGEST_CERTIFICATE:
        size = max(round(len(content) / 1000), 1)
        told = element("code", "harsanyi check certificate.json")
        words = f"The certificate ({size} kB)"
        parts.append(download(words, content, "certificate.json", ", for ", told, "."))
    else:
        told = element("code", "harsanyi enumerate GAME --certificate FILE")
        parts.append(element("p", "Too long for this page; ", told, " writes it."))
    return parts


def _terms() -> Markup:
    return element(
        "dl", [[element("dt", term), element("dd", meaning)] for term, meaning in _TERMS]
    )
