/* Draw the formulas of the page with KaTeX. Both scripts are deferred, so the page is parsed. */
for (const element of document.querySelectorAll(".math.notranslate")) {
  const tex = element.textContent;
  const options = { displayMode: element.tagName === "DIV", strict: "ignore", throwOnError: true };
  try {
    katex.render(tex, element, options);
  } catch (error) {
    // A reader gets the source in red; the browser tests fail on the console message.
    console.error(`KaTeX: ${error.message} in ${tex}`);
    katex.render(tex, element, { ...options, throwOnError: false });
  }
}
/* Where a formula is the whole heading of a column, its letters are the heading's name: not every
   screen reader knows MathML. */
for (const math of document.querySelectorAll("th math")) {
  math.setAttribute("aria-label", math.querySelector("semantics").firstChild.textContent);
}
/* A browser may break a line behind any formula; a full stop or a colon stays with it. */
for (const element of document.querySelectorAll("span.math.notranslate")) {
  const text = element.nextSibling;
  const marks = text?.nodeType === Node.TEXT_NODE ? text.data.match(/^[.,;:!?)\]”’]+/) : null;
  if (marks) {
    const kept = document.createElement("span");
    kept.className = "math-and-mark";
    element.before(kept);
    kept.append(element, marks[0]);
    text.data = text.data.slice(marks[0].length);
  }
}
