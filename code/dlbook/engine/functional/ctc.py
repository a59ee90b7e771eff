"""Connectionist temporal classification: sequence labels without an alignment.

The loss sums the probabilities of all ways to spread a label sequence over the time steps. The
sum runs over exponentially many paths; the forward algorithm adds them up in one sweep, in the
logarithmic domain, and the backward algorithm gives the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import fixed, floating
from dlbook.engine.functional.reduction import check_reduction
from dlbook.engine.joining import where
from dlbook.engine.settings import check_switches, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    r"""Negative log-probability of a label sequence, summed over all its alignments.

    .. math:: L = -\log \sum_{\pi \in \mathcal{B}^{-1}(y)} \prod_t p_t(\pi_t)

    where :math:`\mathcal{B}` merges repeated symbols of a path and then removes the blanks.

    Parameters
    ----------
    log_probs : Tensor of shape (time, batch, classes) or (time, classes)
        Log-probabilities, as `log_softmax` gives them.
    targets : array_like of int, shape (batch, longest) or (sum of target_lengths,)
        Labels without blanks: one row each, whose end beyond its length is not read, or all in
        one line. For input without batch axis: shape (target_length,).
    input_lengths, target_lengths : array_like of int, shape (batch,) or (), or one int each
        How many time steps and labels of each sequence count.
    blank : int
        The class that stands for "no label"; Keras calls it ``mask_index``.
    reduction : {"mean", "sum", "none"}
        "mean" divides each loss by its number of labels first, as PyTorch does; Keras averages
        the losses themselves.
    zero_infinity : bool
        Replace infinite losses, of sequences too long for their input, and their gradients by 0.

    Returns
    -------
    Tensor
        A scalar, or shape (batch,) for ``reduction="none"``. Through `log_softmax` the gradient
        with respect to logits is softmax − occupancy: the probability that the network gives a
        symbol at a time minus the share of the alignments which have it there.

    Raises
    ------
    ShapeError
        If shapes do not match.
    DTypeError
        If the log-probabilities are not floats, or labels or lengths not integers.
    RangeError
        If a label, `blank` or a length is out of range.

    References
    ----------
    Graves et al. (2006); chapter 7.
    """
    log_probs = floating(log_probs, "ctc_loss", "log_probs")
    check_reduction("ctc_loss", reduction)
    check_switches("ctc_loss", zero_infinity=zero_infinity)
    require(
        log_probs.ndim in (2, 3) and log_probs.numel() > 0,
        ShapeError,
        "ctc_loss: log_probs",
        "shape (time, batch, classes) or (time, classes), not empty",
        log_probs,
    )
    batched = log_probs.ndim == 3
    if not batched:
        log_probs = log_probs.unsqueeze(1)
    steps, batch, classes = log_probs.shape
    within = is_whole(blank) and 0 <= blank < classes
    require(within, RangeError, "ctc_loss: blank", f"a class from 0 to {classes - 1}", blank)
    times = _lengths("input_lengths", input_lengths, batch, 1, steps)
    labels, counts = _labels(targets, target_lengths, batch, classes, blank)
    losses = _CTC.apply(log_probs, labels=labels, times=times, counts=counts, blank=blank)
    if zero_infinity:
        losses = where(losses == np.inf, 0.0, losses)
    if not batched:
        losses = losses.reshape(())
        counts = counts.reshape(())
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return (losses / np.maximum(counts, 1).astype(losses.dtype)).mean()


class _CTC(Function):
    """The trellis: labels with blanks around them downwards, time to the right.

    Cell (t, s) of sequence n is reached from (t − 1, s), from (t − 1, s − 1) and, past a blank
    between two different labels, from (t − 1, s − 2).
    """

    def forward(
        self, log_probs: Array, labels: Array, times: Array, counts: Array, blank: int
    ) -> Array:
        steps, batch, _ = log_probs.shape
        self.shape, self.times, self.dtype = log_probs.shape, times, log_probs.dtype
        self.symbols = np.full((batch, 2 * labels.shape[1] + 1), blank)
        self.symbols[:, 1::2] = labels
        self.may_skip = np.zeros(self.symbols.shape, dtype=bool)
        self.may_skip[:, 3::2] = labels[:, 1:] != labels[:, :-1]
        rows = np.arange(batch)
        self.emitted = log_probs[:, rows[:, None], self.symbols].astype(np.float64)
        self.ends = np.full(self.symbols.shape, -np.inf)  # a path ends on the last label or after
        self.ends[rows, 2 * counts] = 0.0
        self.ends[rows[counts > 0], 2 * counts[counts > 0] - 1] = 0.0

        self.alpha = np.full(self.emitted.shape, -np.inf)
        self.alpha[0, :, :2] = self.emitted[0, :, :2]
        for t in range(1, steps):
            self.alpha[t] = self._arrive(self.alpha[t - 1]) + self.emitted[t]
        ways = self.alpha[times - 1, rows] + self.ends
        self.log_likelihood = np.logaddexp.reduce(ways, axis=1)
        return -self.log_likelihood.astype(self.dtype)

    def backward(self, grad: Array) -> Array:
        steps, batch, _ = self.shape
        beta = np.full(self.emitted.shape, -np.inf)  # log-probability of the rest of the path
        for t in reversed(range(steps)):
            if t + 1 < steps:
                beta[t] = self._leave(beta[t + 1] + self.emitted[t + 1])
            last = self.times - 1 == t
            beta[t, last] = self.ends[last]
        # no path at all: −inf − −inf is nan, as in PyTorch
        log_share = self.alpha + beta - self.log_likelihood[:, None]
        share = np.exp(log_share)
        share[np.arange(steps)[:, None] >= self.times] = 0
        share *= -np.asarray(grad, dtype=np.float64)[:, None]
        share[:, grad == 0] = 0  # also where the loss is infinite and was replaced by 0
        full = np.zeros(self.shape)
        rows = np.arange(batch)
        for s in range(self.symbols.shape[1]):  # a label may stand in several rows of the trellis
            full[:, rows, self.symbols[:, s]] += share[:, :, s]
        return full.astype(self.dtype)

    def _arrive(self, before: Array) -> Array:
        """Add up, for each symbol, the paths that can step on it."""
        total = before.copy()
        skipping = np.where(self.may_skip[:, 2:], before[:, :-2], -np.inf)
        total[:, 1:] = np.logaddexp(total[:, 1:], before[:, :-1])
        total[:, 2:] = np.logaddexp(total[:, 2:], skipping)
        return total

    def _leave(self, after: Array) -> Array:
        """Add up, for each symbol, the paths that lead on from it: `_arrive` in a mirror."""
        total = after.copy()
        skipping = np.where(self.may_skip[:, 2:], after[:, 2:], -np.inf)
        total[:, :-1] = np.logaddexp(total[:, :-1], after[:, 1:])
        total[:, :-2] = np.logaddexp(total[:, :-2], skipping)
        return total


def _lengths(argument: str, value: Any, batch: int, least: int, most: int) -> Array:
    name = f"ctc_loss: {argument}"
    lengths = as_tensor(value).data
    require(lengths.dtype.kind in "iu", DTypeError, name, "integers", lengths)
    if lengths.ndim == 0 and batch == 1:
        lengths = lengths.reshape(1)
    require(lengths.shape == (batch,), ShapeError, name, f"{batch}, one per sequence", lengths)
    lengths = lengths.astype(np.int64)
    inside = bool(((lengths >= least) & (lengths <= most)).all())
    require(inside, RangeError, name, f"lengths from {least} to {most}", str(lengths.tolist()))
    return lengths


def _labels(
    targets: Any, target_lengths: Any, batch: int, classes: int, blank: int
) -> tuple[Array, Array]:
    """Return one row of labels per sequence, blank beyond its end, and how many are real."""
    name = "ctc_loss: targets"
    array = fixed(targets, name).data
    integers = array.dtype.kind in "iu" or array.size == 0
    require(integers, DTypeError, name, "integer labels", array)
    rows = array.ndim == 2 and array.shape[0] == batch
    expected = f"shape ({batch}, longest) or all labels in one line"
    require(rows or array.ndim == 1, ShapeError, name, expected, array)
    counts = _lengths("target_lengths", target_lengths, batch, 0, array.shape[-1])
    used = np.arange(int(counts.max(initial=0))) < counts[:, None]
    labels = np.full(used.shape, blank)
    if rows:
        found = array[:, : used.shape[1]][used]
    else:
        found = array
        total = int(counts.sum())
        lengths_sum = f"{total} labels in one line, the sum of target_lengths"
        require(total == found.size, ShapeError, name, lengths_sum, array)
    right = (found >= 0) & (found < classes) & (found != blank)
    require(
        bool(right.all()),
        RangeError,
        name,
        f"labels from 0 to {classes - 1} other than the blank, {blank}",
        str(found[~right][:5].tolist()),
    )
    labels[used] = found
    return labels, counts
