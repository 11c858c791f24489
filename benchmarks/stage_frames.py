"""Frames per second of the stage while it plays a run, in real Chromium.

`python -m benchmarks.stage_frames`. Each round plays the recommended run once from its first frame to its end at ×1.
"""

import argparse
from statistics import median

from tests.browser import PROJECTOR, Visit, chromium, serving
from tests.browser.test_stage import STAGE

#: Play from the first frame; gives the times between two frames of the screen, and the seconds of the whole, in ms.
PLAY = f"""async () => {{
    const stage = {STAGE}, drawn = () => new Promise(requestAnimationFrame)
    stage.go(0)
    await drawn()
    stage.toggle()
    const times = [await drawn()]
    while (stage.clock.playing) times.push(await drawn())
    return times.slice(1).map((time, at) => time - times[at])
}}"""


def main() -> None:
    """Print frames per second and the slowest frames, per view."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print("| view | seconds | frames per second | 95% of the frames within | slowest frame |\n|---|---|---|---|---|")
    with serving() as address, chromium() as browser:
        visit = Visit(browser, address, PROJECTOR)
        visit.open("train")
        visit.button("train").click()
        visit.page.get_by_text("Finished:").wait_for()
        visit.by_key("stage").locator(".thumb").first.wait_for()
        for view in ("Images", "Network", "Qubit"):
            visit.by_key("stage").get_by_role("button", name=view, exact=True).click()
            played = [visit.page.evaluate(PLAY) for _ in range(rounds)]
            seconds = median(sum(each) / 1000 for each in played)
            speed = median(1000 * len(each) / sum(each) for each in played)
            late = median(sorted(each)[int(0.95 * len(each))] for each in played)
            slowest = max(map(max, played))
            print(f"| {view} | {seconds:.1f} | {speed:.0f} | {late:.0f} ms | {slowest:.0f} ms |")
        visit.context.close()


if __name__ == "__main__":
    main()
