"""The validation plugin fails where it must, and skips only what this machine cannot run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from validation.factory import Result, Session, code

# The smallest PNG there is: one transparent pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
SHOW = f'display({{"image/png": "{PIXEL}", "text/plain": "<Figure>"}}, raw=True)'


def shown(mime: str, value: str, *, plain: str = "<object>") -> NotebookNode:
    return new_output("display_data", data={mime: value, "text/plain": plain})


def figure(data: str = PIXEL) -> NotebookNode:
    return shown("image/png", data, plain="<Figure>")


def result(text: str) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


def stderr(text: str) -> NotebookNode:
    return new_output("stream", name="stderr", text=text)


def raised(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=["elsewhere"])


ERR = "import sys; sys.stderr.write('careful\\n');"
MACHINE_LOG = (
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1795218340.031298   16097 cudart_stub.cc:31] Could not find cuda drivers.\n"
)
SVG = '<p>map</p><svg width="{w}"><path d="M{w}"/><text x="{w}">{t}</text></svg>'
HTML = "display({{'text/html': {html!r}, 'text/plain': '<object>'}}, raw=True)"
APPROX = "print('loss 0.4000 after 20 steps')"


def html(stored: str, computed: str, name: str, tags: tuple[str, ...] = ()) -> NotebookNode:
    return code(HTML.format(html=computed), shown("text/html", stored), name=name, tags=tags)


# What is stored differs from what the code does as the names say.
GOOD = [
    code("print('a 1')\nprint('b 2')", "a 1\nb 2\n", name="print"),
    code("x = 3; x", result("3"), name="value"),
    code("x;", name="value silenced by a semicolon"),
    code("print(1); 2", "1\n", result("2"), name="print and value"),
    code("print('in two'); print('pieces')", "in two\n", "pieces\n", name="stream in pieces"),
    code(SHOW, figure(), name="figure"),
    code(SHOW, figure("AAAA"), name="figure with other pixels"),
    code("1 / 0", raised("ZeroDivisionError", "division by zero"), name="intended exception",
         tags=["raises-exception"]),
    code(ERR, stderr("careful\n"), name="stderr stored to the letter"),
    code("from IPython.display import clear_output; print(1); clear_output(); print(2)", "2\n",
         name="output cleared"),
    html(SVG.format(w=2, t="0.5"), SVG.format(w=2, t="0.5"), "drawing"),
    html(SVG.format(w=2, t="0.5"), SVG.format(w=2.01, t="0.5"), "drawing with other coordinates"),
    code(APPROX, "loss 0.4000 after 20 steps\n", tags=["approx"], name="approx, equal"),
    code(APPROX, "loss 0.3981 after 20 steps\n", tags=["approx"], name="approx, 0.5 % off"),
    code(APPROX, "loss 0.3800 after 20 steps\n", tags=["approx-0.1"], name="approx-0.1, 5 % off"),
    code(f"import os, time; os.write(2, {MACHINE_LOG!r}); time.sleep(0.5)",
         name="TensorFlow's log of the machine"),
    code("import os; print(os.environ['DLBOOK_VALIDATION'], os.environ['OMP_NUM_THREADS'])",
         "1 1\n", name="environment"),
]  # fmt: skip
BAD = [
    code("print('a 1')", "a 2\n", name="digit"),
    code("print('the loss falls')", "the loss rises\n", name="word"),
    code("print('a')", "a\nb\n", name="line gone"),
    code("print('a'); print('b')", "a\n", name="line added"),
    code("print('a ')", "a\n", name="space at the end"),
    code("print('a')", name="output added"),
    code("pass", "a\n", name="output gone"),
    code("3", result("4"), name="value"),
    code("3", "3\n", name="value stored as print"),
    code("pass", figure(), name="figure gone"),
    code(SHOW, figure(), figure(), name="one figure of two gone"),
    code(f"{SHOW}\n{SHOW}", figure(), name="figure added"),
    code("1 / 0", name="new exception",
         why="the cell raised an exception"),
    code("1 / 0", raised("ZeroDivisionError", "division by zero"), name="exception without tag",
         why="the cell raised an exception"),
    code("1 / 0", raised("ZeroDivisionError", "by nothing"), tags=["raises-exception"],
         name="other message"),
    code("pass", raised("ZeroDivisionError", "division by zero"), tags=["raises-exception"],
         name="exception gone"),
    code(ERR, name="new stderr"),
    code(ERR, stderr("danger\n"), name="other stderr"),
    code("pass", stderr("careful\n"), name="stderr gone"),
    code(ERR, tags=["approx"], name="new stderr in approx"),
    code("import os, time; os.write(2, b'careful\\n'); time.sleep(0.5)",
         name="new stderr from compiled code"),
    html(SVG.format(w=2, t="0.5"), SVG.format(w=2, t="0.6"), "text of a drawing"),
    html(SVG.format(w=2, t="0.5"), SVG.format(w=2, t="0.5") * 2, "drawing added"),
    html("<b>1</b>", "<i>1</i>", "HTML"),
    code(APPROX, "loss 0.3800 after 20 steps\n", tags=["approx"], name="approx, 5 % off"),
    code(APPROX, "loss 0.4000 after 20 epochs\n", tags=["approx"], name="approx, word"),
    code(APPROX, "loss 0.4000 after 20 steps\n\n", tags=["approx"], name="approx, line"),
    code(APPROX, "loss 0.4000 after 20 steps\n", figure(), tags=["approx"], name="approx, figure"),
    code(APPROX, "loss 0.4000 after 20 steps\n", tags=["approx-most"], name="approx, no number",
         why="expected approx-<relative tolerance between 0 and 1>"),
    html("<b>1.00</b>", "<b>1.02</b>", "approx, HTML", ("approx",)),
    code("print(2)", executed=False, name="never run",
         why="the cell was never run"),
    code("print(2)", "2\n", executed=False, name="outputs without a run",
         why="outputs but no execution count"),
    code("print(2)", "3\n", tags=["nbval-skip"], name="skipped by tag",
         why="NBVAL_SKIP would leave the cell unchecked"),
    code("# NBVAL_IGNORE_OUTPUT\nprint(2)", "3\n", name="ignored by comment",
         why="NBVAL_IGNORE_OUTPUT would leave the cell unchecked"),
    code("display({'application/x': '1'}, raw=True)", new_output("display_data",
         data={"application/x": "1"}), name="kind without a rule",
         why="there is no rule for comparing outputs of the kind 'application/x'"),
    code("h = display(1, display_id='d'); h.update(2)", new_output("display_data",
         data={"text/plain": "2"}), name="updated in place",
         why="updates an output in place"),
    code("input()", name="asks for input",
         why="the cell raised an exception"),
]  # fmt: skip

DEPENDENTS = [
    code("import torch\nscores = [0.5]\nother = 1", name="before"),
    code("model = 'on the device'\nscores[0] = 0.9\nprint(model)", "on the device\n",
         tags=["gpu"], name="gpu"),
    code("print(model)", "on the device\n", name="reads"),
    code("def use():\n    return model", name="defines"),
    code("print(use())", "on the device\n", name="calls"),
    code("print(scores)", "[0.9]\n", name="reads changed"),
    code("print(other)", "1\n", name="unrelated"),
    code("model = 'here'\nprint(model)", "here\n", name="binds anew"),
    code("print(use())", "here\n", name="calls after binding anew"),
]  # fmt: skip
NEED_GPU = {"gpu", "reads", "calls", "reads changed"}
UNEXECUTED = [
    code("answer = 42\nprint(answer)", tags=["gpu"], executed=False, name="gpu never run"),
    code("print(answer)", executed=False, name="dependent never run"),
    code("import sys; sys.stderr.write('careful');", tags=["gpu"], executed=False, name="noisy"),
]
DOWNLOADS = [
    code("print('read')", "read\n", tags=["download-hitters"], name="named"),
    code("print('read')", "read\n", tags=["download"], name="unnamed"),
    code("print(1)", "1\n", name="needs nothing"),
]
OPTIONAL = DEPENDENTS + UNEXECUTED + DOWNLOADS
HANGING = [
    code("print('first')", "first\n", name="first"),
    code("import time\ntime.sleep(60)", name="hangs"),
    code("print('after')", "after\n", name="after"),
]
DYING = [
    code("import os\nos._exit(3)", name="dies"),
    code("print('after')", "after\n", name="after"),
]
# Would fail wherever it were collected.
COPY = [code("print(1)", "2\n", name="copy")]

LIMIT = "--nbval-cell-timeout=5"


def names_of(cells: list[NotebookNode]) -> list[str]:
    return [cell["metadata"]["test-name"] for cell in cells]


@pytest.fixture(scope="module")
def here(
    tmp_path_factory: pytest.TempPathFactory,
    validate: Callable[..., Session],
    fake_torch: Callable[[bool], str],
) -> Session:
    """All notebooks on a machine without CUDA, data or network."""
    notebooks = {
        "good": GOOD,
        "bad": BAD,
        "optional": OPTIONAL,
        "hanging": HANGING,
        "dying": DYING,
        "_build/html/copy": COPY,
        ".venv/copy": COPY,
        ".ipynb_checkpoints/copy": COPY,
    }
    environment = {"PYTHONPATH": fake_torch(False)}
    return validate(tmp_path_factory.mktemp("here"), notebooks, LIMIT, environment=environment)


@pytest.fixture(scope="module")
def there(
    tmp_path_factory: pytest.TempPathFactory,
    validate: Callable[..., Session],
    fake_torch: Callable[[bool], str],
) -> Session:
    """Where a CUDA device and one data set are, two notebooks at a time."""
    folder = tmp_path_factory.mktemp("there")
    (folder / "data" / "hitters").mkdir(parents=True)
    (folder / "data" / "hitters" / "hitters.csv").write_text("Salary\n")
    environment = {"PYTHONPATH": fake_torch(True), "DLBOOK_DATA": str(folder / "data")}
    notebooks = {"optional": OPTIONAL, "other": HANGING[:1]}
    parallel = ("-n", "2", "--dist", "loadfile")
    return validate(folder, notebooks, *parallel, environment=environment)


@pytest.mark.parametrize("cell", names_of(GOOD))
def test_an_output_that_is_the_same_passes(here: Session, cell: str) -> None:
    assert here.cells["good", cell] == Result("passed", "")


@pytest.mark.parametrize("cell", BAD, ids=lambda cell: cell["metadata"]["test-name"])
def test_an_output_that_changed_fails(here: Session, cell: NotebookNode) -> None:
    said = here.cells["bad", cell["metadata"]["test-name"]]
    assert said.outcome == "failure"
    assert cell["metadata"]["test-why"] in said.message


def test_the_session_fails_and_shows_what_changed(here: Session) -> None:
    assert here.status == 1
    message = here.cells["bad", "digit"].message
    assert "bad.ipynb::Cell 0: the outputs differ" in message
    assert "-a 2" in message
    assert "+a 1" in message
    assert "ZeroDivisionError" in here.cells["bad", "new exception"].message
    assert "careful" in here.cells["bad", "new stderr from compiled code"].message


def test_without_cuda_gpu_cells_and_their_dependents_are_skipped(here: Session) -> None:
    said = {name: here.cells["optional", name] for name in names_of(DEPENDENTS)}
    assert {name for name, result in said.items() if result.outcome == "skipped"} == NEED_GPU
    assert {r.outcome for name, r in said.items() if name not in NEED_GPU} == {"passed"}
    assert "cell 1 needs a CUDA device" in said["gpu"].message
    assert "cell 4 needs 'model' from cell 1, which is skipped" in said["calls"].message
    # …and the reasons stand in the summary that everybody reads.
    assert "cell 2 needs 'model' from cell 1, which is skipped" in here.text


def test_with_cuda_they_run(there: Session) -> None:
    outcomes = {there.cells["optional", name].outcome for name in names_of(DEPENDENTS)}
    assert outcomes == {"passed"}
    assert there.cells["other", "first"].outcome == "passed"


def test_a_gpu_cell_never_run_before_runs_but_has_nothing_to_be_compared_with(
    here: Session, there: Session
) -> None:
    for name in ("gpu never run", "dependent never run"):
        assert here.cells["optional", name].outcome == "skipped"
        assert there.cells["optional", name].outcome == "passed"
    assert "optional.ipynb::Cell 9: ran, but no outputs are stored" in there.text
    assert there.cells["optional", "noisy"].outcome == "failure"


def test_download_cells_run_where_their_data_are(here: Session, there: Session) -> None:
    named = here.cells["optional", "named"]
    assert named.outcome == "skipped"
    assert "needs the data set 'hitters'" in named.message
    assert there.cells["optional", "named"].outcome == "passed"
    for session in (here, there):
        assert session.cells["optional", "unnamed"].outcome == "skipped"
        assert session.cells["optional", "needs nothing"].outcome == "passed"


def test_a_cell_that_hangs_is_named_and_stops_its_notebook(here: Session) -> None:
    assert here.cells["hanging", "first"].outcome == "passed"
    hangs = here.cells["hanging", "hangs"]
    assert hangs.outcome == "failure"
    assert "hanging.ipynb::Cell 1: the cell exceeded its time limit of 5 seconds" in hangs.message
    assert "time.sleep(60)" in hangs.message
    after = here.cells["hanging", "after"]
    assert after.outcome == "skipped"
    assert "cell 1 of this notebook failed" in after.message


def test_a_cell_that_kills_its_kernel_is_named_at_once(here: Session) -> None:
    dies = here.cells["dying", "dies"]
    assert dies.outcome == "failure"
    assert "the kernel died while it ran this cell" in dies.message
    assert here.cells["dying", "after"].outcome == "skipped"


def test_built_copies_environments_and_checkpoints_are_not_collected(here: Session) -> None:
    assert {file for file, _ in here.cells} == {"good", "bad", "optional", "hanging", "dying"}


def test_cells_of_one_notebook_must_not_be_spread_over_workers(
    tmp_path: Path, validate: Callable[..., Session]
) -> None:
    session = validate(tmp_path, {"copy": COPY}, "-n", "2")
    assert session.status == pytest.ExitCode.USAGE_ERROR
    assert "expected --dist loadfile" in session.text
