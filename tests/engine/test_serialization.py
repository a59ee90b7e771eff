"""Weights in files: there and back, through PyTorch, and what happens to bad files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from dlbook.engine import Tensor, load, nn, optim, save
from dlbook.errors import DataError, DTypeError, MissingPackageError


def model(seed: int = 0) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(4, 3, rng=rng), nn.Tanh(), nn.Linear(3, 2, rng=rng))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def test_a_model_comes_back_exactly(path: Path) -> None:
    save(model(0).state_dict(), path)
    other = model(1)
    other.load_state_dict(load(path))
    for name, array in model(0).state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)


@pytest.mark.parametrize(
    "dtype", ["f2", "f4", "f8", "i1", "u1", "i2", "i4", "i8", "?", ">f8", ">i4"]
)
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3, 4)])
def test_every_type_and_shape(path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    array = (10 * np.random.default_rng(0).random(shape)).astype(dtype)
    save({"x": array}, str(path))
    found = load(str(path))["x"]
    assert found.dtype == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("order", ["transposed", "every second", "reversed"])
def test_layouts(path: Path, order: str) -> None:
    array = np.arange(24.0).reshape(4, 6)
    views = {"transposed": array.T, "every second": array[:, ::2], "reversed": array[::-1]}
    save({"x": views[order], "tensor": Tensor(views[order])}, path)
    for found in load(path).values():
        np.testing.assert_array_equal(found, views[order])


def test_pytorch_reads_ours(path: Path) -> None:
    ours = model()
    save(ours.state_dict(), path, metadata={"book": "chapter 10"})
    theirs = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    theirs.load_state_dict(safetensors.torch.load_file(path))
    x = np.random.default_rng(0).standard_normal((5, 4), dtype=np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-6)
    with safetensors.safe_open(path, "np") as file:
        assert file.metadata() == {"book": "chapter 10"}


def test_we_read_pytorchs(path: Path) -> None:
    theirs = torch.nn.LSTM(3, 4, num_layers=2)
    safetensors.torch.save_file(theirs.state_dict(), path)
    ours = nn.LSTM(3, 4, num_layers=2)
    ours.load_state_dict(load(path))
    for name, tensor in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name], tensor.numpy())


def test_an_optimizer_comes_back(path: Path) -> None:
    trained = model()
    for parameter in trained.parameters():
        parameter.grad = np.ones_like(parameter.data)
    optimizer = optim.Adam(trained.parameters(), lr=0.25)
    optimizer.step()
    save(optimizer.state_dict(), path)
    other = optim.Adam(model().parameters())
    other.load_state_dict(load(path))
    assert (other.lr, other.steps, other.ages) == (0.25, 1, [1, 1, 1, 1])
    np.testing.assert_array_equal(other.memory[0]["mean"], optimizer.memory[0]["mean"])


def test_what_was_loaded_can_be_written_to(path: Path) -> None:
    save({"x": np.zeros(3)}, path)
    found = load(path)["x"]
    found += 1
    assert (load(path)["x"] == 0).all()


def damaged(content: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "header cut": content[:20],
        "data cut": content[:-1],
        "longer": content + b"more",
        "text": b"these are not weights",
        "pickle": b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94.",
        "header too long": b"\xff" * 8 + content[8:],
        "type unknown": content.replace(b'"F64"', b'"F65"'),
    }


@pytest.mark.parametrize("kind", damaged(b""))
def test_damaged_and_foreign_files(path: Path, kind: str) -> None:
    save({"x": np.ones(5)}, path)
    path.write_bytes(damaged(path.read_bytes())[kind])
    with pytest.raises(
        DataError, match=r"load: path: expected a safetensors file, got .*model\.safe"
    ):
        load(path)


def test_every_truncation_is_noticed(path: Path) -> None:
    save({"x": np.ones(2), "y": np.zeros(1, dtype=np.int32)}, path)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(DataError):
            load(path)


def test_types_numpy_lacks_are_refused_by_name(path: Path) -> None:
    safetensors.torch.save_file({"x": torch.zeros(2, dtype=torch.float8_e8m0fnu)}, path)
    with pytest.raises(DataError, match=r"model\.safetensors"):
        load(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere.*No such file"):
        load(tmp_path / "nowhere.safetensors")
    with pytest.raises(DataError, match="expected a safetensors file"):
        load(tmp_path)
    with pytest.raises(DataError, match="save: path: expected a file that can be written"):
        save({}, tmp_path / "no folder" / "x.safetensors")


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interrupted_save_leaves_the_old_file(
    path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save({"x": np.zeros(3)}, path)

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(DataError, match="disk full"):
        save({"x": np.ones(3)}, path)
    np.testing.assert_array_equal(load(path)["x"], np.zeros(3))
    assert [file.name for file in path.parent.iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ([1, 2], "save: state: expected names with arrays"),
        ({3: np.zeros(1)}, "expected text, got 3"),
        ({"x": "text"}, r"state\['x'\]: expected an array of real numbers"),
        ({"x": np.array([1j])}, "real numbers"),
        ({"x": None}, "real numbers"),
    ],
)
def test_bad_states(path: Path, state: Any, text: str) -> None:
    with pytest.raises(DTypeError, match=text):
        save(state, path)
    assert not path.exists()


def test_bad_metadata(path: Path) -> None:
    with pytest.raises(DTypeError, match="names and metadata: expected text, got 7"):
        save({}, path, metadata={"epoch": 7})  # type: ignore[dict-item]


def test_without_the_package(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingPackageError, match="pip install safetensors"):
        save({}, path)
    with pytest.raises(MissingPackageError, match="pip install safetensors"):
        load(path)
