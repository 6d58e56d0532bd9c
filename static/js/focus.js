// Focus is never lost: when a swap takes the focused control away, the heading of what it belonged to has it (a job's, a row's);
// a summary of errors takes it at once.
{
  let last = null;

  document.addEventListener("focusin", ({ target }) => {
    const owner = target.closest("[data-heading]");
    last = owner && { element: target, heading: owner.dataset.heading };
  });
  // Pressing beside every control leaves the focus on purpose.
  document.addEventListener("pointerdown", ({ target }) => {
    if (last && !last.element.contains(target)) last = null;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return;
    (document.getElementById(last.heading) ?? document.getElementById("tray-summary"))?.focus();
  });

  document.querySelector("[data-takes-focus]")?.focus();
}
