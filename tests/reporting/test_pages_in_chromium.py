"""The pages in a browser: sort, filter, follow, print, in the dark, without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sample_class import COURSE, ISOLATION, fill, hostile_class, report

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import FinalMark, Standing
from autograder.model.submission import Student
from autograder.reporting.class_results import gather
from autograder.reporting.document import page as whole_page
from autograder.reporting.graded_folder import write_pages
from autograder.reporting.pages import class_page

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None or DRIVER is None,
        reason="chromium or chromedriver is not installed (apt-get install chromium-driver)",
    ),
]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
)

CONTRAST = """
const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
function rgba(colour) {
  context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
}
function over(top, below) {
  return [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
}
function ground(element) {
  if (!element) return [255, 255, 255, 1];
  const own = rgba(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, ground(element.parentElement));
}
function luminance(colour) {
  const [r, g, b] = colour.slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
for (const details of document.querySelectorAll('details')) details.open = true;
const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let seen = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement, style = getComputedStyle(element);
  if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
  if (['SCRIPT', 'STYLE', 'OPTION', 'title'].includes(element.tagName)) continue;
  const below = ground(element);
  const top = over(rgba(element.closest('svg') ? style.fill : style.color), below);
  const [light, dark] = [luminance(top), luminance(below)].sort((a, b) => b - a);
  seen += 1;
  if ((light + 0.05) / (dark + 0.05) < 4.5) faint.push([walker.currentNode.data, style.color]);
}
return [seen, faint];
"""
"""How many texts the page shows, and those with too little contrast."""


class Browser:
    """A browser that remembers what pages complained about and asked for."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, **media: str) -> None:
        features = [
            {"name": "prefers-color-scheme", "value": media.get("scheme", "light")},
            {
                "name": "prefers-reduced-motion",
                "value": "reduce",
            },  # clicks do not wait for scrolling
        ]
        self.cdp("Emulation.setEmulatedMedia", media=media.get("kind", "screen"), features=features)
        self.driver.get(path.as_uri())

    def cdp(self, command: str, **parameters: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def students(self) -> list[str]:
        return [row.text for row in self.all("#all-students tbody th")]

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        entries = (json.loads(one["message"]) for one in self.driver.get_log("performance"))
        messages = (entry["message"] for entry in entries)
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = f"--user-data-dir={tmp_path_factory.mktemp('profile')}"
    for flag in (*FLAGS, profile):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    with webdriver.Chrome(options=options, service=service) as driver:
        driver.get("about:blank")  # leaves the browser's own first page
        yield driver


@pytest.fixture
def browser(driver: Any) -> Iterator[Browser]:
    """After every test the page must have said nothing, and asked for nothing but itself."""
    browser = Browser(driver)
    browser.requests()
    browser.complaints()
    yield browser
    assert browser.complaints() == []
    schemes = {url.partition(":")[0] for url in browser.requests()}
    assert "file" in schemes
    assert schemes <= {"file", "data"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    with hostile_class(folder) as gradebook:
        write_pages(gradebook, folder)
    return folder


@pytest.fixture
def index(browser: Browser, folder: Path) -> Browser:
    browser.open(folder / "index.html")
    return browser


def large_class(path: Path, count: int) -> Path:
    """The page of so many students, every third of whom has a mistake."""
    reports = [
        replace(report(f"student {n:05}", (float(n % 3 > 0), 1.0, 1.0, 1.0)), seconds=n / 1000)
        for n in range(count)
    ]
    marks = [
        FinalMark(Student("", (one.id,)), one.id, Standing.GRADED, one.max_score, one.score)
        for one in reports
    ]
    course = GradedCourse(COURSE.name, COURSE.version, "0123")
    page = class_page(gather(reports), marks, course, ISOLATION, {})
    path.write_text("".join(page), encoding="utf-8")
    return path


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(index: Browser) -> None:
    assert index.students()[0].startswith("../<script>")
    head = index.one("#all-students thead th:nth-child(2)")
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    marks = [row.text for row in index.all("#all-students tbody td:nth-child(2)")]
    assert marks == ["8", "4", "4", "3", "not graded"]
    head.find_element("tag name", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    marks = [row.text for row in index.all("#all-students tbody td:nth-child(2)")]
    assert marks == ["3", "4", "4", "8", "not graded"]
    name = index.one("#all-students thead th:nth-child(1) button")
    name.click()
    assert [student[:3] for student in index.students()] == ["../", "ada", "bo", "los", "王小明"]
    assert head.get_attribute("aria-sort") is None


def test_the_keyboard_alone_sorts(index: Browser) -> None:
    index.run("document.querySelector('#find').focus()")
    for _ in range(60):
        index.driver.switch_to.active_element.send_keys("\ue004")  # tab
        focused = index.driver.switch_to.active_element
        if focused.text.startswith("x_entropy") and focused.tag_name == "button":
            break
    outline = index.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    focused.send_keys("\ue007")  # enter
    head = index.one("#all-students [aria-sort]")
    assert head.text.startswith("x_entropy")
    cells = [row.text for row in index.all("#all-students tbody td:nth-child(4)")]
    assert cells == ["4", "4", "1", "0", ""]


def test_other_tables_sort_too(index: Browser) -> None:
    index.run("document.querySelector('#groups ~ details').open = true")
    table = index.one("#groups ~ details table")
    table.find_element("css selector", "thead th:nth-child(5) button").click()
    passed = [row.text for row in table.find_elements("css selector", "tbody td:nth-child(5)")]
    assert passed == sorted(passed, key=lambda text: -int(text.rstrip("%")))
    assert len(set(passed)) > 1


def test_a_name_filters_and_the_count_is_told(index: Browser) -> None:
    find = index.one("#find")
    find.send_keys("LON 王")
    assert [student[:3] for student in index.students()] == ["王小明"]
    assert index.one("#found").text == "1 of 5 students"
    assert index.one("#found").get_attribute("role") == "status"
    find.clear()
    find.send_keys("nobody")
    assert index.students() == []
    find.clear()
    find.send_keys(" ")
    assert len(index.students()) == 5


def test_a_mistake_shows_its_students(index: Browser) -> None:
    index.one("td[data-mistake] button").click()
    assert [student[:3] for student in index.students()] == ["../", "bo"]
    assert index.driver.switch_to.active_element.get_attribute("id") == "mistake"
    index.one("#find").send_keys("bo")
    assert index.students() == ["bo"]


def test_one_student_is_opened(index: Browser) -> None:
    index.one("#find").send_keys("bo")
    index.one("#all-students tbody a").click()
    assert index.one("h1").text == "bo"
    assert index.driver.current_url.endswith("/feedback/bo.html")
    assert index.one("nav a[href='#softmax']").text.split() == [
        "softmax",
        "wrong",
        "answer",
        "0/4",
    ]
    hints = index.all(".hint summary")
    assert [hint.is_displayed() for hint in hints] == [True, False]
    hints[0].click()
    assert hints[1].is_displayed()
    maps = index.one("svg.maps").size
    assert min(maps["width"], maps["height"]) > 50


def test_a_hostile_student_stays_text(index: Browser) -> None:
    index.one("#find").send_keys("script")
    index.one("#all-students tbody a").click()
    assert index.one("h1").text.startswith("../<script>")
    assert "taken" not in index.driver.title.replace("='taken'", "")
    assert index.all("script, img, iframe") == []
    assert len(index.driver.find_elements("partial link text", "script")) == 0


def test_the_policy_stops_what_escaping_would_have_missed(browser: Browser, tmp_path: Path) -> None:
    attack = "<script>document.title='taken'</script><img src=x onerror=\"document.title='x'\">"
    page = tmp_path / "page.html"
    pieces = whole_page(
        "similar.html",
        style="class.css",
        script="class.js",
        course="safe",
        pairs=(),
        compared=2,
        names={},
        most=200,
        fewest=0,
    )
    page.write_text("".join(pieces).replace("<main>", f"<main>{attack}"))
    browser.open(page)
    assert browser.driver.title == "Similar submissions: safe"
    assert any("Content Security Policy" in line for line in browser.complaints())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["index.html", "feedback/bo.html", "feedback/lost.html"])
def test_all_text_can_be_read(browser: Browser, folder: Path, scheme: str, page: str) -> None:
    browser.open(folder / page, scheme=scheme)
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (int(ground.strip("rgb()").split(",")[0]) < 64) is (scheme == "dark")
    seen, faint = browser.run(CONTRAST)
    assert seen > 5
    assert faint == []


@pytest.mark.parametrize("page", ["index.html", "feedback/bo.html"])
def test_a_telephone_scrolls_tables_but_not_the_page(
    browser: Browser, folder: Path, page: str
) -> None:
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.cdp("Emulation.setDeviceMetricsOverride", **size)
    browser.open(folder / page)
    wide = browser.run("return document.documentElement.scrollWidth")
    figures = browser.run(
        "return [...document.querySelectorAll('figure')].map((one) => "
        "[one.scrollWidth - one.clientWidth, ...[...one.querySelectorAll('.histogram text')]"
        ".map((text) => text.getBoundingClientRect().height)])"
    )
    browser.cdp("Emulation.clearDeviceMetricsOverride")
    assert wide <= 360
    for beyond, *heights in figures:
        assert beyond <= 0
        assert min(heights, default=10) > 9  # pixels; the letters of a histogram stay legible


def test_a_large_class_is_shown_in_pages(browser: Browser, tmp_path: Path) -> None:
    browser.open(large_class(tmp_path / "index.html", 1_000))
    assert len(browser.all("#all-students tbody tr")) == 100
    assert browser.one(".pager span").text == "Page 1 of 10"
    assert not browser.one(".pager button:first-child").is_enabled()
    browser.one(".pager button:last-child").click()
    assert browser.students()[0] == "student 00100"
    browser.one("#all-students thead th:last-child button").click()
    assert browser.students()[0] == "student 00999"
    assert browser.one(".pager span").text == "Page 1 of 10"
    browser.one("td[data-mistake] button").click()
    assert browser.one("#found").text == "334 of 1000 students"
    assert browser.one(".pager span").text == "Page 1 of 4"


def test_paper_shows_everybody(browser: Browser, tmp_path: Path) -> None:
    browser.open(large_class(tmp_path / "index.html", 250), kind="print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert len(browser.all("#all-students tbody tr")) == 250
    assert all(one.get_attribute("open") for one in browser.all("details"))
    assert not browser.one("#filters").is_displayed()
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert len(browser.all("#all-students tbody tr")) == 100
    assert not any(one.get_attribute("open") for one in browser.all("details"))


def test_without_scripts_everybody_is_there(browser: Browser, tmp_path: Path) -> None:
    page = large_class(tmp_path / "index.html", 250)
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    try:
        assert len(browser.all("#all-students tbody tr")) == 250
        assert not browser.one("#filters").is_displayed()
        assert browser.all("thead button") == []
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)


def test_landmarks_and_headings_are_in_order(browser: Browser, folder: Path) -> None:
    for page in ("index.html", "feedback/bo.html"):
        browser.open(folder / page)
        assert len(browser.all("main")) == len(browser.all("h1")) == 1
        levels = browser.run(
            "return [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => +one.tagName[1])"
        )
        assert all(after <= before + 1 for before, after in pairwise(levels))
        unnamed = browser.run(
            "return [...document.querySelectorAll('nav, section, [role=region]')].filter((one) =>"
            " !one.ariaLabel && !document.getElementById(one.getAttribute('aria-labelledby')))"
            ".map((one) => one.outerHTML.slice(0, 80))"
        )
        assert unnamed == []
        repeated = browser.run(
            "const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);"
            "return ids.filter((id, place) => ids.indexOf(id) !== place)"
        )
        assert repeated == []


def test_one_student_makes_a_page_without_complaint(browser: Browser, tmp_path: Path) -> None:
    with fill(tmp_path, [report("ada")]) as gradebook:
        write_pages(gradebook, tmp_path)
    browser.open(tmp_path / "index.html")
    assert browser.students() == ["ada"]
    assert browser.one("#found").text == "1 students"
