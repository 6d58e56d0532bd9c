"""What axe-core has to say against a page, in both widths and both colour schemes; and whether the page fits."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}

RUN = """(only) => axe.run(document, { runOnly: only, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)))"""


def complaints(page: Page) -> list[str]:
    """What is wrong with the page as it is now; dark pages are looked at for their contrast only."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    found: list[str] = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme, only in (
            ("light", {"type": "tag", "values": TAGS}),
            ("dark", {"type": "rule", "values": ["color-contrast"]}),
        ):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{size['width']} px, {scheme}: {complaint}" for complaint in page.evaluate(RUN, only)]
        found += [] if fits(page) else [f"{size['width']} px: the page scrolls sideways"]
    return found


def fits(page: Page) -> bool:
    """Whether the page can be read without scrolling it sideways."""
    width: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return width
