// The little script of the screens: htmx, copying, panels that close. Everything works without it, more slowly.
import "htmx.org/dist/htmx.min.js";

document.documentElement.classList.add("js");

// a copy button says so for two seconds
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.getAttribute("aria-label");
  button.classList.add("copied");
  button.setAttribute("aria-label", button.dataset.copied);
  setTimeout(() => {
    button.classList.remove("copied");
    button.setAttribute("aria-label", words);
  }, 2000);
});

// panels close with Escape, with their own button, and when the reader goes elsewhere
const panels = () => document.querySelectorAll("details[data-popover][open]");
const close = (panel) => {
  panel.open = false;
  panel.querySelector("summary").focus();
};
document.addEventListener("click", (event) => {
  for (const panel of panels()) {
    if (event.target.closest("[data-close]") && panel.contains(event.target)) close(panel);
    else if (!panel.contains(event.target)) panel.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") panels().forEach(close);
});

// the reader is led to the errors of a form
document.querySelector("[data-focus]")?.focus();

// a form is sent once, however often its button is pressed
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 4000);
});

// number keys choose an answer of the question at hand, the first open one if none is, and go on to the next
document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-digits]");
  if (!list || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
  if (event.target.closest("input:not([type=radio]), select, textarea")) return;
  const questions = [...list.querySelectorAll("fieldset")];
  const open = questions.find((one) => !one.querySelector("input:checked"));
  const now = document.activeElement.closest("[data-digits] fieldset") ?? open;
  const choice = now?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  choice.click();
  const next = questions[questions.indexOf(now) + 1];
  (next?.querySelector("input:checked, input[type=radio]") ?? document.querySelector("[data-digits-end]"))?.focus();
});
