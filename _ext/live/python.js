/* Python in a worker, as seen from the page: start it, run code, stop it.

   A worker is the only place where code which never ends can be ended: the page stays alive, and
   the worker is thrown away with all its variables. */

export class Python {
  constructor(settings) {
    this.settings = settings;
    this.worker = null;
    this.epoch = 0; // counts how often everything was lost
    this.finish = null; // ends the run in progress
  }

  /** Runs a cell; `listen` gets what it shows, and the promise says how it ended:
      {ok: true or false}, {failure: …} if it could not run, or {stopped: true}. */
  run(cell, listen) {
    this.worker ??= this.start();
    return new Promise((resolve) => {
      this.finish = (result) => {
        this.finish = null;
        resolve(result);
      };
      this.worker.onmessage = ({ data }) => {
        if (data.kind === "end") this.finish?.(data.value);
        else listen(data);
      };
      const { pyodide, wheel, runner } = this.settings;
      this.worker.postMessage({ ...cell, pyodide, wheel, runner });
    });
  }

  start() {
    const worker = new Worker(this.settings.worker, { type: "module" });
    worker.onerror = (event) => {
      event.preventDefault();
      this.discard();
      this.finish?.({ failure: { reason: "worker" } });
    };
    return worker;
  }

  /** Ends whatever runs. */
  stop() {
    this.discard();
    this.finish?.({ stopped: true });
  }

  discard() {
    this.worker?.terminate();
    this.worker = null;
    this.epoch += 1;
  }
}
