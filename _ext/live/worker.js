/* Runs in a worker: loads Pyodide when the first cell comes, then runs one cell after another. */

const APPENDABLE = ["text", "warning"]; // kinds of output that come in small pieces

let booted = null; // a promise of Pyodide and the runner

/** What keeps a cell from running; messages.js puts it into words. */
class Failure extends Error {
  constructor(reason, subject = "") {
    super(reason);
    this.reason = reason;
    this.subject = subject; // what could not be loaded
  }
}

onmessage = async ({ data: cell }) => {
  const output = new Output();
  let result;
  try {
    output.step("Loading Python, about 10 MB, the first time only …");
    booted ??= boot(cell);
    const { pyodide, runner } = await booted.catch((failure) => {
      booted = null; // the next cell tries again
      throw failure;
    });
    for (const code of [cell.imports, cell.code]) await provide(pyodide, runner, code, output);
    output.step("Running …");
    result = { ok: execute(runner, cell, output) };
  } catch (failure) {
    const { reason, subject } = failure;
    const known = failure instanceof Failure;
    result = { failure: known ? { reason, subject } : { reason: "crashed", subject: `${failure}` } };
  }
  output.flush();
  postMessage({ kind: "end", value: result });
};

async function boot({ pyodide: address, wheel, runner: runnerAddress }) {
  let pyodide;
  try {
    const { loadPyodide } = await import(`${address}pyodide.mjs`);
    pyodide = await loadPyodide({ indexURL: address });
  } catch {
    throw new Failure("python");
  }
  const [archive, runner] = await Promise.all([fetched(wheel), fetched(runnerAddress)]);
  pyodide.unpackArchive(archive, "wheel");
  pyodide.FS.mkdirTree("/live");
  pyodide.FS.writeFile("/live/runner.py", new Uint8Array(runner));
  // There is no screen to draw on: figures are made as images.
  pyodide.runPython(
    "import os, sys; os.environ['MPLBACKEND'] = 'agg'; sys.path.append('/live')",
  );
  return { pyodide, runner: pyodide.pyimport("runner") };
}

async function fetched(address) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Failure("site", address.split("/").pop().split("?")[0]);
  return response.arrayBuffer();
}

/** Loads the packages that the code imports, those which dlbook imports in its turn included. */
async function provide(pyodide, runner, code, output) {
  const tried = new Set();
  for (let module; (module = runner.missing_module(code)); ) {
    const name = packageOf(pyodide, module.split(".")[0]);
    if (!name) throw new Failure("absent", module);
    if (tried.has(name)) throw new Failure("package", name);
    tried.add(name);
    output.step(`Loading ${name} …`);
    const quiet = { messageCallback() {}, errorCallback() {} };
    // Where loading fails, the module is still missing and the loop says so.
    await pyodide.loadPackage(name, quiet).catch(() => {});
  }
}

/** The name of the package of Pyodide's collection that holds a module (PIL: pillow). */
function packageOf(pyodide, module) {
  const packages = Object.entries(pyodide.lockfile.packages);
  return packages.find(([, { imports }]) => imports?.includes(module))?.[0];
}

function execute(runner, cell, output) {
  const emit = (kind, value) => output.write(kind, value);
  // The lines that the notebook has elsewhere show nothing, unless they fail.
  const quiet = (kind, value) => kind === "error" && output.write(kind, value);
  return runner.run(cell.imports, "Imports", quiet) && runner.run(cell.code, cell.name, emit);
}

/** Sends what a cell shows to the page, small pieces gathered: each message costs time there. */
class Output {
  constructor() {
    this.kind = "";
    this.text = "";
    this.sent = performance.now();
  }

  step(value) {
    postMessage({ kind: "step", value });
  }

  write(kind, value) {
    if (kind !== this.kind) this.flush();
    this.kind = kind;
    this.text += value;
    const due = this.text.length > 2000 || performance.now() - this.sent > 100;
    if (due || !APPENDABLE.includes(kind)) this.flush();
  }

  flush() {
    if (this.text) postMessage({ kind: this.kind, value: this.text });
    this.text = "";
    this.sent = performance.now();
  }
}
