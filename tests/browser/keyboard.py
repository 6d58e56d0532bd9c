"""Going about a page with the keyboard alone."""

from playwright.sync_api import Locator, Page, expect

STEPS = 120
HAS_FOCUS = "(element) => element === document.activeElement"
IS_SEEN = """() => {
  const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
  const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
  const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  const middle = document.elementFromPoint((left + right) / 2, Math.min((top + bottom) / 2, innerHeight - 1));
  const free = document.activeElement.contains(middle) || middle?.contains(document.activeElement);
  return inside && (free || outlineStyle !== "none" || boxShadow !== "none");
}"""


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    """Goes to a control and presses it."""
    go_to(page, control)
    page.keyboard.press(key)


def go_to(page: Page, control: Locator) -> None:
    """Presses Tab until the control has the focus; at each stop the focus can be seen."""
    expect(control).to_be_visible()
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body") or page.evaluate(IS_SEEN)
        if control.evaluate(HAS_FOCUS):
            return
    raise AssertionError(f"Tab does not lead to {control}")
