"""What on a page stands in somebody's way: found by axe, and by looking at sizes and headings."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}, "landmark-unique": {"enabled": True}},
}
MEASURED = """() => {
  const found = [];
  const heads = document.querySelectorAll("h1").length;
  if (heads !== 1) found.push(`${heads} h1`);
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`${wide} px wide on a screen of ${innerWidth}`);
  const targets = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const node of document.querySelectorAll(targets)) {
    const inText = node.tagName.toLowerCase() === "a" && getComputedStyle(node).display === "inline";
    if (inText || !node.checkVisibility()) continue;
    const {width, height, right} = (node.closest("label") || node).getBoundingClientRect();
    if (right > 0 && Math.min(width, height) < 23.99) {
      found.push(`${width.toFixed(1)} x ${height.toFixed(1)} px: ${node.outerHTML.slice(0, 120)}`);
    }
  }
  return found;
}"""


def barriers(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA that a machine can find, parts of a page that are called alike, small targets, wrong
    headings, scrolling sideways."""
    broken = Axe().run(page, options=RULES).response["violations"]
    named = [f"{rule['id']}: {node['html'][:160]}" for rule in broken for node in rule["nodes"][:3]]
    return [f"{page.url}: {item}" for item in (*named, *page.evaluate(MEASURED))]
