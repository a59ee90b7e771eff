"""Tags: tolerances, and what a machine lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from dlbook.errors import RangeError
from dlbook.validation.tags import lacking, tolerance


def test_tolerances() -> None:
    assert tolerance(["hide-input"]) is None
    assert tolerance(["approx"]) == 0.01
    assert tolerance(["tab-numpy", "approx-1e-3"]) == 0.001


@pytest.mark.parametrize("tag", ["approx-", "approx-x", "approx-0", "approx-1", "approx--0.1"])
def test_a_tolerance_that_is_none_is_refused(tag: str) -> None:
    with pytest.raises(RangeError, match=f"got {tag}$"):
        tolerance([tag])


def test_data_are_there_if_they_hold_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DLBOOK_DOWNLOAD", raising=False)
    monkeypatch.delenv("DLBOOK_DATA", raising=False)
    assert "'mnist'" in str(lacking(["download-mnist"]))
    monkeypatch.setenv("DLBOOK_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    (tmp_path / "glove").touch()
    assert lacking(["download-mnist"])
    assert lacking(["download-glove"])
    (tmp_path / "mnist" / "images").touch()
    (tmp_path / "glove").write_text("the 0.1")
    assert lacking(["download-mnist"]) is None
    assert lacking(["download-glove"]) is None
    assert lacking(["download"])


def test_the_network_is_used_only_when_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLBOOK_DOWNLOAD", "1")
    monkeypatch.delenv("DLBOOK_DATA", raising=False)
    assert lacking(["download"]) is None
    assert lacking(["download-mnist"]) is None
    monkeypatch.setenv("DLBOOK_DOWNLOAD", "0")
    assert lacking(["download"])
