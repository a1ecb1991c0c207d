"""The page of a session: its own files only, for whoever has the address, and nobody else."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from autograder.course.load import load_course

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
from autograder.study.web import lesson_html

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ROOT = Path(__file__).parents[2]
RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    print('<b id=bold>here</b>')\n    return [3 * x for x in v]\n"


@dataclass
class Served:
    folder: Path
    address: str
    process: subprocess.Popen[str]

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def part(self) -> Path:
        return self.folder / "exercises" / "part1_scale.py"

    def ask(self, path: str, *, method: str = "GET", body: str = "", **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection(self.host, timeout=30)) as connection:
            connection.request(method, path, body or None, named)
            return connection.getresponse().status

    def act(self, said: dict[str, Any], origin: str = "") -> int:
        body = json.dumps(said)
        own = origin or f"http://{self.host}"
        return self.ask(self.path + "act", method="POST", body=body, Origin=own)


@contextmanager
def serving(course: Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "autograder", "study", "--web", "--course", str(course)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            yield Served(course, found[0], process)
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, _tiny_exercises: Path) -> Iterator[Served]:
    """A session for all tests; only one, in a browser, changes its files and exercise."""
    folder = tmp_path_factory.mktemp("served") / "tiny"
    with serving(shutil.copytree(_tiny_exercises.parent, folder)) as session:
        yield session


def test_the_page_is_for_whoever_has_the_address(served):
    assert served.ask(served.path) == 200
    assert len(served.path.strip("/")) > 40
    assert served.ask("/") == 404
    assert served.ask(served.path[:-3] + "AB/") == 404
    assert served.ask(served.path + "file/study.js") == 200
    assert served.ask(served.path + "file/../web.py") == 404
    assert served.ask(served.path + "file/%2e%2e/web.py") == 404


def test_other_hosts_and_origins_are_refused(served):
    port = served.host.rpartition(":")[2]
    assert served.ask(served.path, Host=f"evil.example:{port}") == 403
    assert served.ask(served.path, Host=f"localhost:{port}") == 403
    assert served.ask(served.path, Sec_Fetch_Site="cross-site") == 403
    assert served.ask(served.path, Origin="http://evil.example") == 403
    assert served.act({"key": "x", "seen": 0}, "http://evil.example") == 403
    assert served.ask(served.path + "act", method="POST", body='{"key": "n", "seen": 0}') == 403


def test_it_listens_on_this_machine_only(served):
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    port = int(served.host.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((own, port), timeout=5).close()


def test_what_cannot_be_understood_is_refused(served):
    own = {"method": "POST", "Origin": f"http://{served.host}"}
    for body in ("no json", "[]", '{"key": "n"}', '{"key": "n", "seen": "x"}'):
        assert served.ask(served.path + "act", body=body, **own) == 400
    assert served.ask(served.path + "act", body='"' + "x" * 5000 + '"', **own) == 413
    assert served.act({"key": "?", "seen": 0}) == 204


def test_q_ends_the_program(synced):
    with serving(synced) as session:
        assert session.act({"key": "q", "seen": 0}) == 204
        assert session.process.wait(timeout=60) == 0


def test_the_lesson_has_its_formulas_and_no_solution():
    course = load_course(ROOT)
    html = lesson_html(course, course.parts[0])
    assert '<div class="math block">' in html
    assert '<span class="math inline">' in html
    assert 'id="lesson-softmax"' in html
    assert 'id="lesson-sm_dir"' in html
    assert "raise NotImplementedError" in html
    assert "np.outer" not in html
    assert "<table>" in html


needs_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="chromium or chromedriver is not installed (apt-get install chromium-driver)",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--disable-background-networking", "--window-size=1400,900"):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Any) -> Any:
    """The browser without the page of another test, and without what that page logged."""
    chromium.get("about:blank")
    for log in ("browser", "performance"):
        chromium.get_log(log)
    return chromium


def until(browser: Any, script: str) -> Any:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if found := browser.execute_script(f"return {script}"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"never true: {script}")


IDLE = "document.body.dataset.ready === 'yes' && document.getElementById('checking').hidden"
TEXT = "document.getElementById('work').innerText"


@pytest.mark.slow
@needs_browser
def test_a_session_in_a_browser(served, browser):
    from selenium.webdriver.common.action_chains import ActionChains

    def keys(*pressed: str) -> None:
        ActionChains(browser).send_keys(*pressed).perform()

    browser.get(served.address)
    until(browser, IDLE)
    assert "Write double in part1_scale and save the file" in browser.execute_script(
        f"return {TEXT}"
    )
    served.part.write_text(WRONG)
    until(browser, "document.querySelector('#wrong td.wrong')")
    text = browser.execute_script(f"return {TEXT}")
    assert "<b id=bold>here</b>" in text  # what was printed is text, not markup
    assert not browser.execute_script("return document.getElementById('bold')")
    until(browser, IDLE)
    keys("h")
    until(browser, "document.querySelector('#hints li')")
    keys("xx")  # faster than the question can be read
    until(browser, f"{TEXT}.includes('Press x again')")
    assert served.part.read_text() == WRONG
    keys("\ue00c")  # Escape takes the question back
    until(browser, f"!{TEXT}.includes('Press x again')")
    served.part.write_text(RIGHT)
    until(browser, f"{TEXT}.includes('double is solved')")
    assert until(browser, "document.querySelector('progress').value") == 5
    keys("n")
    until(browser, "document.getElementById('title').textContent.startsWith('mix')")
    # in one step, since an event may draw the list again between finding the entry and clicking it
    browser.execute_script("document.querySelector('nav [data-name=double]').click()")
    until(browser, "document.getElementById('title').textContent.startsWith('double')")
    keys("r")
    until(browser, "!document.getElementById('reference').hidden")

    requested = [
        json.loads(entry["message"])["message"]["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in entry["message"]
    ]
    assert len(requested) > 5
    assert all(url.startswith((served.address, "data:")) for url in requested)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


NAMELESS = """
return [...document.querySelectorAll('button, progress, nav, article, section, [role], img')]
  .filter((one) => !one.hidden && !one.closest('[hidden]'))
  .filter((one) => !(one.innerText || '').trim() && !one.getAttribute('aria-label')
                   && !one.getAttribute('aria-labelledby') && !one.alt
                   && one.getAttribute('role') !== 'status')
  .map((one) => one.outerHTML)
