/* One live cell: its code, the editor, and what it shows. */

const LOOKS = {
  text: "live-text",
  warning: "live-warning",
  value: "live-value",
  error: "live-error",
  note: "live-note",
};

export class Cell {
  constructor({ cell, bar, buttons, status }, number, { imports, mayFail }) {
    this.name = `Cell ${number}`;
    this.imports = imports; // lines that the notebook has elsewhere
    this.mayFail = mayFail; // cells that show an error on purpose do not hold up those below
    Object.assign(this, { cell, bar, buttons, status });
    this.printed = cell.querySelector(".cell_input div.highlight"); // the code as on the page
    this.original = this.printed.querySelector("pre").textContent.replace(/\n$/, "");
    this.stored = [...cell.querySelectorAll(".cell_output")];
    this.alt = cell.querySelector(".cell_output img")?.alt ?? "";
    this.output = element("div", "cell_output live-output");
    this.output.hidden = true;
    bar.after(this.output);
    this.editor = null; // made when it is first needed
    this.ran = null; // number and code of the last run
    this.busy = false;
    this.onChange = this.onRun = () => {};
  }

  get code() {
    return this.editor ? this.editor.value : this.original;
  }

  // --- editing -----------------------------------------------------------------------------------

  edit() {
    if (!this.editor) this.makeEditor();
    const folded = this.printed.closest("details");
    if (folded) folded.open = true;
    this.showEditor(true);
    this.editor.focus();
  }

  makeEditor() {
    this.editor = element("textarea", "live-editor");
    Object.assign(this.editor, { value: this.original, spellcheck: false, wrap: "off" });
    this.editor.autocapitalize = "off";
    this.editor.setAttribute("aria-label", `Code of ${this.name.toLowerCase()}`);
    this.hint = element("p", "live-hint", "Shift + Enter runs the cell, Esc leaves the editor.");
    this.hint.id = `${this.cell.id}-hint`;
    this.editor.setAttribute("aria-describedby", this.hint.id);
    this.editor.addEventListener("input", () => this.changed());
    this.editor.addEventListener("keydown", (event) => this.key(event));
    this.printed.after(this.editor, this.hint);
    this.fit();
  }

  showEditor(visible) {
    this.editor.hidden = this.hint.hidden = !visible;
    this.printed.hidden = visible;
  }

  changed() {
    this.fit();
    this.offerReset();
    this.onChange();
  }

  fit() {
    this.editor.rows = this.editor.value.split("\n").length;
  }

  key(event) {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.onRun();
    } else if (event.key === "Escape") {
      // Tab indents here, so there has to be another way out with the keyboard.
      if (this.code === this.original) this.showEditor(false);
      this.buttons.run.focus();
    } else if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.type("    ");
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const line = this.editor.value.slice(0, this.editor.selectionStart).split("\n").pop();
      this.type("\n" + line.match(/^ */)[0] + (/:\s*$/.test(line) ? "    " : ""));
    }
  }

  /** Types for the reader. execCommand is out of fashion, but alone it keeps Undo working. */
  type(text) {
    if (document.execCommand("insertText", false, text)) return;
    const { selectionStart, selectionEnd } = this.editor;
    this.editor.setRangeText(text, selectionStart, selectionEnd, "end");
    this.changed();
  }

  reset() {
    if (this.busy) return;
    if (this.editor) {
      this.editor.value = this.original;
      this.fit();
      this.showEditor(false);
    }
    this.output.replaceChildren();
    this.showStored(true);
    this.say("");
    if (document.activeElement === this.buttons.reset) this.buttons.edit.focus();
    this.offerReset();
  }

  offerReset() {
    this.buttons.reset.hidden = this.code === this.original && this.output.hidden;
  }

  // --- running -----------------------------------------------------------------------------------

  begin() {
    this.busy = true;
    this.swap(this.buttons.run, this.buttons.stop);
    this.say("Waiting …");
  }

  end() {
    this.busy = false;
    this.swap(this.buttons.stop, this.buttons.run);
  }

  /** Shows one button in place of another; the keyboard's focus stays on that place. */
  swap(old, next) {
    const focused = document.activeElement === old;
    next.hidden = false;
    old.hidden = true;
    if (focused) next.focus();
  }

  say(text) {
    this.status.classList.remove("live-failed");
    this.status.textContent = text;
  }

  fail(text) {
    this.say(text);
    this.status.classList.add("live-failed");
  }

  // --- showing -----------------------------------------------------------------------------------

  clear() {
    this.output.replaceChildren();
    this.showStored(false);
    this.offerReset();
  }

  showStored(visible) {
    for (const part of this.stored) part.hidden = !visible;
    this.output.hidden = visible;
  }

  show(kind, value) {
    if (kind === "figure") {
      const image = element("img");
      image.src = `data:image/png;base64,${value}`;
      image.alt = this.describe();
      this.output.append(image);
    } else if (kind === "html") {
      const part = element("div", "live-html");
      part.innerHTML = value; // made by the reader's own code
      this.output.append(part);
    } else {
      this.write(kind, value);
    }
  }

  /** Appends to the text of the same kind, as in a notebook, or begins a new one. */
  write(kind, text) {
    const last = this.output.lastElementChild;
    const look = LOOKS[kind];
    const part = last?.className === look ? last : element(kind === "note" ? "p" : "pre", look);
    part.append(text);
    this.output.append(part);
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0; // scrolled with the arrow keys
  }

  describe() {
    if (!this.alt) return "Figure drawn by the code above.";
    if (this.code === this.original) return this.alt;
    return `Figure drawn by the changed code above. With the book's code: ${this.alt}`;
  }
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
