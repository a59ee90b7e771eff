"""Self-checks of chapter 4, backpropagation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlbook.checks import Choice, Exercise, Function, Integer, Mistake, Number, Predicate
from dlbook.checks.reading import UnreadableError
from dlbook.engine import Function as Operation
from dlbook.engine import Tensor
from dlbook.engine.autograd import Array

_GRAPHS: list[dict[str, tuple[str, ...]]] = [
    {"a": ()},
    {"y": ("a", "b"), "a": (), "b": ()},
    {"y": ("c", "d"), "c": ("a",), "d": ("a", "c"), "a": ()},
    {"y": ("d", "c"), "d": ("a", "c"), "c": ("a",), "a": ()},
    {"y": ("s", "p"), "s": ("c", "d"), "p": ("c", "d"), "c": ("a", "b"), "d": ("a", "b")}
    | {"a": (), "b": ()},
    {"y": ("x", "x"), "x": (), "stranger": ("x",)},
]


def _tanh_backward(grad: Array, result: Array) -> Array:
    return grad * (1 - result**2)


def _linear_backward(grad: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    return grad @ weight, grad.T @ x, grad.sum(axis=0)


def _backward_order(inputs: dict[str, tuple[str, ...]], root: str) -> list[str]:
    order: list[str] = []

    def visit(node: str) -> None:
        if node not in order:
            for source in inputs[node]:
                visit(source)
            order.append(node)

    visit(root)
    return order[::-1]


def _breadth_of_users(inputs: dict[str, tuple[str, ...]], root: str) -> list[str]:
    """Take a node as soon as nothing that is left uses it: another right answer."""
    left = set(_backward_order(inputs, root))
    order: list[str] = []
    while left:
        ready = sorted(n for n in left if not any(n in inputs[user] for user in left))
        order += ready
        left -= set(ready)
    return order


def _orders(function: Any) -> list[list[str]]:
    """Call the reader's `backward_order` on all graphs; it has to return lists of names."""
    if not callable(function):
        raise UnreadableError("A function is asked for: give its name, without parentheses.")
    orders = []
    for graph in _GRAPHS:
        try:
            order = function(dict(graph), next(iter(graph)))
        except (Exception, SystemExit) as error:
            raise UnreadableError(
                f"For `{graph}` your function raises {type(error).__name__}."
            ) from None
        if not isinstance(order, list | tuple) or not all(type(node) is str for node in order):
            raise UnreadableError("Your function has to return a list of nodes, that is of names.")
        orders.append(list(order))
    return orders


def _judge_order(answer: Any) -> str | None:
    """Say what is wrong with the order in which the reader visits the nodes."""
    for graph, order in zip(_GRAPHS, _orders(answer), strict=True):
        below = set(_backward_order(graph, next(iter(graph))))
        if len(set(order)) < len(order):
            return f"For `{graph}` a node appears twice. How do you know that you have been there?"
        if set(order) != below:
            return f"For `{graph}` one node is missing or too many. Which can the root reach?"
        for user, source in ((u, s) for u in order for s in graph[u]):
            if order.index(source) < order.index(user):
                return f"For `{graph}`: `{source}` comes before `{user}`, which uses it."
    return None


def _orders_like(wrong: Callable[..., Any]) -> Predicate:
    """Recognise functions that visit the nodes as `wrong` does."""
    return Predicate(lambda f: None if _orders(f) == _orders(wrong) else "Another order.", wrong)


def _inputs_first(inputs: dict[str, tuple[str, ...]], root: str) -> list[str]:
    return _backward_order(inputs, root)[::-1]


def _every_way(inputs: dict[str, tuple[str, ...]], root: str) -> list[str]:
    return [root] + [node for source in inputs[root] for node in _every_way(inputs, source)]


def _at_first_sight(inputs: dict[str, tuple[str, ...]], root: str) -> list[str]:
    return list(dict.fromkeys(_every_way(inputs, root)))


class _Softplus(Operation):
    """ln(1 + e^z), the example answer; the classes below go wrong in one place each."""

    def forward(self, z: Array) -> Array:
        self.z = z
        return np.logaddexp(0, z)

    def backward(self, grad: Array) -> Array:
        return grad / (1 + np.exp(-self.z))


class _StableSoftplus(_Softplus):
    def forward(self, z: Array) -> Array:
        self.z = z
        return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


class _PlainSoftplus(_Softplus):
    def forward(self, z: Array) -> Array:
        self.z = z
        return np.asarray(np.log(1 + np.exp(z)))


class _LocalOnly(_Softplus):
    def backward(self, grad: Array) -> Array:
        return 1 / (1 + np.exp(-self.z))


class _WrongExponent(_Softplus):
    def backward(self, grad: Array) -> Array:
        return grad / (1 + np.exp(self.z))