"""


@pytest.mark.slow
@needs_browser
def test_it_can_be_read_aloud_and_reached_by_keys(served, browser):
    from selenium.webdriver.common.action_chains import ActionChains

    browser.get(served.address)
    until(browser, IDLE)
    assert browser.execute_script(NAMELESS) == []
    assert browser.execute_script("return document.documentElement.lang") == "en"
    reached = set()
    for _ in range(40):
        ActionChains(browser).send_keys("\ue004").perform()  # Tab
        reached.add(browser.execute_script(
            "const e = document.activeElement; return e.dataset.name || e.dataset.key || e.id"
        ))  # fmt: skip
    assert {"double", "mix", "n", "x", "lesson"} <= reached
    live = browser.execute_script(
        "return [...document.querySelectorAll('[aria-live], [role=status]')].map((one) => one.id)"
    )
    assert {"checking", "hints", "message", "score"} <= set(live)


@pytest.mark.slow
@needs_browser
def test_formulas_are_set_from_files_of_the_page(browser, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(ROOT / "exercises", root / "exercises")
    shutil.copytree(ROOT / "solutions", root / "solutions")
    shutil.copy(ROOT / "course.yaml", root)
    with serving(root) as session:
        browser.get(session.address)
        until(browser, "document.querySelectorAll('#lesson .katex').length > 20")
        errors = "return document.querySelectorAll('.katex-error').length"
        assert browser.execute_script(errors) == 0
        assert until(browser, "document.fonts.check('16px KaTeX_Main')")
