"""``harsanyi report``: the page as a document; `show/page/test_page_in_browser.py` opens it."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import VETO, assert_refused, game
from folders import EXAMPLES

from harsanyi_aux import certify, load_game, random_game, verify
from harsanyi_aux.equilibria.survey import survey
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.files.json_files import game_from_dict
from harsanyi_aux.show.page import equilibria
from harsanyi_aux.show.page.page import report_page
from harsanyi_aux.text.html import Markup, element, render

HOSTILE = (
    '<script>alert("1")</script>',
    "\"><img src=x onerror='alert(2)'>",
    "</title></style><b>&amp;",
)
VOID = {"br", "img", "meta"}


class Page(HTMLParser):
    """What a page consists of; fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def file(self, name):
        (link,) = [a for a in self.all("a") if a.get("download") == name]
        kind, content = link["href"].split(";base64,")
        assert kind == "data:application/json"
        return json.loads(base64.b64decode(content))


@pytest.fixture(scope="module")
def veto_page() -> str:
    return report_page(survey(load_game(VETO)))


def hostile_game():
    labels = [list(HOSTILE), list(HOSTILE[:2])]
    payoffs = [[[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]]]
    from harsanyi_aux import StrategicGame

    return StrategicGame.from_arrays(
        *payoffs, title=HOSTILE[2] + HOSTILE[0], players=HOSTILE[:2], action_labels=labels
    )


def test_command(run, tmp_path, veto_page):
    file = tmp_path / "page.html"
    answer = run("report", VETO, "-o", file)
    assert answer.status == 0
    assert answer.err == ""
    assert answer.last_line == f"Written to {file}."
    assert file.read_text() == veto_page  # the same game gives the same page


def test_json_and_a_game_without_proper_equilibrium(run, write, tmp_path):
    file = tmp_path / "page.html"
    gift = write(game([0, 1], [0, 0], actions=[1, 2]))
    answer = run("report", gift, "-o", file, "--json")
    assert answer.status == 1
    assert answer.json["file"] == str(file)
    assert answer.json["complete"] is True
    assert "No proper CoCo equilibrium" in file.read_text()


def test_refusals(run, write, tmp_path):
    assert_refused(run("report", VETO, "-o", tmp_path / "page.pdf"), "page.pdf", ".html")
    assert_refused(run("report", VETO, "-o", tmp_path / "no" / "page.html"), "directory")
    assert_refused(run("report", tmp_path / "no.json", "-o", tmp_path / "a.html"), "no.json")
    same = write(game([1], [1], actions=[1, 1]), "page.html")
    assert_refused(run("report", same, "-o", same), "overwrite")


@pytest.mark.parametrize("source", ["veto", "hostile"])
def test_the_page_needs_nothing_else_and_is_well_formed(source, veto_page):
    text = veto_page if source == "veto" else report_page(survey(hostile_game()))
    page = Page(text)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("nav")) == 1
    names = [a["id"] for _, a in page.tags if "id" in a]
    assert len(names) == len(set(names))
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("aria-labelledby", names[0]) in names
    for link in page.all("a"):
        address = link["href"]
        assert address.startswith("data:application/json") or address[1:] in names
    for image in page.all("img"):
        assert image["src"].startswith("data:image/svg+xml;base64,")
        assert len(image["alt"]) > 40
    assert not re.search(r"https?://|url\(|@import", re.sub(r"base64,[\w+/=]+", "", text))
    assert [a.get("src") for a in page.all("script")] == [None]
    assert len(page.all("caption")) == len(page.all("table")) > 4
    assert all(a.get("scope") in ("row", "col") for a in page.all("th"))


def test_names_stay_texts():
    page = Page(report_page(survey(hostile_game())))
    assert len(page.all("script")) == 1
    assert page.all("b") == []
    told = "".join(page.texts)
    for name in HOSTILE:
        assert name in told
    assert all(image["src"].startswith("data:") for image in page.all("img"))


def test_files_inside_are_what_they_say(veto_page):
    page = Page(veto_page)
    loaded = game_from_dict(page.file("game.json"))
    assert loaded == load_game(VETO)
    claim = equilibrium_from_dict(page.file("equilibrium-1.json"), loaded)
    assert verify(loaded, claim, exact=True).valid
    certificate = page.file("certificate.json")
    report = certify.check(certificate)
    assert report.claim in veto_page
    assert report.digest in veto_page


def test_tables_by_hand(veto_page):
    # u = (5/2, 3/4) at prices (1, 2)/8 (scaled: 1/2 each), threat (1, 0), so dividends of the grand
    # coalition are (3/2, 3/4) utils, 3/16 curnits each
    rows = re.findall(r"<tr>(.*?)</tr>", veto_page)
    cells = [[re.sub(r"<.*?>", "", c) for c in re.findall(r"<t[hd].*?</t[hd]>", r)] for r in rows]
    assert ["0: Heir", "1/8", "5/2", "5/16", "5/16"] in cells
    assert ["1: Bank", "1/4", "3/4", "3/16", "3/16"] in cells
    assert ["{0,1}", "0: Heir", "5/2", "1", "3/2", "3/16"] in cells
    assert ["{0,1}", "1: Bank", "3/4", "0", "3/4", "3/16"] in cells


def test_many_coalitions_and_coalition_perfection(monkeypatch):
    monkeypatch.setattr(equilibria, "MOST_COALITIONS", 10)
    large = random_game("uniform", (2, 1, 1, 2), rng=1)
    page = Page(report_page(survey(large, seconds=0, starts=1)))
    told = "".join(page.texts)
    assert "5 coalitions are not listed; the file below has all of them." in told
    assert len(page.file("equilibrium-1.json")["strategies"]) == 2**4 - 1
    assert "harsanyi enumerate can prove more" in told
    f8 = load_game(EXAMPLES / "no_coalition_perfect.json")
    refuted = "".join(Page(report_page(survey(f8, "coalition-perfect", seconds=0, starts=1))).texts)
    assert "No proper coalition-perfect equilibrium" in refuted


def test_markup_escapes_everything_else():
    assert element("p", "<&\"'", Markup("<b>x</b>"), None, ["1", "2"]) == (
        "<p>&lt;&amp;&quot;&#x27;<b>x</b>12</p>"
    )
    assert element("a", "x", href='"><', hidden=True, title=None, id=False) == (
        '<a href="&quot;&gt;&lt;" hidden>x</a>'
    )
    assert render("a\nb\u202ec") == "a b c"
    assert element("meta", http_equiv="x") == '<meta http-equiv="x">'


def test_wheel_lists_what_the_page_reads():
    folder = Path(report_page.__globals__["__file__"]).parent
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".css", ".js", ".py"}
    project = (EXAMPLES.parent / "pyproject.toml").read_text()
    assert '"harsanyi_aux.show.page" = ["*.css", "*.js"]' in project
