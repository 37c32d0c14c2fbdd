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
  if ("showsKeys" in wanted.dataset) { showKeys(wanted.href); return; }
  const opens = wanted.dataset.opens && document.getElementById(wanted.dataset.opens);
  if (opens) opens.open = true;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(wanted.tagName) && wanted.type !== "checkbox") { wanted.focus(); return; }
  wanted.click();
});

// The keys of a page are shown over it, so that nothing typed there is lost; they are read from the page of all keys.
const showKeys = async (address) => {
  const answer = await fetch(address).catch(() => null);
  if (!answer || !answer.ok || document.querySelector("dialog[open]")) return;
  const all = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll(".keys tbody tr");
  const here = new Set([...document.querySelectorAll("[data-key]")].filter(seen).map((node) => node.dataset.key));
  const made = (tag, words, ...inside) => {
    const node = document.createElement(tag);
    node.append(words, ...inside);
    return node;
  };
  const rows = [...all].map((row) => [row.querySelector("input").value, row.querySelector("label").textContent])
    .filter(([key]) => here.has(key)).map(([key, title]) => made("div", "", made("dt", "", made("kbd", key)), made("dd", title)));
  const close = made("button", "Close"), title = made("h2", "Keys of this page");
  const shown = made("dialog", "", title, made("dl", "", ...rows), close);
  shown.className = "keys-here";
  title.id = "keys-here";
  shown.setAttribute("aria-labelledby", title.id);
  close.type = "button";
  close.addEventListener("click", () => shown.close());
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
};

// A form is sent once: a second click while it is under way does nothing (the server would take it once in any case).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); event.stopPropagation(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
}, true);

// Text that was typed into a form of a study and not sent yet, or was refused and given back: before the page is left for
// another, the browser asks. A link is then followed by the browser itself, for what htmx brings in comes unasked.
const typedInto = new WeakSet();
document.addEventListener("input", (event) => typedInto.add(event.target));
const unsent = () => !document.querySelector("form[data-sent]") && (document.querySelector(".refused")
  || [...document.querySelectorAll("form[method=post][action^='/studies/']")].some((form) => [...form.elements].some((field) =>
    /^text(area)?$/.test(field.type) && field.name && typedInto.has(field) && field.value !== field.defaultValue)));
addEventListener("beforeunload", (event) => { if (unsent()) event.preventDefault(); });
document.addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("a[href]") && unsent()) event.stopPropagation();
}, true);

// Where the next act is. Below what is to be read first it is no autofocus, which would scroll a phone past it.
const nextAct = () => document.querySelector("#main [autofocus], #main [data-focus]");

// Times stand in UTC where there is no script; here they go by the reader's own clock, also in lists to choose from.
const byOwnClock = (within) => {
  const two = (number) => String(number).padStart(2, "0");
  for (const node of within.querySelectorAll("time[datetime], option[data-at]")) {
    const said = node.dateTime || node.dataset.at, at = new Date(said);
    if (Number.isNaN(at.getTime())) continue;
    const here = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
    node.textContent = node.dataset.at ? node.textContent.replace(/\([^()]* UTC\)$/, `(${here})`) : here;
    node.title = said;
  }
};
byOwnClock(document);
document.addEventListener("htmx:afterSettle", () => byOwnClock(document));

// After a page has come in by htmx: focus goes where the next act is, and a screen reader hears which page it is.
const settle = () => {
  const next = nextAct() || document.getElementById("main");
  const place = (location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))))
    || document.querySelector("#main [data-place]");
  if (place) { place.scrollIntoView({ block: "center" }); place.focus({ preventScroll: true }); }
  else { window.scrollTo(0, 0); if (next) next.focus({ preventScroll: true }); }
  const said = document.getElementById("said");
  if (said) said.textContent = (document.querySelector(".done") || {}).textContent || document.title;
};
document.addEventListener("htmx:afterSettle", settle);

// A page opens at its top, with the quote in view: the button that has the focus may stand far below on a phone.
addEventListener("load", () => {
  const [how] = performance.getEntriesByType("navigation");
  const led = location.hash || document.querySelector("#main [data-place]");
  const next = nextAct();
  if (next && !led && document.activeElement === document.body) next.focus({ preventScroll: true });
  if (how && how.type === "navigate" && !led) window.scrollTo(0, 0);
});
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

