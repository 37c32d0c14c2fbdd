// The one script of the site. Every page works without it; it adds single keys, focus, and dragging of boundaries.
"use strict";

const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName)
  && !/^(checkbox|radio|button|submit)$/.test(node.type));

const seen = (node) => node.getClientRects().length > 0;

// Single keys: what a page offers under a key stands in its data-key; a person can change or switch them off (/keys).
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (typing(event.target) || document.querySelector("dialog[open]") || event.repeat) return;
  const key = event.key.toLowerCase();
  const wanted = [...document.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key && seen(node));
  if (!wanted) return;
  event.preventDefault();
  const opens = wanted.dataset.opens && document.getElementById(wanted.dataset.opens);
  if (opens) opens.open = true;
  const focuses = wanted.dataset.focuses && document.getElementById(wanted.dataset.focuses);
  if (focuses) { focuses.focus(); if (focuses.select) focuses.select(); return; }
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(wanted.tagName) && wanted.type !== "checkbox") { wanted.focus(); return; }
  wanted.click();
});

// A form is sent once: a second click while it is under way does nothing (the server would take it once in any case).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); event.stopPropagation(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
}, true);

// After a page has come in by htmx: focus goes where the next act is, and a screen reader hears which page it is.
const settle = () => {
  const next = document.querySelector("#main [autofocus]") || document.getElementById("main");
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (place) { place.scrollIntoView({ block: "center" }); place.focus({ preventScroll: true }); }
  else { window.scrollTo(0, 0); if (next) next.focus({ preventScroll: true }); }
  const said = document.getElementById("said");
  if (said) said.textContent = (document.querySelector(".done") || {}).textContent || document.title;
};
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:sendError", () => {
  const said = document.getElementById("said");
  if (!said) return;
  said.className = "lost";
  said.textContent = "The site cannot be reached. What you sent last may not have been taken: try again, it counts once.";
});
document.addEventListener("htmx:afterRequest", (event) => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  const said = document.getElementById("said");
  if (event.detail.successful && said) said.className = "unseen";
});
