/* What readers are told when a cell cannot run. */

const LIBRARIES = { torch: "PyTorch", tensorflow: "TensorFlow", keras: "Keras" };
const PARTS = { "dlbook.models.pytorch": "torch", "dlbook.models.keras": "keras" };

/** Puts a failure of the worker into words. */
export function explain({ reason, subject }, { pyodide }) {
  const host = new URL(pyodide).host;
  switch (reason) {
    case "python":
      return `Python could not be loaded from ${host}. ${connection()}`;
    case "package":
      return `The package ${subject} could not be loaded from ${host}. ${connection()}`;
    case "site":
      return `The file ${subject} of this site could not be loaded. ${connection()}`;
    case "worker":
      return `The script that starts Python could not be loaded. ${connection()}`;
    case "absent":
      return `${libraryOf(subject)} does not run in the browser. Open the chapter ${elsewhere()}.`;
    default:
      return `Python broke down, and all variables are lost (${subject}). Press Run to start anew.`;
  }
}

/** The module that a traceback's last line misses, or null. */
export function missingModule(traceback) {
  const last = traceback.trimEnd().split("\n").pop();
  const found =
    last.match(/^ModuleNotFoundError: .*?'([\w.]+)'/) ??
    last.match(/MissingPackageError: ([\w.]+): expected to be installed/);
  return found?.[1] ?? null;
}

function connection() {
  return navigator.onLine
    ? "Check your connection, then press Run again."
    : "You are offline: connect to the network, then press Run again.";
}

function libraryOf(module) {
  const part = Object.keys(PARTS).find((name) => module.startsWith(name));
  const root = part ? PARTS[part] : module.split(".")[0];
  return LIBRARIES[root] ?? `The package ${root}`;
}

function elsewhere() {
  const launchers = 'a[href*="mybinder.org/"], a[href*="colab.research.google.com/"]';
  const own = "on your own machine";
  const launch = `on Binder or in Colab (the rocket at the top of the page) or ${own}`;
  return document.querySelector(launchers) ? launch : own;
}
