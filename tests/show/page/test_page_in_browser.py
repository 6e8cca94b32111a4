"""The report page in Chromium: sorting, keyboard, small screens, print, names, accessibility."""

from __future__ import annotations

import base64
import json
import time
from itertools import pairwise
from pathlib import Path

import browser
import pytest

from harsanyi_aux import StrategicGame, certify, load_game
from harsanyi_aux.equilibria.survey import survey
from harsanyi_aux.show.page.page import report_page

pytestmark = [
    pytest.mark.skipif(not browser.available(), reason=browser.MISSING),
    pytest.mark.xdist_group("serial"),
]

HOSTILE = ("<script>document.title='x'</script>", '"><img src=x onerror="document.title=\'x\'">')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def pages(folder) -> dict[str, str]:
    nau = load_game("catalog:journals/ijgt/nau2004/sec4")
    wide = StrategicGame.from_arrays(
        *nau.payoffs,
        title=HOSTILE[0],
        players=[*HOSTILE, "W" * 60],
        action_labels=[["w" * 40, HOSTILE[1]]] * 3,
    )
    found = {}
    for name, game in (("plain", nau), ("hostile", wide)):
        file = folder / f"{name}.html"
        file.write_text(report_page(survey(game)), encoding="utf-8")
        found[name] = file.as_uri()
    return found


@pytest.fixture(scope="module")
def driver(folder):
    with browser.chromium(folder) as started:
        yield started


@pytest.fixture
def page(driver, pages):
    browser.resize(driver, 1280)
    driver.get(pages["plain"])
    return driver


def test_nothing_is_fetched_and_nothing_complains(driver, pages):
    for address in pages.values():
        driver.get_log("browser")
        driver.get(address)
        assert (
            driver.execute_script(
                "return performance.getEntriesByType('resource')"
                ".filter(e => !e.name.startsWith('data:')).length"
            )
            == 0
        )
        assert driver.get_log("browser") == []
        assert driver.execute_script(
            "return [...document.images].every(i => i.complete && i.naturalWidth > 0)"
        )


def test_names_are_texts(driver, pages):
    driver.get(pages["hostile"])
    assert driver.title == f"{HOSTILE[0]}: equilibria"
    assert driver.execute_script("return document.scripts.length") == 1
    told = driver.execute_script("return document.body.innerText")
    assert HOSTILE[0] in told
    assert HOSTILE[1] in told


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_only_tables_scroll_sideways(driver, pages, width):
    for name, address in pages.items():
        browser.resize(driver, width)
        driver.get(address)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width, name
        boxes = driver.execute_script(
            "return [...document.querySelectorAll('.scroll')].filter(b => b.scrollWidth > "
            "b.clientWidth).map(b => [b.tabIndex, b.getAttribute('role'), "
            "!!document.getElementById(b.getAttribute('aria-labelledby'))])"
        )
        assert boxes or width == 1280
        assert all(box == [0, "region", True] for box in boxes)


_COLUMN = (
    "return [...document.getElementById('equilibrium-1-dividends').closest('table').tBodies[0]"
    ".rows].map(row => row.cells[arguments[0]].textContent)"
)


def _numbers(driver, place):
    texts = driver.execute_script(_COLUMN, place)
    return [float(text.replace("−", "-")) for text in texts]


def test_sorting_by_mouse_and_keyboard(page):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    table = page.find_element(By.XPATH, "//table[caption[@id='equilibrium-1-dividends']]")
    headers = table.find_elements(By.CSS_SELECTOR, "thead th")
    before = _numbers(page, 4)
    assert before != sorted(before)
    assert [h.get_attribute("aria-sort") for h in headers] == ["none"] * 6
    headers[4].find_element(By.TAG_NAME, "button").click()
    assert _numbers(page, 4) == sorted(before)
    assert headers[4].get_attribute("aria-sort") == "ascending"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert _numbers(page, 4) == sorted(before, reverse=True)
    assert headers[4].get_attribute("aria-sort") == "descending"
    headers[0].find_element(By.TAG_NAME, "button").send_keys(Keys.SPACE)
    assert [h.get_attribute("aria-sort") for h in headers] == ["ascending"] + ["none"] * 5
    names = page.execute_script(_COLUMN, 0)
    assert names[:3] == ["{0}", "{1}", "{2}"]  # by size, not by letters
    assert names[-1] == "{0,1,2}"
    assert sorted(_numbers(page, 4)) == sorted(before)


def test_keyboard_reaches_the_content_and_everything_in_it(page):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the content"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.current_url.endswith("#main")
    details = page.find_element(By.CSS_SELECTOR, "#equilibria ~ section details")
    assert details.get_attribute("open") is None
    details.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    assert details.get_attribute("open") is not None


def test_a_screen_reader_finds_landmarks_headings_and_names(page):
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    told = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"] and "role" in node
    ]
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert sum(found == role for found, _ in told) == 1
    for role, least in (("table", 5), ("image", 3), ("region", 8), ("columnheader", 20)):
        names = [name for found, name in told if found == role]
        assert len(names) >= least, role
        assert all(names), role
    levels = page.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_colours_are_readable_in_light_and_dark(page):
    for scheme in ("light", "dark"):
        page.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        ground = _brightness(page, "body", "backgroundColor")
        assert (ground > 0.5) == (scheme == "light")
        for place in ("body", ".quiet", "caption", "a[href]", ".pass", ".unit"):
            text = _brightness(page, place, "color")
            high, low = max(ground, text), min(ground, text)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (scheme, place)  # WCAG 2, level AA
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def _brightness(driver, place, what):
    colour = driver.execute_script(
        f"return getComputedStyle(document.querySelector('{place}')).{what}"
    )
    parts = [float(c) / 255 for c in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_print_unfolds_and_folds_again(page):
    page.execute_script(
        "window.seen = 0; addEventListener('beforeprint', () => "
        "{ window.seen = document.querySelectorAll('details:not([open])').length + 1; })"
    )
    folded = page.execute_script("return document.querySelectorAll('details:not([open])').length")
    assert folded > 0
    answer = page.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    assert base64.b64decode(answer["data"]).startswith(b"%PDF")
    assert page.execute_script("return window.seen") == 1  # none was folded on paper
    assert folded == page.execute_script(
        "return document.querySelectorAll('details:not([open])').length"
    )


def test_the_certificate_can_be_saved_and_checked(page, folder):
    from selenium.webdriver.common.by import By

    page.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    page.find_element(By.CSS_SELECTOR, "a[download='certificate.json']").click()
    saved = Path(folder) / "certificate.json"
    while not (saved.exists() and saved.stat().st_size):
        time.sleep(0.1)
    report = certify.check(json.loads(saved.read_text()))
    assert report.claim in page.find_element(By.TAG_NAME, "main").text
