// "Cancelled" can be read for five seconds, then its line goes; the list of jobs keeps it.
{
  const READABLE = 5_000;
  const leaving = new Set();
  const gone = new Set();

  function sweep() {
    for (const indicator of document.querySelectorAll(".indicator:not(.indicator-page)")) {
      const { job, status } = indicator.dataset;
      if (status !== "cancelled") forget(job);
      else if (gone.has(job)) hide(indicator);
      else if (!leaving.has(job)) dismissLater(job);
    }
  }

  // A cancelled job that is tried again may be cancelled again.
  function forget(job) {
    leaving.delete(job);
    gone.delete(job);
  }

  function dismissLater(job) {
    leaving.add(job);
    setTimeout(() => { if (leaving.has(job)) gone.add(job); sweep(); }, READABLE);
  }

  function hide(indicator) {
    if (indicator.contains(document.activeElement)) document.getElementById("tray-summary")?.focus();
    (indicator.closest("li") ?? indicator).hidden = true;
  }

  sweep();
  document.addEventListener("htmx:after:swap", sweep);
}
