// What a screen reader hears of jobs: each start once, progress at most every ten seconds, each end once, failures at once.
{
  const QUIET_FOR = 10_000;
  const OVER = ["completed", "failed", "cancelled"];
  const heard = new Map();

  // A job may be shown in several places; the newest picture of it counts.
  function newest() {
    const jobs = new Map();
    for (const { dataset } of document.querySelectorAll("[data-job]")) {
      const other = jobs.get(dataset.job);
      if (!other || Number(dataset.revision) > Number(other.revision)) jobs.set(dataset.job, dataset);
    }
    return jobs;
  }

  function remember(job, over) {
    heard.set(job, { over, at: Date.now() });
  }

  function isNews(before, over) {
    if (!before || before.over !== over) return true;
    return !over && Date.now() - before.at >= QUIET_FOR;
  }

  function listen() {
    const polite = [], urgent = [];
    for (const [job, { status, sentence }] of newest()) {
      const over = OVER.includes(status);
      if (!isNews(heard.get(job), over)) continue;
      remember(job, over);
      (status === "failed" ? urgent : polite).push(sentence);
    }
    say("announcements", polite);
    say("alerts", urgent);
  }

  // New nodes, not a changed text: the same words twice are heard twice.
  function say(region, sentences) {
    if (!sentences.length) return;
    document.getElementById(region).replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }));
  }

  for (const [job, { status }] of newest()) remember(job, OVER.includes(status));
  document.addEventListener("htmx:after:swap", listen);
  document.addEventListener("announce", (event) => say("announcements", [event.detail]));
}
