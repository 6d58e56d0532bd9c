// Forms are sent once: a second press within 300 ms or while the first is under way does nothing, and the button says what goes on.
// The server's idempotency key is the guard; this is the courtesy.
{
  const DEBOUNCE = 300;
  const PATIENCE = 10_000;
  const underWay = new WeakMap();
  const pressedAt = new WeakMap();

  function press(event) {
    const form = event.target;
    if (!form.matches("[data-submit-once]")) return;
    if (underWay.has(form) || Date.now() - (pressedAt.get(form) ?? 0) < DEBOUNCE) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    pressedAt.set(form, Date.now());
    begin(form, event.submitter ?? form.querySelector("[data-in-flight]"));
  }

  function begin(form, button) {
    // Somebody who stops a slow page gets the button back; an upload gives it back itself.
    const timer = form.matches("[data-upload]") ? null : setTimeout(() => release(form), PATIENCE);
    underWay.set(form, { button, timer, words: [...(button?.childNodes ?? [])] });
    if (!button?.dataset.inFlight) return;
    button.setAttribute("aria-disabled", "true");
    button.replaceChildren(button.dataset.inFlight);
  }

  function release(form, words) {
    const state = underWay.get(form);
    if (!state) return;
    clearTimeout(state.timer);
    underWay.delete(form);
    pressedAt.delete(form);
    state.button?.removeAttribute("aria-disabled");
    state.button?.replaceChildren(...(words ? [words] : state.words));
  }

  document.addEventListener("submit", press, true);
  document.addEventListener("submit:over", (event) => release(event.target));
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    // A success is shown by the poll that follows it at once.
    if (!(ctx.response?.status < 400)) release(ctx.sourceElement, "Try again");
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-submit-once]").forEach((form) => release(form)));
}
