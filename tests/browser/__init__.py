"""A dashboard and a Chromium for tests: the server as a user starts it, and pages that note every error."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.dask_cluster import ROOT, free_port
from tests.install_browser import installed_browser
from tests.waiting import PATIENCE

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--js-flags=--single-threaded-gc --no-opt --no-maglev",  # no page lives long enough for what these prepare
)

#: Streamlit's frontend asks below the page's own path first, when a page other than the first is opened by its link.
PROBES = re.compile(r"/[^/]+/_stcore/(health|host-config)$")

#: Nothing is stale, and whatever changes (a colour after a widget is switched on, say) does so for ever; a bar of
#: progress may grow.
STILL = """() => !document.querySelector('[data-stale=true]') && document.getAnimations().every(
    (animation) => animation.playState !== 'running' || animation.transitionProperty === 'transform'
        || animation.effect.getComputedTiming().endTime === Infinity)"""

#: The server has drawn the page for the theme that its viewer sees; see ui/frame/theme.js.
DRAWN = """seen => [...document.querySelectorAll('.st-key-theme *')].some(
    (part) => part.shadowRoot?.told === `${seen} over ${seen}`)"""

#: Whether our style sheet holds, in JavaScript.
STYLED = "getComputedStyle(document.documentElement).getPropertyValue('--digit-a') !== ''"

#: The page as a whole or what is below its navigation, where it can be scrolled sideways.
WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .map(part => [part.tagName, part.scrollWidth, part.clientWidth])
    .filter(([, needed, there]) => needed > there)"""

DESKTOP, PHONE, PROJECTOR = (1440, 900), (390, 844), (1280, 720)
SIZES = {"desktop": DESKTOP, "phone": PHONE, "projector": PROJECTOR}


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """A dashboard on a free port; gives its address."""
    with serving_process(**environment) as (address, _):
        yield address


