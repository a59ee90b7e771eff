"""Self-checks of chapter 12, convolutional networks."""

from __future__ import annotations

from collections.abc import Sequence

from dlbook.checks import Choice, Exercise, Function, Integer, Mistake, Parts

__all__ = ["EXERCISES"]


def _field(layers: Sequence[tuple[int, int, int]]) -> int:
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        size += dilation * (kernel - 1) * jump
        jump *= stride
    return size


def _stride_first(layers: Sequence[tuple[int, int, int]]) -> int:
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        size += dilation * (kernel - 1) * jump
    return size


def _no_jump(layers: Sequence[tuple[int, int, int]]) -> int:
    return 1 + sum(dilation * (kernel - 1) for kernel, _, dilation in layers)


def _no_dilation(layers: Sequence[tuple[int, int, int]]) -> int:
    return _field([(kernel, stride, 1) for kernel, stride, _ in layers])


def _work(side: int, channels: int, layers: Sequence[tuple[int, int]]) -> int:
    total = 0
    for kernel, filters in layers:
        total += kernel**2 * channels * filters * side**2
        channels = filters
    return total


def _weights_only(side: int, channels: int, layers: Sequence[tuple[int, int]]) -> int:
    return _work(1, channels, layers)


def _same_channels(side: int, channels: int, layers: Sequence[tuple[int, int]]) -> int:
    return sum(kernel**2 * channels * filters * side**2 for kernel, filters in layers)


def _with_biases(side: int, channels: int, layers: Sequence[tuple[int, int]]) -> int:
    return _work(side, channels, layers) + sum(filters * side**2 for _, filters in layers)


EXERCISES = [
    Exercise(
        "12-lenet-colour",
        answer=Integer(62_006),
        because="Each of the six filters has 75 weights and a bias, 456 in place of 156.",
        mistakes=[
            Mistake(61_706, "Has a filter on a colour image as many weights as before?"),
            Mistake(62_018, "You tripled the biases, too. How many biases has a filter?"),
            Mistake(456, "That is the first layer. What about the rest of the network?"),
        ],
    ),
    Exercise(
        "12-layers-sixteen",
        answer=Parts(Integer(13), Integer(3)),
        because="Thirteen convolutions and three dense layers have weights; pooling has none.",
        mistakes=[
            Mistake((16, 0), "Are all sixteen convolutions? Look at the end of the table."),
            Mistake((16, 3), "The sixteen are to include the dense layers. What is left?"),
            Mistake((3, 13), "Which of the two kinds comes first in the question?"),
            Mistake((11, 5), "Five is the number of poolings. Do they have weights?"),
        ],
    ),
    Exercise(
        "12-left-over",
        answer=Integer(2048),
        because="Three halvings leave 4 × 4 places, and each has 128 channels.",
        mistakes=[
            Mistake(16, "That counts the places. How many numbers stand at each of them?"),
            Mistake(128, "One number per channel is global pooling. How many places are left?"),
            Mistake(8192, "Count the poolings again: how often is the side halved?"),
            Mistake(131_072, "You kept 32 × 32 places. What do the poolings do?"),
        ],
    ),
    Exercise(
        "12-field-five",
        answer=Integer(9),
        because="Each layer adds four pixels: 1 + 4 + 4, as many as one kernel of 9 × 9.",
        mistakes=[
            Mistake(10, "Neighbouring windows overlap. By how much does the second reach further?"),
            Mistake(25, "Kernel sizes are not multiplied. What does each layer add?"),
            Mistake(5, "That is the first layer. What does the second one add?"),
        ],
    ),
    Exercise(
        "12-field-function",
        answer=Function(
            _field,
            cases=[
                ([(3, 1, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)],),
                ([(3, 2, 1), (3, 2, 1), (3, 1, 1)],),
                ([(3, 1, 2), (3, 1, 4)],),
                ([],),
            ],
        ),
        because="Field and jump are all that has to be carried from layer to layer.",
        mistakes=[
            Mistake(
                _stride_first, "A stride spreads its own output. Which jump does its kernel see?"
            ),
            Mistake(_no_jump, "After a stride, units lie further apart. Where is the jump?"),
            Mistake(_no_dilation, "What does a dilation do to the reach of a kernel?"),
        ],
    ),
    Exercise(
        "12-cifar-count",
        answer=Integer(576_100),
        because="(1024 + 1) · 512 and (512 + 1) · 100: three fifths of all parameters.",
        mistakes=[
            Mistake(964_516, "That is the whole network. Which part of it is asked for?"),
            Mistake(575_488, "Those are the weights. What about the biases?"),
            Mistake(388_416, "Those are the convolutions. And the dense layers?"),
            Mistake(182_884, "Flatten gives 256 numbers for each place. How many places are left?"),
        ],
    ),
    Exercise(
        "12-work-function",
        answer=Function(
            _work, cases=[(28, 1, [(5, 6)]), (8, 3, [(3, 16), (3, 32), (1, 4)]), (5, 2, [])]
        ),
        because="Every weight of a convolution is used once at each place of the output.",
        mistakes=[
            Mistake(_weights_only, "Those are the weights. How often is each of them used?"),
            Mistake(_same_channels, "What are the input channels of the second layer?"),
            Mistake(_with_biases, "A bias is added. Is it multiplied with anything?"),
        ],
    ),
    Exercise(
        "12-seven",
        answer=Integer(90_112),
        because="22 · 64², and two more ReLUs into the bargain.",
        mistakes=[
            Mistake(22, "Per pair of channels, yes. How many pairs are there?"),
            Mistake(1408, "Each filter reaches through 64 channels. Did you count both sides?"),
            Mistake(163_840, "Three convolutions replace the one. Have you counted all three?"),
        ],
    ),
    Exercise(
        "12-top-image",
        answer=Integer(308_281_344),
        because="Only the first dense layer looks at places, and it gets 147 · 512 more inputs.",
        mistakes=[
            Mistake(0, "Convolutions do not notice the size. Is that true of the dense layers?"),
            Mistake(411_041_792, "That is the new layer. By how much has it grown?"),
            Mistake(102_764_544, "Twice as wide *and* twice as high. How many places is that?"),
            Mistake(415_072_632, "Do the convolutions and the other dense layers grow, too?"),
        ],
    ),
    Exercise(
        "12-which-part",
        answer=Choice({"b", "c"}, of="abcd"),
        because="Both deal with places; the other two leave a weight for each place as it is.",
        mistakes=[
            Mistake({"b"}, "That one helps. What could be done to the training data?"),
            Mistake({"c"}, "That one helps. What could be done to the end of the network?"),
            Mistake({"a", "b"}, "Does another dense layer know that a place does not matter?"),
            Mistake({"b", "c", "d"}, "What do larger kernels change about the vector behind?"),
        ],
    ),
]
