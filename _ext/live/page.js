/* The live cells of a page as one program: its state is always that of a run from top to bottom.

   Each run of a cell gets a number, counted up. A cell is up to date if it ran with the code that
   it has now and later than all cells above it; where one is not, neither are those below. So
   what has to run before a cell is everything from the first one which is not up to date. */
import { Cell } from "./cell.js";
import { explain, missingModule } from "./messages.js";
import { Python } from "./python.js";

const STOPPED = "Stopped. All variables are lost: the next run begins with the first live cell.";

/** Called at the first press of a button; returns what the buttons do. */
export function open(config, bars, folder) {
  return new Page(config, bars, folder);
}

class Page {
  constructor(config, bars, folder) {
    this.cells = bars.map((bar, index) => new Cell(bar, index + 1, config.cells[index]));
    this.python = new Python({
      pyodide: new URL(config.pyodide, document.baseURI).href,
      wheel: new URL(config.wheel, document.baseURI).href,
      runner: new URL("runner.py", folder).href,
      worker: new URL("worker.js", folder),
    });
    this.runs = 0;
    this.waiting = Promise.resolve(); // cells asked for while another runs wait their turn
    for (const [index, cell] of this.cells.entries()) {
      cell.onChange = () => this.markOutdated();
      cell.onRun = () => this.run(index);
    }
  }

  edit(index) {
    this.cells[index].edit();
  }

  reset(index) {
    this.cells[index].reset();
    this.markOutdated();
  }

  stop() {
    this.python.stop();
    for (const cell of this.cells) {
      if (cell.ran && !cell.busy) cell.say("Out of date: Python was stopped.");
      cell.ran = null;
    }
  }

  run(index) {
    const cell = this.cells[index];
    if (cell.busy) return;
    cell.begin();
    const epoch = this.python.epoch;
    this.waiting = this.waiting
      .then(() => (this.python.epoch === epoch ? this.runUpTo(index) : cell.fail(STOPPED)))
      .catch(() => cell.fail(this.words({ reason: "worker" }))) // some browsers refuse workers
      .finally(() => cell.end());
  }

  async runUpTo(index) {
    const target = this.cells[index];
    for (let i = this.firstOutdated(index); i < index; i++) {
      target.say(`Running cell ${i + 1} above first …`);
      const result = await this.runOne(this.cells[i]);
      if (result.ok || (result.ok === false && this.cells[i].mayFail)) continue;
      if (result.stopped) target.fail(STOPPED);
      else target.fail(result.failure ? this.words(result.failure) : aboveFailed(i + 1));
      return;
    }
    await this.runOne(target);
    this.markOutdated();
  }

  async runOne(cell) {
    const code = cell.code;
    cell.clear();
    const begun = performance.now();
    const result = await this.python.run({ imports: cell.imports, code, name: cell.name }, (said) =>
      this.pass(said, cell),
    );
    if (result.stopped) {
      cell.fail(STOPPED);
    } else if (result.failure) {
      cell.fail(this.words(result.failure));
      if (result.failure.reason === "crashed") this.stop();
    } else {
      cell.ran = { number: ++this.runs, code };
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      if (result.ok) cell.say(`Done in ${seconds} s.`);
      else cell.fail("An error was raised: see the last line below.");
    }
    return result;
  }

  /** Hands on what the worker says about a running cell. */
  pass({ kind, value }, cell) {
    if (kind === "step") {
      cell.say(value);
      return;
    }
    cell.show(kind, value);
    const module = kind === "error" && missingModule(value);
    if (module) cell.show("note", this.words({ reason: "absent", subject: module }));
  }

  words(failure) {
    return explain(failure, this.python.settings);
  }

  /** Index of the first cell before `end` which is not up to date, or `end`. */
  firstOutdated(end) {
    let last = 0;
    for (let i = 0; i < end; i++) {
      const { ran, code } = this.cells[i];
      if (!ran || ran.code !== code || ran.number < last) return i;
      last = ran.number;
    }
    return end;
  }

  markOutdated() {
    const first = this.firstOutdated(this.cells.length);
    for (const cell of this.cells.slice(first)) {
      if (!cell.ran || cell.busy) continue;
      const changed = cell.ran.code !== cell.code;
      cell.say(changed ? "Changed: run it." : "Out of date: a cell above has changed or run since.");
    }
  }
}

function aboveFailed(number) {
  return (
    `Not run, because cell ${number} above raised an error. ` +
    "Mend it there, or press Run again to go on all the same."
  );
}
