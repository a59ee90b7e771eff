"""What counts as the same output: rules that need no kernel to be seen at work."""

from __future__ import annotations

import pytest
from dlbook.validation.compare import close, compare, svg_parts
from nbformat.v4 import new_output


@pytest.mark.parametrize(
    ("reference", "computed"),
    [
        ("loss 0.400", "loss 0.398"),
        ("[ 0.40  -1.00]", "[ 0.401 -1.00 ]"),
        ("1e-8", "1.005e-08"),
        ("-.500", "-.501"),
        ("nan inf -inf", "nan inf -inf"),
        ("0.0", "0"),
    ],
)
def test_numbers_within_the_tolerance_are_close(reference: str, computed: str) -> None:
    assert close(reference, computed, rtol=0.01)


@pytest.mark.parametrize(
    ("reference", "computed"),
    [
        ("loss 0.400", "loss 0.420"),
        ("0.400", "-0.400"),
        ("0.0", "0.001"),
        ("nan", "0.4"),
        ("0.4", "nan"),
        ("inf", "1e9"),
        ("inf", "-inf"),
        ("0.4 0.4", "0.4"),
        ("loss 0.4", "Loss 0.4"),
        ("conv2d", "conv3d"),
        ("information 1", "nanormation 1"),
        ("a\nb", "a b"),
        ("0.4", "0.4%"),
        ("version 1.2.3", "version 1.2.4"),
    ],
)
def test_other_differences_are_not(reference: str, computed: str) -> None:
    assert not close(reference, computed, rtol=0.01)


def test_drawings_are_taken_out_whole_even_when_nested() -> None:
    inner = '<svg x="1"><title>an &amp; b</title></svg>'
    drawing = f'<svg width="9">{inner}<text><tspan>c</tspan></text><desc>d</desc></svg>'
    outside, texts = svg_parts(f"<p>1</p>{drawing}<p>2</p><svg></svg>")
    assert outside == "<p>1</p><svg/><p>2</p><svg/>"
    assert texts == [["an & b", "c", "d"], []]


def test_a_drawing_that_is_never_closed_is_compared_to_the_letter() -> None:
    assert svg_parts("a<svg><p>") == ("a<svg><p>", [])


def test_a_difference_is_shown_and_a_long_one_is_cut() -> None:
    old = new_output("stream", name="stdout", text="".join(f"{i}\n" for i in range(100)))
    new = new_output("stream", name="stdout", text="".join(f"{i}!\n" for i in range(100)))
    (problem,) = compare([old], [new])
    assert "-0\n" in problem
    assert "more lines" in problem


def test_the_order_of_outputs_counts() -> None:
    printed = new_output("stream", name="stdout", text="a")
    figure = new_output("display_data", data={"image/png": "A"})
    assert compare([printed, figure], [printed, figure]) == []
    assert compare([printed, figure], [figure, printed]) != []


def test_json_is_compared_by_value() -> None:
    def output(value: object) -> object:
        return new_output("display_data", data={"application/json": value})

    assert compare([output({"a": 1, "b": 2})], [output({"b": 2, "a": 1})]) == []
    assert compare([output({"a": 1})], [output({"a": 2})]) != []
