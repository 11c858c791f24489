"""Take the README's pictures of every page after a run: `python -m tests.readme_pictures`.

They are written to `docs/`: the Train page in full width, every page as a small picture.
"""

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.browser import Visit, chromium, serving
from tests.dask_cluster import ROOT

DOCS = ROOT / "docs"
WIDTH, HEIGHT = 1440, 900
#: Pixels of a small picture's width.
SMALL = 640


def main() -> None:
    """Train 3 vs 7, and take a picture of each page."""
    with serving() as address, chromium() as browser:
        visit = Visit(browser, address, (WIDTH, HEIGHT), "light")
        visit.open("train")
        visit.button("train").click()
        visit.page.get_by_text("Finished:").wait_for()
        moment = visit.by_key("stage").locator(".moment")
        moment.filter(has_text="trained in").wait_for()  # the stage has the whole run
        visit.by_key("stage").get_by_role("slider").press("End")
        moment.filter(has_text="Step 250 of 250").wait_for()
        train = _settled(visit)
        _write(train, DOCS / "train.png", WIDTH)
        _write(train, DOCS / "pages" / "train.png", SMALL)
        run = next(each for each in visit.page.url.partition("?")[2].split("&") if each.startswith("run="))
        _take(visit, "home", f"?{run}", "svg")
        _take(visit, "data", f"data?{run}", ".gallery img, canvas, img")
        _take(visit, "circuit", f"circuit?theta=60&{run}", ".bloch-arrows")
        _take(visit, "gradients", f"gradients?{run}", "canvas, svg")
        _take(visit, "test", f"test?{run}", ".gallery img")
        _take(visit, "explore", f"explore?{run}", "canvas")
        visit.open(f"draw?{run}")
        _draw_a_seven(visit)
        visit.page.locator(".verdict").get_by_text("p = ").wait_for()
        _write(_settled(visit), DOCS / "pages" / "draw.png", SMALL)


def _take(visit: Visit, name: str, link: str, picture: str) -> None:
    """Open a page, wait for its picture, and write it."""
    visit.open(link)
    visit.page.locator(picture).first.wait_for()
    _write(_settled(visit), DOCS / "pages" / f"{name}.png", SMALL)


def _draw_a_seven(visit: Visit) -> None:
    box = visit.page.locator("canvas.drawing").bounding_box()
    if box is None:
        raise RuntimeError("the page shows no drawing pad")
    mouse = visit.page.mouse
    corners = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=20)
    mouse.up()


def _settled(visit: Visit) -> bytes:
    """A screenshot of the window, as a PNG, once fonts and charts are drawn."""
    visit.settle()
    visit.page.wait_for_timeout(500)
    return visit.page.screenshot()


def _write(screenshot: bytes, path: Path, width: int) -> None:
    """Write a screenshot as a PNG of that width and of at most 256 colours."""
    image = Image.open(BytesIO(screenshot)).convert("RGB")
    path.parent.mkdir(exist_ok=True)
    resized = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    resized.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
