"""How long the web client takes to show its first list, in a browser on a slow telephone.

    make bench args="first_load [--pairs 5] [--json FILE]"

Chromium makes its processor four times slower, and gives it 1.6 Mbit/s with 150 ms for each request, as its
profile "Slow 4G" does. The first load has no files yet, the second has those of the first. The list is
visible when the first frame with it is painted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Browser, sync_playwright

from benchmarks.measuring import Figures, Missing, Report, arguments, in_turns, median
from benchmarks.platforms import stage

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SLOWER = 4  # times
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 9.4e4}
PHONE = {"width": 390, "height": 844}
# Not asked by turns: that would take of the page's processor time.
NOTE_WHEN_LISTED = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("ol > li a[href^='/study-sessions/']")) return;
  observer.disconnect();
  const painted = new MessageChannel();
  painted.port1.onmessage = () => { window.listed = performance.now(); };
  requestAnimationFrame(() => painted.port2.postMessage(null));
}).observe(document, { childList: true, subtree: true });
"""
LISTED = "() => window.listed"


def main() -> None:
    options = arguments(__doc__).parse_args()
    report = Report("the web client", "median")
    with stage() as platform, browser() as chromium:
        url = f"http://127.0.0.1:{platform.gateway_port}/"
        turns = in_turns(options.pairs, {"loads": lambda: load_twice(chromium, url)})
    report.keep("loads", turns)
    report.add("list visible at the first load, ms", median(turns, "loads", "first_ms"))
    report.add("list visible at the second load, ms", median(turns, "loads", "second_ms"))
    report.add("bytes of the first load, map left out, kB", median(turns, "loads", "kilobytes"))
    report.add("requests of the first load, map left out", median(turns, "loads", "requests"))
    report.end(options.json)


@contextmanager
def browser() -> Iterator[Browser]:
    program = which("chromium-headless-shell") or which("chromium")
    if not program:
        raise Missing("chromium-headless-shell")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        yield running
        running.close()


def load_twice(chromium: Browser, url: str) -> Figures:
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.add_init_script(NOTE_WHEN_LISTED)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    received: list[float] = []
    devtools.on(
        "Network.loadingFinished", lambda event: received.append(event["encodedDataLength"])
    )
    page.goto(url, wait_until="commit")
    first = page.wait_for_function(LISTED).json_value()
    page.wait_for_load_state("networkidle")
    kilobytes, requests = sum(received) / 1e3, len(received)
    page.goto(url, wait_until="commit")
    second = page.wait_for_function(LISTED).json_value()
    context.close()
    return {"first_ms": first, "second_ms": second, "kilobytes": kilobytes, "requests": requests}


if __name__ == "__main__":
    main()