class _SlopeOfSigmoid(_Softplus):
    def backward(self, grad: Array) -> Array:
        s = 1 / (1 + np.exp(-self.z))
        return grad * s * (1 - s)


def _softplus_run(answer: Any) -> tuple[Array, Array]:
    """Return value and gradient of the reader's operation at four points."""
    if not (isinstance(answer, type) and issubclass(answer, Operation)):
        raise UnreadableError(
            "A subclass of `engine.Function` is asked for: give the class, without parentheses."
        )
    tensor = Tensor(np.array([-2.0, 0.0, 0.7, 3.0]), requires_grad=True)
    try:
        result = answer.apply(tensor)
        result.backward(np.array([1.0, -2.0, 0.5, 3.0]))
    except (Exception, SystemExit) as error:
        raise UnreadableError(f"The engine meets a {type(error).__name__} in your class.") from None
    return result.data, tensor.grad


def _judge_softplus(answer: Any) -> str | None:
    """Say which half of the reader's operation is wrong."""
    given, right = _softplus_run(answer), _softplus_run(_Softplus)
    if given[0].shape != right[0].shape or not np.allclose(given[0], right[0]):
        return "Your `forward` does not give ln(1 + e^z). What does it give at z = 0?"
    if given[1].shape != right[1].shape or not np.allclose(given[1], right[1]):
        return "Your `backward` is not what came back times the sigmoid of z. What do you keep?"
    return None


def _softplus_like(wrong: type[Operation]) -> Predicate:
    """Recognise operations that give what `wrong` gives."""

    def judge(answer: Any) -> str | None:
        same = np.allclose(np.stack(_softplus_run(answer)), np.stack(_softplus_run(wrong)))
        return None if same else "Another operation."

    return Predicate(judge, wrong)


def _arrays(*shapes: tuple[int, ...]) -> tuple[Array, ...]:
    """Return arrays of the given shapes with different numbers in them."""
    return tuple(np.sin(1.0 + k + np.arange(np.prod(s))).reshape(s) for k, s in enumerate(shapes))


