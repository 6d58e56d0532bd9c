// A file may be dropped anywhere in its zone; the native input keeps it, so everything else works as if it had been chosen.
{
  const zoneOf = (event) => event.target.closest?.("[data-drop-zone]");
  const mark = (zone, over) => zone?.classList.toggle("is-over", over);

  document.addEventListener("dragover", (event) => {
    if (!zoneOf(event)) return;
    event.preventDefault();
    mark(zoneOf(event), true);
  });
  document.addEventListener("dragleave", (event) => mark(zoneOf(event), false));
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    mark(zone, false);
    if (event.dataTransfer.files.length) zone.querySelector("input[type=file]").files = event.dataTransfer.files;
  });
}
