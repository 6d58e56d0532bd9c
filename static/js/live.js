// The one poll of a page: it rests in hidden and paused tabs, catches up on return, and backs off when the server is away.
{
  const LONGEST_WAIT = 30_000;
  const connection = document.getElementById("connection");
  let failures = 0;
  let restUntil = 0;

  const poller = () => document.getElementById("poller");
  const isPaused = () => document.documentElement.dataset.live === "paused";
  const pollNow = () => poller() && !document.hidden && !isPaused() && htmx.trigger(poller(), "poll-now");
  const say = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));

  // "every" does not bubble, but the capture phase sees it.
  document.addEventListener("every", (event) => {
    if (document.hidden || isPaused() || Date.now() < restUntil) event.stopImmediatePropagation();
  }, true);

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    const answered = ctx.response?.status < 400;
    if (ctx.sourceElement.id !== "poller") {
      if (answered) pollNow();
    } else if (answered) recover();
    else fail();
  });

  function recover() {
    if (failures >= 3) say("Connected again.");
    failures = restUntil = 0;
    connection.hidden = true;
  }

  function fail() {
    failures += 1;
    if (failures < 3) return;
    if (connection.hidden) say(connection.textContent);
    connection.hidden = false;
    restUntil = Date.now() + Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 3)) * (0.75 + Math.random() / 2);
  }

  function wakeUp() {
    restUntil = 0;
    pollNow();
  }

  document.addEventListener("visibilitychange", wakeUp);
  document.addEventListener("live:resumed", wakeUp);
  window.addEventListener("online", wakeUp);
  window.addEventListener("pageshow", (event) => event.persisted && wakeUp());
}
