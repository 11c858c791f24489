"""What the server answers at addresses: Streamlit's own files, with what is ours before them. No server is started."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers as Found
from starlette.middleware import Middleware
from starlette.types import Message
from streamlit import config
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from hqnn.config import RunConfig
from hqnn.jobs.job import Job, key_hash
from tests.dask_cluster import ROOT
from tests.pages.test_pages import open_page, put_there
from ui.frame import assets
from ui.frame.addresses import Pages
from ui.frame.copilot import Copilot
from ui.frame.server import Headers
from ui.kit import script_files
from ui.kit.sitemap import ADDRESSES, PAGES
from ui.session import cached
from ui.session.viewer import COOKIE, identity_of
from ui.train.stage import part
from ui.train.stage.route import Stage

UI = ROOT / "ui"
STYLE = re.compile(r'<link rel="stylesheet" href="(\S+/style\.\w+\.css)">')


@dataclass
class Answer:
    """What a server has sent."""

    status: int
    headers: Found
    content: bytes

    @property
    def text(self) -> str:
        """The content, which is text."""
        return self.content.decode()


@pytest.fixture(params=["", "quantum/lab"], ids=["at the root", "below a path"])
def ask(request, monkeypatch):
    """Asks a server that has no pages but Streamlit's files, at its root or below a path."""
    base = request.param
    options = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: base if name == "server.baseUrlPath" else options(name))
    app = Starlette(
        routes=[*assets.routes(), *create_streamlit_static_assets_routes(base)],
        middleware=[
            *map(Middleware, (Headers, Stage, Copilot, Pages)),
            Middleware(SelectiveGZipMiddleware, base_url=base),
        ],
    )

    def answer(link: str, method: str = "GET", **headers: str) -> Answer:
        path, _, query = link.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": f"/{base}/{path}" if base else f"/{path}",
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        sent = []

        async def receive() -> Message:
            return await asyncio.Future()  # the browser stays

        async def send(message) -> None:
            sent.append(message)

        with ThreadPoolExecutor(1) as server:  # this thread may have Playwright's loop
            server.submit(asyncio.run, app(scope, receive, send)).result()
        start, *parts = sent
        content = b"".join(part.get("body", b"") for part in parts)
        return Answer(start["status"], Found(raw=start["headers"]), content)

    return answer


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=lambda address: address or "home")
def test_every_page_has_the_style_sheet_before_it_is_drawn(ask, address):
    page = ask(address, accept_encoding="gzip")
    assert page.status == 200
    assert int(page.headers["content-length"]) == len(page.content)
    assert page.headers["cache-control"] == "no-cache"
    (style,) = STYLE.findall(page.text)
    assert page.text.index("</head>") < page.text.index(style) < page.text.index('<div id="root">')
    sheet = ask(style.removeprefix("./"))
    assert (sheet.status, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["cache-control"]
    assert ".gallery" in sheet.text


def test_the_style_sheet_holds_the_frames_rules_then_those_of_every_feature(ask):
    own = {file.parent.name: file.read_text() for file in UI.glob("*/style.css")}
    assert set(own) == {"frame", *assets.FEATURES}
    (style,) = STYLE.findall(ask("").text)
    assert ask(style.removeprefix("./")).text == "\n".join(own[name] for name in ("frame", *assets.FEATURES))


def test_a_component_imports_its_script_which_imports_its_neighbours(ask):
    (script,) = re.findall(
        r"new URL\('(\S+)', document.baseURI\)", script_files.stub(Path(part.__file__).with_name("stage.js"))
    )
    found = ask(script)
    assert (found.status, found.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "immutable" in found.headers["cache-control"]
    folder = script.rpartition("/")[0]
    for neighbour in (*re.findall(r"from '\./(\S+)'", found.text), "stage.css"):
        assert ask(f"{folder}/{neighbour}").status == 200
    for other in (f"{folder}/part.py", f"{folder}/../figures.py", "assets/old/train/stage/stage.js"):
        assert ask(other).status == 404


def test_the_code_for_charts_comes_with_the_pages_that_have_some_and_later_elsewhere(ask):
    for address, kind in (("train", "modulepreload"), ("explore", "modulepreload"), ("", "prefetch")):
        (file,) = re.findall(rf'<link rel="{kind}" crossorigin href="./(\S+/EChartsChart\S+)">', ask(address).text)
        assert ask(file).status == 200


def test_a_page_that_the_browser_has_is_not_sent_again_unless_it_is_streamlits_alone(ask):
    page = ask("train")
    for tag in (page.headers["etag"], f'"other", W/{page.headers["etag"]}', "*"):
        again = ask("train", if_none_match=tag)
        assert (again.status, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])
    streamlits = {"if_none_match": '"other"', "if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    for headers in (streamlits, {"range": "bytes=0-9"}, {"range": "bytes=0-9", "if_range": page.headers["etag"]}):
        for address in ("train", ""):
            assert ask(address, **headers).content == ask(address).content
    head = ask("train", "HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(page.content)))


def test_what_is_no_page_is_said_with_the_pages_at_hand(ask):
    for address in ("nowhere", "Train", "train/more", "a/b/c", "static/js/gone.js", "x.y", "<img src=x>"):
        for method in ("GET", "HEAD"):
            assert ask(address, method).status == 404
        page = ask(address, accept_encoding="gzip", range="bytes=0-9").text
        assert f"Page “{address.replace('<', '&lt;').replace('>', '&gt;')}”" in page
        links = re.findall(r'<a href="([./]+)(\w*)">(\w+)</a>', page)
        assert [(name, title) for _, name, title in links] == [
            (ADDRESSES[name], title) for name, (title, _) in PAGES.items()
        ]
        assert {root for root, _, _ in links} == {"../" * address.count("/") or "./"}
        assert STYLE.search(page)


def test_the_first_page_has_one_address(ask):
    for address in ("home?seed=3", "index.html?seed=3"):
        answer = ask(address)
        assert (answer.status, answer.headers["location"]) == (303, "./?seed=3")
    assert ask("home").headers["location"] == "./"


def test_what_streamlit_serves_is_left_alone(ask):
    script = re.findall(r'src="\./(static/js/index\.\w+\.js)"', ask("").text)[0]
    whole = ask(script)
    assert whole.status == 200
    assert ask(script, if_none_match=whole.headers["etag"]).status == 304
    assert ask(script, range="bytes=0-9").content == whole.content[:10]
    assert ask("train/_stcore/health").status == 404
    assert ask("train/?seed=3").status == 301
    assert ask("", "POST").status == 405
    assert ask(f"{assets.FOLDER}/style.0123456789abcdef.css").status == 404


def controls(secret: str, job: Job) -> bool:
    """Whether a browser's page offers to stop a training."""
    return any(button.key == "stop" for button in open_page("train", secret, run=job.id).button)


@pytest.fixture
def job(dashboard_here):
    """A training that somebody else has started, and the key of a link that controls it."""
    job = Job(RunConfig(), viewer="somebody", key=key_hash("old"))
    put_there(job)
    cached.jobs().permit(job, key_hash("new"))
    yield job
    del cached.jobs().queue.known[job.id]


@pytest.mark.parametrize("key", ["old", "new"])
@pytest.mark.parametrize("address", ["copilot", "train", "", "explore"])
def test_a_link_with_a_key_gives_the_right_to_the_browser_and_leads_to_the_page_without_the_key(ask, job, address, key):
    link = f"{address}?digits=4&digits=9&run={job.id}.{key}&shift=%CF%80%2F4"
    answer = ask(link, cookie=f"a=b; c={{}}; {COOKIE}=mine")
    target = "train" if address == "copilot" else ""
    assert answer.status == 303
    assert answer.headers["location"] == f"{target}?digits=4&digits=9&run={job.id}&shift=%CF%80%2F4"
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "set-cookie" not in answer.headers
    assert job.obeys(identity_of("mine"))
    assert not job.obeys(identity_of("other"))


def test_the_right_is_that_of_the_cookie_which_a_new_browser_gets_with_it(ask, job):
    answer = ask(f"copilot?run={job.id}.new")
    (secret,) = re.findall(rf"{COOKIE}=([\w-]+);", answer.headers["set-cookie"])
    assert job.obeys(identity_of(secret))
    assert controls(secret, job)
    assert not controls("other", job)


def test_wrong_keys_and_unknown_trainings_are_answered_alike_and_give_no_right(ask, job):
    holders = job.holders
    for address in ("copilot", "train"):
        for run_id in (job.id, "x" * 22):
            for key in ("", "ol", "olds", key_hash("old"), "é", "old.new"):
                answer = ask(f"{address}?run={run_id}.{key}", cookie=f"{COOKIE}=mine")
                assert answer.status == 303
                assert answer.headers["location"].endswith(f"?run={run_id}")
    assert ask(f"copilot?run={job.id}.old", "HEAD", cookie=f"{COOKIE}=mine").status == 303
    assert ask(f"copilot?run={job.id}", cookie=f"{COOKIE}=mine").headers["location"] == f"train?run={job.id}"
    assert ask("copilot").headers["location"] == "train"
    assert job.holders == holders


def test_a_link_without_a_key_is_answered_with_the_page(ask, job):
    assert ask(f"train?run={job.id}&learning_rate=0.001").status == 200


@pytest.mark.parametrize(
    ("url", "watch", "control"),
    [
        ("http://a:1", "http://a:1/?run=", "http://a:1/copilot?run="),
        ("http://train", "http://train/?run=", "http://train/copilot?run="),
        ("https://a/train?seed=3&run=x", "https://a/train?run=", "https://a/copilot?run="),
        ("https://a/lab", "https://a/lab/?run=", "https://a/lab/copilot?run="),
        ("https://a/lab/train", "https://a/lab/train?run=", "https://a/lab/copilot?run="),
    ],
)
@pytest.mark.usefixtures("dashboard_here")
def test_links_lead_to_the_dashboard_wherever_it_is(monkeypatch, job, url, watch, control):
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.url", url)
    app = open_page("train", "mine", run=job.id)
    assert not [code.value for code in app.code]  # whoever watches shares nothing
    job.viewer = identity_of("mine")
    app.session_state["share"] = True
    app.run().button(key="copilot").click().run()
    links = [code.value for code in app.code]
    assert [link[: link.index(job.id)] for link in links] == [watch, control]
    assert links == [code.value for code in app.run().code]
    key = links[1].rpartition(".")[2]
    assert job.obeys(key_hash(key))
    cached.jobs().admit("a co-pilot", job.id, key)
    assert job.obeys("a co-pilot")