@contextmanager
def serving_process(**environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A dashboard on a free port, with folders of its own; gives its address and its process."""
    with TemporaryDirectory() as folder:
        folders = {"HQNN_HISTORY": folder, "HQNN_RESULTS": folder}
        own = {"PYTHONWARNINGS": "default"} | folders | environment
        with running_dashboard(free_port(), own) as found:
            yield found


@contextmanager
def running_dashboard(
    port: int, environment: dict[str, str], root: Path = ROOT
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A dashboard on a port, from the files of a folder; gives its address and its process."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=root, env=os.environ | environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, server)
        yield address, server
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)  # workers that have just begun to start are first let finish


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(10 * PATIENCE):
        if server.poll() is not None:
            raise RuntimeError(f"the dashboard ended with status {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310 (an http address of ours)
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the dashboard did not start in time")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One viewer's page, and everything that its console complained of."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> None:
        self.context = browser.new_context(has_touch=size == PHONE)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("response", self._note_answer)
        self.address = address
        self.dress(size, scheme)

    def dress(self, size: tuple[int, int], scheme: str) -> None:
        """Take a size and a theme."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    def dress_anew(self, size: str, scheme: str) -> None:
        """Take another size and theme where the page is seen, and wait until it is drawn for both."""
        self.dress(SIZES[size], scheme)
        self.until(DRAWN, arg=scheme)
        self.settle()
        self.until(f"() => !({WIDE})().length")  # charts take the new width one by one

    def renew(self) -> None:
        """Become another viewer's page."""
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.page.goto("about:blank")
        self.page.mouse.move(0, 0)
        self.context.clear_cookies()
        self.errors.clear()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.errors.append(message.text)

    def _note_answer(self, answer: Response) -> None:
        """What the console says of a bad answer does not always tell of which."""
        if answer.status >= 400 and not PROBES.search(answer.url):
            self.errors.append(f"{answer.status} {answer.url}")

    def open(self, path: str = "") -> Page:
        """Open a page by its link, and wait until it is drawn."""
        self.page.goto(f"{self.address}/{path}")
        self.settle()
        return self.page

    def go(self, title: str) -> None:
        """Walk to another page by the navigation."""
        links = "[data-testid=stTopNavLink]:visible, .st-key-page_row a:visible"  # on wide pages and on phones
        self.page.locator(links).filter(has_text=title).click()
        heading = "A neural network" if title == "Home" else title
        self.page.get_by_role("heading", level=2).filter(has_text=heading).wait_for()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being drawn."""
        self.page.get_by_role("heading", level=2).wait_for()
        unfinished = "[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]"
        ended = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.until(f"() => document.querySelector('{ended}') && !document.querySelector('{unfinished}')")

    def until(self, condition: str, arg: object = None) -> None:
        """Wait until a function in JavaScript is true, without a frame drawn for every look at it."""
        self.page.wait_for_function(condition, arg=arg, polling=50)

    def until_other(self, expression: str, before: object) -> Any:
        """Wait until an expression in JavaScript has another value, neither null nor undefined; gives that."""
        found = self.page.wait_for_function(
            f"before => {{ const now = {expression}; return (now ?? before) !== before && {{ now }} }}",
            arg=before,
            polling=50,
        )
        return found.json_value()["now"]

    def until_said(self, pattern: str) -> None:
        """Wait until the page's text has a pattern."""
        self.until(f"() => /{pattern}/.test(document.body.innerText)")

    def slow_down(self, steps: int) -> None:
        """Have the training that is looked at, or the next one, make so many steps a second."""
        self.by_key("pace").get_by_role("combobox").click()
        self.page.get_by_role("option", name=f"{steps} steps/s").click()
        self.settle()

    def by_key(self, key: str):
        """The visible part of the widget with a key."""
        return self.page.locator(f".st-key-{key}")

    def button(self, key: str):
        """The button with a key; Streamlit draws one with a tooltip twice, and shows one of the two."""
        return self.page.locator(f".st-key-{key} button:visible")

    def press_shortcut(self, shortcut: str, key: str) -> None:
        """Press the shortcut of the button with a key, once the button can be used: until then no shortcut counts."""
        self.button(key).and_(self.page.locator(":enabled")).wait_for()
        self.page.keyboard.press(shortcut)


class Windows:
    """Pages for one test after another: a window that has compiled the frontend takes half the time of a new one."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        #: Those that are free, by whether they are touched.
        self._free: dict[bool, list[Visit]] = {True: [], False: []}

    @contextmanager
    def visit(self, size: str = "desktop", scheme: str = "light") -> Iterator[Visit]:
        """A viewer's page; whatever its console complained of fails."""
        free = self._free[SIZES[size] == PHONE]
        visit = free.pop() if free else Visit(self._browser, self._address, SIZES[size])
        visit.dress(SIZES[size], scheme)
        yield visit
        assert not visit.errors
        visit.renew()
        free.append(visit)


def fits(visit: Visit) -> None:
    """Fail where a page can be scrolled sideways: as a whole, or what is below its navigation."""
    assert not visit.page.evaluate(WIDE)


def alt(visit: Visit, key: str) -> str:
    """What a picture says to who cannot see it."""
    return visit.by_key(key).locator("[role=img]").first.get_attribute("aria-label") or ""


def changes(visit: Visit, key: str, before: str) -> str:
    """Wait until a picture shows something else; gives what."""
    visit.until(
        "([key, before]) => document.querySelector(`.st-key-${key} [role=img]`)?.getAttribute('aria-label') !== before",
        arg=[key, before],
    )
    visit.settle()
    return alt(visit, key)


def accessible(visit: Visit) -> None:
    """Fail where axe finds anything serious or critical in what is drawn, not in what is fading in or out."""
    visit.page.mouse.move(0, 0)
    visit.page.locator("[data-testid=stTooltipContent]").first.wait_for(state="detached")
    visit.until(STILL)
    found = Axe().run(visit.page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        (violation["id"], node["html"][:200], node.get("failureSummary", "")[:300])
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert not serious, json.dumps(serious, indent=1)
