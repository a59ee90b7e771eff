"""Finding exercises by name, and what the reader sees."""

import numpy as np
import pytest
from checks.registered import DEMO
from dlbook.checks import Exercise, Integer, Mistake, chapters, check, examine, exercises
from dlbook.errors import DlbookError, RangeError


@pytest.fixture
def demo(monkeypatch):
    """Let the demonstration be chapter 98."""
    monkeypatch.setattr(chapters, "__path__", [*chapters.__path__, str(DEMO)])
    yield
    exercises.cache_clear()


@pytest.mark.usefixtures("demo")
def test_check_prints_the_verdict_and_returns_nothing(capsys):
    for answer in (31, np.float32(31), 25, 32, ...):
        assert check("98-parameters", answer) is None
    assert capsys.readouterr().out.splitlines() == [
        "Correct. 4·5 + 5 in the first layer and 5·1 + 1 in the second: weights and biases.",
        "Correct. 4·5 + 5 in the first layer and 5·1 + 1 in the second: weights and biases.",
        "Not yet. You counted the weights. What does every unit have besides?",
        "Not yet. Off by one: check where you start counting and whether the end is included.",
        "Not answered yet. Put your answer in place of `...` and run the cell again.",
    ]


@pytest.mark.usefixtures("demo")
def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(RangeError, match=r"98-affine.*got '98-paramters'. Did you mean '98-param"):
        check("98-paramters", 1)
    with pytest.raises(RangeError, match=r"check: name: expected the number of a chapter.*98"):
        check("00-none", 1)
    with pytest.raises(RangeError, match="got 3"):
        examine(3, 1)
    with pytest.raises(RangeError, match="check: chapter"):
        exercises("00")


@pytest.mark.parametrize("name", ["2-a", "02_a", "02-A", "02-", "02", "02-a--b"])
def test_malformed_names_are_refused(name):
    with pytest.raises(RangeError, match="Exercise: name"):
        Exercise(name, Integer(1), "So.")


def test_texts_are_sentences():
    with pytest.raises(DlbookError, match="full sentences"):
        Exercise("02-a", Integer(1), "")
    with pytest.raises(DlbookError, match="full sentences"):
        Exercise("02-a", Integer(1), "So.", [Mistake(2, "no stop")])


def test_two_exercises_of_one_name_are_refused(tmp_path, monkeypatch):
    (tmp_path / "ch97.py").write_text(
        "from dlbook.checks import Exercise, Integer\n"
        "EXERCISES = [Exercise('97-a', Integer(1), 'So.'), Exercise('97-a', Integer(2), 'So.')]\n"
    )
    monkeypatch.setattr(chapters, "__path__", [*chapters.__path__, str(tmp_path)])
    with pytest.raises(RangeError, match=r"ch97: expected new names in 97-…, got 97-a"):
        exercises("97")
