"""Who asks for calm sees nothing move."""

from playwright.sync_api import Page, expect

from .conftest import OpenBrowser
from .office import Person
from .steps import indicator

RESTLESS = """() => [...document.querySelectorAll("*")].filter((element) => {
  const { animationName, transitionProperty, transitionDuration } = getComputedStyle(element);
  const moves = transitionDuration.split(", ").some((time) => parseFloat(time) > 0) && transitionProperty !== "opacity";
  return animationName !== "none" || moves;
}).map((element) => element.outerHTML.slice(0, 100))"""


def test_nothing_moves_under_reduced_motion(
    open_browser: OpenBrowser, person: Person, page: Page, standing_import: str
) -> None:
    calm = open_browser(person=person, reduced_motion="reduce")
    calm.goto(page.url)
    expect(indicator(calm)).to_have_attribute("data-status", "processing")
    calm.locator("#tray-summary").click()
    assert calm.evaluate(RESTLESS) == []
    assert page.evaluate(RESTLESS) != []
