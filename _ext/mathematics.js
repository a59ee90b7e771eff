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
