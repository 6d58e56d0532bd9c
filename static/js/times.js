// Times in the reader's own zone, exact on hover, and words such as "2 min ago" that stay true while the page is open.
{
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
  // The reader's clock may be wrong; how far it is from the server's is known since the page came.
  const skew = Date.now() - 1000 * Number(document.documentElement.dataset.now);

  function words(seconds) {
    const distance = Math.abs(Math.round(seconds));
    if (distance < 5) return "just now";
    // What is past counts when it is full; what lies ahead is as near as can be.
    const whole = seconds > 0 ? Math.round : Math.floor;
    const days = whole(distance / 86_400);
    const unit = distance < 60 ? `${distance} s`
      : distance < 3_600 ? `${whole(distance / 60)} min`
      : distance < 86_400 ? `${whole(distance / 3_600)} h`
      : days === 1 ? "1 day" : `${days} days`;
    return seconds > 0 ? `in ${unit}` : `${unit} ago`;
  }

  function refresh() {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const at = Date.parse(time.dateTime);
      const ahead = (at + skew - Date.now()) / 1000;
      time.title = exact.format(at);
      if (Math.abs(ahead) < 30 * 86_400 && time.textContent !== words(ahead)) time.textContent = words(ahead);
    }
  }

  refresh();
  document.addEventListener("htmx:after:swap", refresh);
  setInterval(() => document.hidden || document.documentElement.dataset.live === "paused" || refresh(), 15_000);
}