// A field that finds codes among boxes: Enter ticks the one that is meant, and the field is free for the next.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.dataset || !field.dataset.ticks || !field.value.trim()) return;
  const wanted = field.value.trim().toLowerCase();
  const boxes = [...document.querySelectorAll(`#${field.dataset.ticks} [data-name]`)];
  const named = (fits) => boxes.filter((box) => fits(box.dataset.name.toLowerCase()));
  const found = [named((name) => name === wanted), named((name) => name.startsWith(wanted)), named((name) => name.includes(wanted))]
    .find((some) => some.length === 1);
  if (!found) return;
  event.preventDefault();
  found[0].checked = true;
  found[0].scrollIntoView({ block: "nearest" });
  field.value = "";
});

// A transcript, to those who may correct it: a turn is chosen by its number (with Shift: through which turn), and the
// form that corrects it comes to it. Up and down go from number to number.
const numbers = () => [...document.querySelectorAll("a[data-turn]")];
const choose = (number, extends_) => {
  const desk = document.getElementById("correcting");
  const turn = Number(number.dataset.turn);
  const [from, through, question] = ["from", "through", "question"].map((name) => document.getElementById(name));
  if (extends_) {
    const anchor = Number(desk.dataset.anchor || from.value);
    from.value = Math.min(anchor, turn);
    through.value = Math.max(anchor, turn);
  } else {
    desk.dataset.anchor = from.value = through.value = turn;
    question.value = number.dataset.question;
    number.closest("li").querySelector(".spoken").append(desk);
    const out = "omitted" in number.dataset, form = document.getElementById("omitting");
    form.hidden = false;
    form.elements.turn.value = turn;
    form.elements.omit.value = out ? "no" : "yes";
    form.querySelector("button span").textContent = out ? `Take turn ${turn} back in` : `Leave turn ${turn} out`;
    for (const node of numbers()) node.removeAttribute("aria-current");
    number.setAttribute("aria-current", "true");
    for (const form of desk.querySelectorAll("[name=back]")) form.value = `${location.pathname}?turn=${turn}`;
    confirmable(number.closest(".stretch"));
  }
  for (const node of numbers()) {
    const at = Number(node.dataset.turn);
    node.closest("li").classList.toggle("chosen", Number(from.value) <= at && at <= Number(through.value));
  }
  number.focus();
  const said = document.getElementById("said");
  if (said) said.textContent = from.value === through.value ? `Turn ${turn}` : `Turns ${from.value} to ${through.value}`;
};
// The key that says "it is right" goes with the chosen turn to its span.
const confirmable = (stretch) => {
  const buttons = [...document.querySelectorAll(".confirm")];
  const keyed = buttons.find((button) => button.dataset.key);
  const next = stretch.querySelector(".confirm");
  if (!keyed || keyed === next) return;
  const shown = keyed.querySelector("kbd");
  if (next) { next.dataset.key = keyed.dataset.key; if (shown) next.append(" ", shown); }
  else if (shown) shown.remove();
  delete keyed.dataset.key;
};
document.addEventListener("click", (event) => {
  const number = event.target.closest && event.target.closest("a[data-turn]");
  if (!number || event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("correcting")) return;
  event.preventDefault();
  event.stopPropagation();
  choose(number, event.shiftKey);
}, true);
document.addEventListener("keydown", (event) => {
  const number = event.target.closest && event.target.closest("a[data-turn]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!number || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = numbers();
  const next = all[all.indexOf(number) + step];
  if (!next) return;
  event.preventDefault();
  if (event.shiftKey) choose(next, true); else next.focus();
});

// Where a question span begins is dragged to another turn, with mouse, pen or finger; dropping sends the form beside
// the handle. Escape lets go. (The two buttons beside it do the same a turn at a time, without any script.)
document.documentElement.classList.add("scripted");
let drag = null;
const endDrag = () => {
  if (!drag) return;
  if (drag.over) drag.over.closest("li").classList.remove("drop");
  cancelAnimationFrame(drag.frame);
  const ended = drag;
  drag = null;
  return ended;
};
const dragTo = () => {
  if (!drag) return;
  const edge = 70, speed = drag.y < edge ? drag.y - edge : Math.max(0, drag.y - (innerHeight - edge));
  if (speed) scrollBy(0, speed / 4);
  const over = numbers().find((node) => node.closest("li").getBoundingClientRect().bottom > drag.y) || drag.over;
  if (over !== drag.over) {
    if (drag.over) drag.over.closest("li").classList.remove("drop");
    over.closest("li").classList.add("drop");
    drag.over = over;
  }
  drag.frame = requestAnimationFrame(dragTo);
};
document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest && event.target.closest("[data-begins]");
  if (!handle || event.button) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  drag = { handle, y: event.clientY, from: event.clientY, over: null };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  drag.y = event.clientY;
  if (!drag.frame && Math.abs(drag.y - drag.from) > 4) dragTo();
});
document.addEventListener("pointerup", () => {
  const ended = endDrag();
  if (!ended || !ended.over || ended.over.dataset.turn === ended.handle.dataset.begins) return;
  const form = ended.handle.form, to = document.createElement("input");
  to.type = "hidden";
  to.name = "to";
  to.value = ended.over.dataset.turn;
  form.append(to);
  form.requestSubmit();
});
document.addEventListener("pointercancel", endDrag);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") endDrag(); });

