/* Puts Run, Edit, Reset and Stop below the live cells of a page.

   This is the only script that is loaded with the page. What a press of a button needs comes with
   the first press, so readers who never run anything pay nothing for it. It is no module, unlike
   the others: browsers do not load modules from file://, and a reader who opened the page as a
   file shall be told why the buttons do not work. */
(() => {
  "use strict";
  const folder = new URL(".", document.currentScript.src);
  const AS_FILE =
    "A page opened as a file may not start Python. Serve the site (make serve) or read it online.";
  const NOT_LOADED =
    "The scripts behind this button could not be loaded. Check your connection and reload the page.";

  // Class names stand here in full: the build drops the style rules of those it finds nowhere.
  const BUTTONS = { Run: "live-run", Stop: "live-stop", Edit: "live-edit", Reset: "live-reset" };

  const config = JSON.parse(document.getElementById("live-cells").textContent);
  const cells = [...document.querySelectorAll("div.cell.tag_live")];
  const bars = cells.map(makeBar);
  let page; // a promise, once a button was pressed

  function makeBar(cell, index) {
    const number = index + 1;
    const bar = document.createElement("div");
    bar.className = "live-bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", `Live cell ${number}`);
    const status = document.createElement("span");
    status.className = "live-status";
    status.setAttribute("role", "status"); // read out, politely, whenever its text changes
    const buttons = {};
    for (const [name, look] of Object.entries(BUTTONS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `live-button ${look}`;
      button.textContent = name;
      button.setAttribute("aria-label", `${name} cell ${number}`);
      button.addEventListener("click", () => press(name.toLowerCase(), index));
      buttons[name.toLowerCase()] = button;
      bar.append(button);
    }
    buttons.stop.hidden = buttons.reset.hidden = true; // until there is something to stop, to reset
    bar.append(status);
    const input = cell.querySelector(".cell_input");
    const top = input.closest("details") ?? input; // folded code: the buttons stay in sight
    top.after(bar);
    cell.id ||= `live-cell-${number}`;
    return { cell, bar, buttons, status };
  }

  async function press(action, index) {
    const { status } = bars[index];
    if (location.protocol === "file:") {
      status.textContent = AS_FILE;
      return;
    }
    page ??= import(new URL("page.js", folder)).then((module) => module.open(config, bars, folder));
    try {
      (await page)[action](index);
    } catch {
      page = undefined; // the next press tries again
      status.textContent = NOT_LOADED;
    }
  }
})();
