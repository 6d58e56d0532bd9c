// Focus is never lost: when a swap takes the focused control away, its job's heading has it; a summary of errors takes it at once.
{
  let last = null;

  document.addEventListener("focusin", ({ target }) => {
    const job = target.closest("[data-job]");
    last = job && { element: target, heading: job.dataset.heading };
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
