// "Pause live updates": one control for everything that moves by itself; the choice is kept in this browser, for all its tabs.
{
  const KEY = "live-updates";
  const button = document.getElementById("live-button");
  const words = document.getElementById("live-words");

  // Storage may be forbidden; the control then works for this page.
  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem(KEY, value); } catch { /* as above */ } };

  function show(state) {
    const paused = state === "paused";
    document.documentElement.dataset.live = paused ? "paused" : "on";
    button.textContent = paused ? "Resume live updates" : "Pause live updates";
    words.textContent = paused ? "Live updates are paused." : "Live updates are on.";
    if (!paused) document.dispatchEvent(new Event("live:resumed"));
  }

  function toggle() {
    const state = document.documentElement.dataset.live === "paused" ? "on" : "paused";
    store(state);
    show(state);
    document.dispatchEvent(new CustomEvent("announce", { detail: words.textContent }));
  }

  if (button) {
    button.hidden = words.hidden = false;
    button.addEventListener("click", toggle);
    window.addEventListener("storage", (event) => event.key === KEY && show(event.newValue));
    show(stored());
  }
}
