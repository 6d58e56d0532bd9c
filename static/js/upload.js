// Uploads with a bar: the form's own request by other means. The answer is a redirect, a page with an error, or a short error.
{
  function send(event) {
    const form = event.target;
    if (!form.matches("[data-upload]") || event.defaultPrevented) return;
    event.preventDefault();
    const input = form.querySelector("input[type=file]");
    const problem = refusal(input);
    if (problem) stop(form, [sentence(problem)]);
    else transfer(form, input.files[0].name, event.submitter);
  }

  function refusal(input) {
    const file = input.files[0];
    if (!file) return "Choose a workbook first.";
    const limit = Number(input.dataset.megabytes);
    const megabytes = file.size / 2 ** 20;
    if (!limit || megabytes <= limit) return null;
    return `${file.name} has ${Math.ceil(megabytes)} MB; at most ${limit} MB can be uploaded. Remove sheets or pictures that are not needed, or split it.`;
  }

  function transfer(form, name, submitter) {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => show(form, name, event.loaded, event.total);
    request.onload = () => answer(form, request);
    request.onerror = () => stop(form, [sentence(`The connection was lost while ${name} was being uploaded. Nothing was saved; try again.`)]);
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form, submitter));
    request.upload.onload = () => say(`Reading ${name}`);
    part(form, "problem").replaceChildren();
    show(form, name, 0, 0);
    say(`Uploading ${name}`);
  }

  function show(form, name, loaded, total) {
    const area = part(form, "progress");
    const percentage = total ? Math.floor((100 * loaded) / total) : 0;
    area.hidden = false;
    area.querySelector("progress").value = percentage;
    area.querySelector("p").textContent = percentage < 100 ? `Uploading ${name}: ${percentage} %` : `Reading ${name}`;
  }

  function answer(form, request) {
    const redirect = request.getResponseHeader("HX-Redirect");
    if (redirect || (request.status < 400 && request.responseURL !== form.action)) {
      location.assign(redirect ?? request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.getElementById("main");
    if (!main) return stop(form, [...page.body.childNodes]);
    document.title = page.title;
    document.getElementById("main").replaceChildren(...main.childNodes);
    document.querySelector("[data-takes-focus]")?.focus();
  }

  function stop(form, nodes) {
    part(form, "progress").hidden = true;
    part(form, "problem").replaceChildren(...nodes);
    form.dispatchEvent(new Event("submit:over", { bubbles: true }));
    part(form, "problem").querySelector("[tabindex]")?.focus();
  }

  function sentence(words) {
    const box = document.createElement("p");
    Object.assign(box, { className: "error-summary", tabIndex: -1, textContent: words });
    return box;
  }

  const say = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));
  const part = (form, name) => form.querySelector(`[data-upload-${name}]`);
  document.addEventListener("submit", send);
}
