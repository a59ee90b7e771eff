"""A chapter of exercises as authors write them, one of each kind of answer."""

import numpy as np
from dlbook.checks import (
    Array,
    Choice,
    Exercise,
    Function,
    Integer,
    Mistake,
    Number,
    Parts,
    Predicate,
    Shape,
    Text,
    Truth,
)


def softmax(z):
    shifted = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def softmax_over_everything(z):
    return np.exp(z) / np.exp(z).sum()


def an_orthogonal_matrix(answer):
    matrix = np.asarray(answer, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        return "An orthogonal matrix is square."
    if not np.allclose(matrix @ matrix.T, np.eye(len(matrix))):
        return "The rows are not of length 1 and perpendicular to each other."
    return None


EXERCISES = [
    Exercise(
        "98-parameters",
        answer=Integer(31),
        because="4·5 + 5 in the first layer and 5·1 + 1 in the second: weights and biases.",
        mistakes=[
            Mistake(25, "You counted the weights. What does every unit have besides?"),
            Mistake(30, "Does the output unit have a bias?"),
            Mistake(10, "Each of the 5 units has a weight for each of the 4 inputs."),
        ],
    ),
    Exercise(
        "98-loss",
        answer=Number(0.2984, atol=0.00005),
        because="It is the mean of the two squared errors.",
        mistakes=[Mistake(0.5967, "You have the sum. Divide by the number of outputs.")],
    ),
    Exercise(
        "98-batch-shape",
        answer=Shape((128, 28, 28, 1)),
        because="Samples first, channels last.",
        mistakes=[Mistake((128, 1, 28, 28), "This is channels-first: PyTorch's habit.")],
    ),
    Exercise(
        "98-affine",
        answer=Array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        because="Every row is moved by the same bias.",
        mistakes=[Mistake([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], "Where is the bias?")],
        accepts=[np.float32([[1, 2, 3], [4, 5, 6]])],
    ),
    Exercise(
        "98-softmax",
        answer=Function(softmax, cases=[(np.array([1.0, 2.0]),), (np.zeros((2, 3)),)]),
        because="Each row sums to 1.",
        mistakes=[Mistake(softmax_over_everything, "Sum along the last axis only.")],
    ),
    Exercise(
        "98-term",
        answer=Text("element-wise", also=("pointwise",)),
        because="Each element meets the one in the same place.",
        mistakes=[Mistake("matrix product", "That sums over a shared axis.")],
    ),
    Exercise(
        "98-which",
        answer=Choice({"a", "c"}, of="abcd"),
        because="In both, every pair of lengths is equal or holds a 1.",
        mistakes=[Mistake({"a"}, "There is another one, of rank 3.")],
    ),
    Exercise(
        "98-one",
        answer=Choice("b", of="abc"),
        because="A view shares its memory.",
        mistakes=[Mistake("a", "A copy would not change with the original.")],
    ),
    Exercise(
        "98-claim",
        answer=Truth(False),
        because="Stacked affine maps are one affine map.",
        mistakes=[Mistake(True, "Multiply the two matrices: what do you get?")],
    ),
    Exercise(
        "98-two",
        answer=Parts(Integer(2), Shape((3, 4))),
        because="The rank is the number of axes.",
        mistakes=[Mistake((12, (3, 4)), "12 is the number of elements.")],
    ),
    Exercise(
        "98-orthogonal",
        answer=Predicate(an_orthogonal_matrix, example=np.eye(2)),
        because="Its inverse is its transpose.",
        mistakes=[Mistake([[1.0, 1.0], [1.0, 1.0]], "Compute the length of the first row.")],
        accepts=[[[0.0, -1.0], [1.0, 0.0]]],
    ),
]
