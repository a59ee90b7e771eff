"""The workflows: what they may do, for how long, with whose code; what they call exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
NAMES = {"test", "pages", "newest", "audit", "links", "launch", "gpu"}
# owner/name@hash, and the version of that commit for people (and for tools which propose updates)
PINNED = re.compile(r"uses: [\w-]+/[\w-]+(?:/[\w-]+)*@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
# Permissions beyond reading the repository, each where it is needed and nowhere else.
GRANTED = {
    ("pages", "build"): {"contents": "read", "pages": "read"},
    ("pages", "deploy"): {"pages": "write", "id-token": "write"},
    ("newest", "tell"): {"issues": "write"},
}
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def load(path: Path) -> dict:
    workflow = yaml.safe_load(path.read_text())
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads the key `on` as a truth value
    return workflow


def steps(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_every_workflow_is_there_under_its_name() -> None:
    assert {load(path)["name"] for path in WORKFLOWS} == {path.stem for path in WORKFLOWS} == NAMES


@each_workflow
def test_actions_are_pinned_by_commit_with_the_version_as_comment(path: Path) -> None:
    lines = [line.strip(" -") for line in path.read_text().splitlines() if "uses:" in line]
    assert len(lines) == sum("uses" in step for step in steps(load(path)))
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_an_action_has_the_same_pin_everywhere() -> None:
    used = {step["uses"] for path in WORKFLOWS for step in steps(load(path)) if "uses" in step}
    assert used
    assert len({name.partition("@")[0] for name in used}) == len(used)


@each_workflow
def test_a_job_may_read_the_repository_and_what_else_it_needs(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job.get("permissions") == GRANTED.get((path.stem, name)), name


@each_workflow
def test_no_workflow_lets_a_stranger_s_code_run_with_rights(path: Path) -> None:
    workflow = load(path)
    assert "pull_request_target" not in workflow["on"]
    assert "issue_comment" not in workflow["on"]
    if "pull_request" in workflow["on"]:
        assert all("permissions" not in job for job in workflow["jobs"].values())
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # What strangers may choose, such as the name of a branch, never becomes part of a script.
        assert not re.search(r"\$\{\{\s*github\.(event|head_ref|ref_name)", step.get("run", ""))


def test_a_job_with_rights_runs_no_package_of_others() -> None:
    """Only the job which builds the pages installs anything, and it may merely read."""
    for (stem, name), permissions in GRANTED.items():
        if "write" in permissions.values():
            job = load(FOLDER / f"{stem}.yml")["jobs"][name]
            assert not any("checkout" in step.get("uses", "") for step in job["steps"])
            assert not any(re.search(r"\b(make|pip)\b", s.get("run", "")) for s in job["steps"])


@each_workflow
def test_every_job_ends_and_none_runs_twice_at_once(path: Path) -> None:
    workflow = load(path)
    assert workflow["concurrency"]["group"]
    assert all(0 < job["timeout-minutes"] <= 120 for job in workflow["jobs"].values())


@each_workflow
def test_the_commands_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    scripts = [step["run"] for step in steps(load(path)) if "run" in step]
    called = {name for text in scripts for name in re.findall(r"\bmake ([a-z-]+)", text)}
    called |= {
        n for text in scripts for ns in re.findall(r"for check in (.*);", text) for n in ns.split()
    }
    assert called <= targets
    files = {name for text in scripts for name in re.findall(r"\b(?:tools|_ext)/\w+\.py", text)}
    assert all((ROOT / name).is_file() for name in files)


def test_every_supported_python_runs_everything_that_make_test_runs() -> None:
    (classifiers,) = re.findall(r"needs Python (.*), and none", (ROOT / "Makefile").read_text())
    supported = re.findall(r"3\.\d+", classifiers)
    jobs = load(FOLDER / "test.yml")["jobs"]
    everywhere = [job for name, job in jobs.items() if name != "browser"]
    assert all(job["strategy"]["matrix"]["python"] == supported for job in everywhere)
    run = " ".join(step.get("run", "") for job in everywhere for step in job["steps"])
    (whole,) = re.findall(r"^test: (.*)  ##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(whole.split()) == set(re.findall(r"make ([a-z-]+)", run))


def test_the_parts_of_the_notebooks_make_up_the_whole() -> None:
    parts = load(FOLDER / "test.yml")["jobs"]["notebooks"]["strategy"]["matrix"]["part"]
    assert parts == [f"{k}/{len(parts)}" for k in range(1, len(parts) + 1)]


def test_only_what_was_tested_on_the_default_branch_is_published() -> None:
    pages = load(FOLDER / "pages.yml")
    assert pages["on"]["workflow_run"] == {"workflows": ["test"], "types": ["completed"]}
    condition = pages["jobs"]["build"]["if"]
    assert "workflow_run.event == 'push'" in condition
    assert "workflow_run.conclusion == 'success'" in condition
    assert condition.count("== github.event.repository.default_branch") == 2
    assert pages["jobs"]["deploy"]["needs"] == "build"


def test_actionlint_finds_nothing() -> None:
    program = shutil.which("actionlint")
    if program is None:
        pytest.skip("actionlint is not installed (see CONTRIBUTING.md)")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