// The codebook: a code dragged onto another stands under it; the form that does so without dragging is filled and sent.
let carriedCode = "";
let carriedFrom = "";
const placeUnder = (event) => carriedCode && event.target.closest && event.target.closest("[data-under]");
document.addEventListener("dragstart", (event) => {
  const node = event.target.closest && event.target.closest("[data-code]");
  if (!node || !document.getElementById("place")) return;
  carriedCode = node.dataset.code;
  const above = node.closest("ul").closest("li");
  carriedFrom = above ? above.querySelector("[data-code]").dataset.code : "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  node.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const place = placeUnder(event);
  for (const other of document.querySelectorAll(".under")) if (other !== place) other.classList.remove("under");
  if (!place || [carriedCode, carriedFrom].includes(place.dataset.under)) return;
  event.preventDefault();
  place.classList.add("under");
});
document.addEventListener("drop", (event) => {
  const place = placeUnder(event);
  const form = document.getElementById("place");
  if (!place || !form) return;
  event.preventDefault();
  for (const option of form.elements.code.options) option.selected = option.value.startsWith(`${carriedCode}@`);
  form.elements.parent.value = place.dataset.under;
  form.requestSubmit();
});
document.addEventListener("dragend", () => {
  carriedCode = "";
  for (const node of document.querySelectorAll(".dragged, .under")) node.classList.remove("dragged", "under");
});

// While a run goes on, the overview renews itself in its place: focus, scroll and what was chosen stay as they are, and
// only the end of a run is said. A page left open does so for an hour, or it would keep somebody signed in for ever.
const EVERY = 3000;
const putIn = (region, fresh) => {
  byOwnClock(fresh);
  for (const place of [region, fresh]) for (const node of place.querySelectorAll("[autofocus]")) node.removeAttribute("autofocus");
  if (region.innerHTML === fresh.innerHTML) return;
  const held = region.contains(document.activeElement) && region !== document.activeElement && document.activeElement;
  if (held && held.tagName !== "A") return; // somebody is about to choose or to send: they come first
  const chosen = region.querySelector("select"), wanted = chosen && chosen.value;
  region.replaceChildren(...fresh.childNodes);
  const option = wanted && [...region.querySelectorAll("option")].find((node) => node.value === wanted && !node.disabled);
  if (option) option.selected = true;
  if (window.htmx) window.htmx.process(region);
  if (!held) return;
  const same = [...region.querySelectorAll("a")].find((node) => node.getAttribute("href") === held.getAttribute("href"));
  (same || region).focus({ preventScroll: true });
};
const renew = async () => {
  const page = document.querySelector("[data-renews]");
  if (!page || document.hidden || document.querySelector("form[data-sent]")) return;
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer || !page.isConnected) return;
  page.renewals = (page.renewals || 0) + 1;
  const text = answer.ok && !answer.redirected && page.renewals * EVERY < 3600000 ? await answer.text() : "";
  const news = new DOMParser().parseFromString(text, "text/html");
  if (!page.isConnected) return;
  const going = [...page.querySelectorAll("[data-goes-on]")].map((row) => row.dataset.run);
  if (text) for (const region of document.querySelectorAll("[data-fresh]")) {
    const fresh = news.getElementById(region.id);
    if (fresh) putIn(region, fresh);
  }
  const rows = [...page.querySelectorAll("[data-run]:not([data-goes-on])")].filter((row) => going.includes(row.dataset.run));
  const said = document.getElementById("said");
  if (said && rows.length) said.textContent = rows.map((row) => row.textContent.replace(/\s+/g, " ").trim()).join(". ");
  if (!news.querySelector("[data-renews]")) page.removeAttribute("data-renews");
};
const renewing = async () => { try { await renew(); } finally { setTimeout(renewing, EVERY); } };
setTimeout(renewing, EVERY);