EXERCISES = [
    Exercise(
        "04-delivery",
        answer=Number(88.0, rtol=1e-6),
        because="Addition hands 1 on, then tax 1.1 and price 80 are multiplied in.",
        mistakes=[
            Mistake(80, "That is before tax. Which operations lie between count and total?"),
            Mistake(118, "Delivery does not grow with the count. What does addition hand on?"),
            Mistake(110, "Delivery is added after tax. What is the derivative of a sum?"),
            Mistake(3.3, "That is the gradient of the price. What multiplies the count?"),
            Mistake(264, "That is the taxed sum itself. How much does one more melon add?"),
            Mistake(240, "That is the gradient of the tax. What multiplies the count?"),
        ],
    ),
    Exercise(
        "04-w8",
        answer=Number(0.561370121, rtol=0, atol=5e-7),
        because="0.55 − 0.5 · (−0.217071535 · 0.175510053 · 0.596884378).",
        mistakes=[
            Mistake(0.538629879, "The sign: the output is too small. Should w₈ grow or shrink?"),
            Mistake(0.572740242, "You stepped by the whole gradient. What is the rate?"),
            Mistake(-0.022740242, "That is the gradient. What does a step do with it?"),
            Mistake(0.561301270, "That weight was used by h₁. Where does w₈ come from?"),
            Mistake(0.614783752, "A factor is missing: how steep is the sigmoid of o₂?"),
        ],
    ),
    Exercise(
        "04-shared-bias",
        answer=Number(0.01872562, rtol=1e-4),
        because="δ of h₁ is 0.00877136 and δ of h₂ is 0.00995426; both units use b₁, so they add.",
        mistakes=[
            Mistake(0.00877136, "That is the share of h₁. Who else uses b₁?"),
            Mistake(0.00995426, "That is the share of h₂. Who else uses b₁?"),
            Mistake(0.00936281, "You took the mean. What does the chain rule do with two uses?"),
            Mistake(0.000936281, "You added the weights' gradients. Which input has a bias?"),
            Mistake(0, "A bias has no input from the data, but does the loss not change with it?"),
        ],
    ),
    Exercise(
        "04-paths",
        answer=Integer(1024),
        because="Every doubling can be passed on its left or on its right: 2 · 2 · … · 2 = 2¹⁰.",
        mistakes=[
            Mistake(10, "That counts operations. In how many ways can each be passed?"),
            Mistake(11, "That counts values. How many ways lead through them?"),
            Mistake(20, "Ways through one step after another: do their numbers add?"),
            Mistake(2047, "That counts visits to all values. How many end at the first?"),
            Mistake(512, "That is one doubling short. Did you count all ten?"),
        ],
    ),
    Exercise(
        "04-tanh-backward",
        answer=Function(
            _tanh_backward,
            cases=[
                (np.array([1.0, 2.0]), np.array([0.0, 0.5])),
                (np.array([[1.0, -1.0], [0.5, 3.0]]), np.array([[-0.9, 0.2], [0.1, 0.7]])),
            ],
        ),
        because="The local derivative is 1 − tanh², and it multiplies what comes back.",
        mistakes=[
            Mistake(
                lambda grad, result: 1 - result**2,
                "That is the local derivative only. What becomes of `grad`?",
            ),
            Mistake(
                lambda grad, result: grad * result * (1 - result),
                "That is the rule of the sigmoid. What is the derivative of tanh?",
            ),
            Mistake(
                lambda grad, result: grad * (1 - np.tanh(result) ** 2),
                "`result` is tanh(z) already. Did you apply tanh a second time?",
            ),
        ],
    ),
    Exercise(
        "04-linear-backward",
        answer=Function(
            _linear_backward,
            cases=[_arrays((4, 2), (4, 3), (2, 3)), _arrays((5, 3), (5, 3), (3, 3))],
        ),
        because="Each gradient has the shape of its array, and the bias is used by every sample.",
        mistakes=[
            Mistake(
                lambda grad, x, weight: (grad @ weight, x.T @ grad, grad.sum(axis=0)),
                "The gradient of the weight is transposed. Which shape has the weight?",
            ),
            Mistake(
                lambda grad, x, weight: (grad @ weight, grad.T @ x, grad.mean(axis=0)),
                "You averaged over the batch for the bias. What happens to several uses?",
            ),
            Mistake(
                lambda grad, x, weight: (grad @ weight, grad.T @ x, grad),
                "The gradient of the bias still has a row per sample. Which shape has the bias?",
            ),
            Mistake(
                lambda grad, x, weight: (grad @ weight, grad.T @ x, grad.sum(axis=1)),
                "You summed the bias over the units. Over which axis was it repeated?",
            ),
        ],
    ),
    Exercise(
        "04-wrong-end",
        answer=Integer(17),
        because="102,000 multiplications from the output, 6,000 from the input.",
        mistakes=[
            Mistake(102_000, "That is the work from the output. How does it compare?"),
            Mistake(6_000, "That is the work from the input. How does it compare?"),
            Mistake(100, "There are 100 outputs, but how much work is each product?"),
            Mistake(96_000, "That is the difference of the two. Which ratio do they have?"),
        ],
    ),
    Exercise(
        "04-find-bug",
        answer=Choice({"b", "d"}, of="abcd"),
        because="b has the sign of its exponent wrong and d its own sign; both are right at x = 0.",
        mistakes=[
            Mistake({"b"}, "One more is wrong. Did you check points on both sides of 0?"),
            Mistake({"d"}, "One more is wrong. Did you check at more points than 0?"),
            Mistake({"a", "b", "d"}, "One of these is right. Is your ε too large for x³?"),
            Mistake({"b", "c", "d"}, "The quotient rule was applied correctly. Is your ε fit?"),
        ],
    ),
    Exercise(
        "04-order",
        answer=Predicate(_judge_order, example=_backward_order),
        because="A node whose users have all been dealt with has its complete gradient.",
        mistakes=[
            Mistake(
                _orders_like(_inputs_first),
                "Your order runs from the inputs to the root. Which way does the gradient go?",
            ),
            Mistake(
                _orders_like(_every_way),
                "You follow every way, so shared nodes appear repeatedly. How do you notice them?",
            ),
            Mistake(
                _orders_like(_at_first_sight),
                "You list a node when you first meet it. Have all of its users been listed then?",
            ),
        ],
        accepts=[_breadth_of_users, lambda inputs, root: tuple(_backward_order(inputs, root))],
    ),
    Exercise(
        "04-softplus",
        answer=Predicate(_judge_softplus, example=_Softplus),
        because="Forward keeps what backward needs, and backward multiplies what comes back.",
        mistakes=[
            Mistake(
                _softplus_like(_LocalOnly),
                "Your `backward` returns the local derivative only. What has come back?",
            ),
            Mistake(
                _softplus_like(_WrongExponent),
                "That is 1 − σ(z). Which sign has the exponent in the sigmoid?",
            ),
            Mistake(
                _softplus_like(_SlopeOfSigmoid),
                "That is the derivative of the sigmoid. Of which function do you need it?",
            ),
        ],
        accepts=[_StableSoftplus, _PlainSoftplus],
    ),
    Exercise(
        "04-depth",
        answer=Integer(12),
        because="(1/4)¹² = 2⁻²⁴ is the first power below 2⁻²³.",
        mistakes=[
            Mistake(11, "(1/4)¹¹ is 2⁻²². Is this below 2⁻²³?"),
            Mistake(23, "Each unit passes on at most ¼, not ½. How many powers of 2 are these?"),
            Mistake(24, "That is the exponent of 2. How many factors of ¼ make it?"),
            Mistake(6, "Two units pass on 1/16. Did you count ¼ as four powers of 2?"),
        ],
    ),
]
