"""PyTorch's models on a CUDA device and on the processor: outputs, gradients, a short training."""

from __future__ import annotations

import copy
import importlib

import numpy as np
import pytest
import torch

# file, class, arguments of a small one, shape of a sample
MODELS = [
    ("mlp", "MLP", (20, [16, 12], 5), (20,)),
    ("softmax_regression", "SoftmaxRegression", (20, 5), (20,)),
    ("lenet", "LeNet", (5, 2, 13), (2, 13, 13)),
    ("small_vgg", "SmallVGG", (5, 1, (4, 5, 6)), (1, 12, 12)),
    ("shapes_cnn", "ShapesCNN", (5, 3, (4, 6)), (3, 9, 9)),
]
CLASSES = 5
DEVICES = ("cpu", "cuda")


@pytest.fixture(autouse=True)
def whole_precision():
    """Keep float32 products whole: by default the device may round their factors to 10 bits."""
    if not torch.cuda.is_available():
        pytest.fail("expected a CUDA device and a build of PyTorch that uses it")
    before = (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def pair(file: str, name: str, arguments: tuple) -> list[torch.nn.Module]:
    """Make one model, with a copy of it on the device."""
    module = importlib.import_module(f"dlbook.models.pytorch.{file}")
    model = getattr(module, name)(*arguments, rng=np.random.default_rng(0))
    return [copy.deepcopy(model).to(device) for device in DEVICES]


def batch(shape: tuple[int, ...], count: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((count, *shape)).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(rng.integers(0, CLASSES, count))


def step(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, device: str) -> torch.Tensor:
    loss = torch.nn.functional.cross_entropy(model(x.to(device)), y.to(device))
    loss.backward()
    return loss.detach().cpu()


@pytest.mark.parametrize("model", MODELS, ids=[name for _, name, _, _ in MODELS])
def test_outputs_and_gradients_agree(model):
    file, name, arguments, shape = model
    x, y = batch(shape)
    outputs, gradients = [], []
    for device, network in zip(DEVICES, pair(file, name, arguments), strict=True):
        network.eval()
        outputs.append(network(x.to(device)).detach().cpu())
        step(network, x, y, device)
        gradients.append([p.grad.cpu() for p in network.parameters()])
    torch.testing.assert_close(outputs[1], outputs[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("model", MODELS, ids=[name for _, name, _, _ in MODELS])
def test_a_short_training_takes_the_same_course(model):
    file, name, arguments, shape = model
    x, y = batch(shape)
    courses = []
    for device, network in zip(DEVICES, pair(file, name, arguments), strict=True):
        optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
        losses = []
        for _ in range(10):
            optimizer.zero_grad()
            losses.append(step(network.train(), x, y, device))
            optimizer.step()
        courses.append(torch.stack(losses))
    assert courses[0][-1] < courses[0][0]
    torch.testing.assert_close(courses[1], courses[0], rtol=1e-3, atol=1e-4)
