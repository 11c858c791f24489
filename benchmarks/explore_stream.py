"""Measure the server's load while an experiment's runs stream into a page: `python -m benchmarks.explore_stream`."""

import argparse
from time import perf_counter

import psutil

from tests.browser import Visit, chromium, serving_process

#: By tab: its part of the link, the prefix of its widgets' keys, and runs per seed.
TABS = {
    "Shot race": ("race_shots=10&race_shots=20&race_shots=50&race_shots=100&race_seeds={seeds}", "race", 4),
    "Swap test": ("swap_settings=The settings beside&swap_seeds={seeds}", "swap", 4),
    "Stuck runs": ("stuck_question=The settings beside&stuck_seeds={seeds}", "stuck", 1),
}
SETTINGS = "n_train=2&n_test=2&epochs=1&engine=exact"


def cost(tab: str, runs: int) -> tuple[float, float]:
    """Return the CPU seconds of the web process and the seconds of an experiment, with a page open."""
    link, key, of_a_seed = TABS[tab]
    seeds = runs // of_a_seed
    with serving_process(HQNN_WORKERS="1") as (address, server), chromium() as browser:
        visit = Visit(browser, address)
        visit.open(f"explore?explore_part={tab}&{SETTINGS}&{link.format(seeds=seeds)}")
        web = psutil.Process(server.pid)
        visit.button(f"{key}_start").wait_for()
        before, begun = sum(web.cpu_times()[:2]), perf_counter()
        visit.button(f"{key}_start").click()
        visit.page.get_by_text(f"All {runs} runs are finished.").wait_for(timeout=1_800_000)
        return sum(web.cpu_times()[:2]) - before, perf_counter() - begun


def main() -> None:
    """Print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("tabs", nargs="*", default=[*TABS])
    arguments = parser.parse_args()
    print("| tab | runs | CPU of the web process, s | time, s | CPU per second |\n|---|---|---|---|---|")
    for tab in arguments.tabs:
        cpu, seconds = cost(tab, arguments.runs)
        print(f"| {tab} | {arguments.runs} | {cpu:.1f} | {seconds:.1f} | {cpu / seconds:.2f} |")


if __name__ == "__main__":
    main()
