"""What a person sees on a page: controls found by the words they carry, whether the next page is there yet."""

from __future__ import annotations

from playwright.sync_api import ElementHandle, Page

FIND = """([kind, name, after]) => {
  const kinds = {
    link: "a[href]", button: "button", summary: "summary", box: "input[type=checkbox], input[type=radio]",
    field: "input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea, select",
  };
  const plain = (text) => text.replace(/\\s+/g, " ");
  const bare = (node) => {
    const copy = node.cloneNode(true);
    for (const key of copy.querySelectorAll("kbd, [aria-hidden]")) key.remove();
    return copy.textContent;
  };
  const labelled = (node) => [...(node.labels || [])].map(bare).join(" ");
  const words = (node) => plain(node.getAttribute("aria-label") || labelled(node) || bare(node)).trim();
  const shown = (node) => node.checkVisibility() && !node.disabled && node.getAttribute("aria-hidden") !== "true";
  let begins = null;
  if (after) {
    const talk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (talk.nextNode()) {
      const node = talk.currentNode;
      if (!plain(node.textContent).includes(after) || !node.parentElement.checkVisibility()) continue;
      begins = node;
      break;
    }
    if (!begins) return null;
  }
  const follows = (node) => !begins || begins.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const all = [...document.querySelectorAll(kinds[kind])].filter((node) => shown(node) && follows(node));
  return all.find((node) => words(node) === name) || all.find((node) => words(node).startsWith(name)) || null;
}"""
MARK = "() => { document.querySelector('main').before_ = true; }"
ARRIVED = """() => {
  const main = document.querySelector("main");
  return main && !main.before_ && document.readyState === "complete"
    && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling");
}"""
KEY_SHOWN = """(node) => {
  const places = [node, ...(node.labels || [])];
  const key = places.map((place) => place.querySelector("kbd")).find((found) => found);
  return key ? key.textContent.trim() : "";
}"""


def look_for(page: Page, kind: str, name: str, after: str = "") -> ElementHandle:
    """The first control of its kind that carries these words, below the words `after` where they are given."""
    found = page.evaluate_handle(FIND, [kind, name, after]).as_element()
    assert found, f"no {kind} “{name}”{f' after “{after}”' if after else ''} at {page.url}\n{text_of(page)[:1500]}"
    return found


def is_shown(page: Page, kind: str, name: str, after: str = "") -> bool:
    return page.evaluate_handle(FIND, [kind, name, after]).as_element() is not None


def text_of(page: Page) -> str:
    return page.evaluate("() => document.querySelector('main').innerText")


def heading(page: Page) -> str:
    return page.evaluate("() => document.querySelector('h1').textContent.trim()")


def mark_in_view(page: Page) -> bool:
    """Whether a lit quote stands on the screen."""
    return page.evaluate("""() => [...document.querySelectorAll("mark")].some((node) => {
      const place = node.getBoundingClientRect();
      return place.height > 0 && place.top >= 0 && place.bottom <= innerHeight;
    })""")


def wait_for_page(page: Page) -> None:
    page.wait_for_function(ARRIVED, timeout=60_000)
