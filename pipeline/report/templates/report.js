"use strict";
// A quote's place may be inside a closed transcript: open it, then go there.
function goTo() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  place.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", goTo);
if (location.hash.startsWith("#seg-")) goTo();
if (matchMedia("(max-width: 68rem)").matches) document.querySelector(".contents details").open = false;
