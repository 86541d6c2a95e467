"""Opens a report.html in headless Chromium, in two themes and two widths, and takes screenshots.

Fails if the page writes an error to the console, requests any other resource, opens a dialog, is wider than the window, does not draw a
chart or show an image, or cannot be navigated by keyboard.
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

THEMES = "light", "dark"
WIDTHS = {390: 844, 1280: 900}


def faults_of(page: Page, report: str) -> list[str]:
    """Opens the report and returns its faults."""
    faults: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: request.url != report and not request.url.startswith("data:") and faults.append(f"request: {request.url}"),
    )
    page.goto(report)
    page.wait_for_timeout(500)
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if width[0] > width[1]:
        faults.append(f"the page is {width[0]} px wide in a window of {width[1]} px")
    for chart in page.locator("[data-chart]").all():
        if chart.locator("canvas").count() != 1:
            faults.append("chart not drawn: " + str(chart.get_attribute("data-chart")))
    broken = page.evaluate("[...document.images].filter(image => !image.complete || !image.naturalWidth).length")
    if broken:
        faults.append(f"{broken} images are not shown")
    walk(page, faults)
    return faults


def walk(page: Page, faults: list[str]) -> None:
    """Checks that the tab key reaches every link, summary and scrollable table, and that the enter key opens a summary."""
    wanted = page.evaluate(
        "[...document.querySelectorAll('a, summary, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length"
    )
    reached = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached += page.evaluate("document.activeElement.matches('a, summary, [tabindex=\"0\"]')")
    if reached != wanted:
        faults.append(f"the tab key reaches {reached} of {wanted} elements")
    closed = page.locator("details:not([open]) > summary").first
    closed.focus()
    page.keyboard.press("Enter")
    if not page.evaluate("document.activeElement.parentElement.open"):
        faults.append("the enter key does not open details")
    page.keyboard.press("Enter")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", required=True, help="the Chromium executable")
    parser.add_argument("report", type=Path)
    parser.add_argument("pictures", type=Path, help="directory for the screenshots")
    arguments = parser.parse_args()
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    all_faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        for theme in THEMES:
            for width, height in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                faults = faults_of(page, arguments.report.resolve().as_uri())
                page.screenshot(path=arguments.pictures / f"report-{theme}-{width}.png", full_page=True)
                if theme == "light" and width == max(WIDTHS):
                    page.screenshot(path=arguments.pictures / "report.png")
                page.close()
                print(f"{arguments.report}, {theme}, {width} px: {'; '.join(faults) or 'no faults'}")
                all_faults += faults
        browser.close()
    sys.exit(bool(all_faults))


if __name__ == "__main__":
    main()
