"""Which cells fall away with a skipped cell: no more and no fewer than need it."""

from __future__ import annotations

import pytest
from dlbook.validation.dependencies import plan
from dlbook.validation.names import cell_names


def skipped(*sources: str) -> list[int]:
    """Numbers of the cells left out when those that begin with ``#gpu`` cannot run."""
    reasons = ["no device" if source.startswith("#gpu") else None for source in sources]
    return [number for number, reason in enumerate(plan(sources, reasons)) if reason]


@pytest.mark.parametrize(
    "binding",
    [
        "x = 1",
        "x: int = 1",
        "x += 1",
        "a, (b, *x) = 1, (2, 3)",
        "for x in range(3): pass",
        "with open('f') as x: pass",
        "import x",
        "import x.y",
        "from y import z as x",
        "def x(): pass",
        "class x: pass",
        "x = lambda: 1",
        "(x := 1)",
        "if flag:\n    x = 1",
        "try:\n    x = 1\nexcept OSError:\n    pass",
        "match v:\n    case [x]: pass",
        "%time x = 1",
        "%%time\nx = 1",
        "x = %time 1",
        "x.y = 1",
        "x.y[0].z = 1",
        "x['k'] = 1",
        "x[0] += 1",
        "del x",
        "del x[0]",
        "x.append(1)",
        "x.layers[0].train()",
    ],
)
def test_what_a_skipped_cell_binds_or_changes_is_lost(binding: str) -> None:
    assert skipped(f"#gpu\n{binding}", "print(x)") == [0, 1]


@pytest.mark.parametrize(
    "use",
    [
        "x",
        "f(x)",
        "y = [x for _ in range(3)]",
        "y = x.attribute",
        "x.attribute = 1",
        "x[0] = 1",
        "x += 1",
        "print(f'{x}')",
        "y = lambda: 1 + f(x)\ny()",
        "sorted(range(3), key=lambda i: x[i])",
        "def f():\n    return x\nf()",
        "def f(a=x):\n    return a",
        "@x\ndef f(): pass",
        "class A(x): pass",
        "class A:\n    y = x",
        "class A:\n    def f(self):\n        return x\nA()",
        "def f():\n    return x\ndef g():\n    return f()\n[g() for _ in range(2)]",
        "if True:\n    x = 1\nprint(x)",
        "%timeit f(x)",
        "x = x + 1",
        "del x",
    ],
)
def test_a_cell_that_needs_the_lost_name_falls_away(use: str) -> None:
    assert skipped("#gpu\nx = 1", use) == [0, 1]


@pytest.mark.parametrize(
    "use",
    [
        "y",
        "x = 1\nprint(x)",
        "for x in range(3):\n    print(x)",
        "[x for x in range(3)]",
        "def f(x):\n    return x\nf(1)",
        "lambda x: x",
        "y.x = 1",
        "f(x=1)",
        "def f():\n    x = 1\n    return x\nf()",
        "def f():\n    return x",
        "try:\n    f()\nexcept OSError as x:\n    print(x)",
        "if flag:\n    x = 1\nelse:\n    x = 2\nprint(x)",
        "def f():\n    return x\nx = 2\nf()",
        "def f():\n    def x(y):\n        return y\n    return x(1)\nf()",
        "def f():\n    import math as x\n    return x.pi\nf()",
        "def f():\n    try:\n        g()\n    except OSError as x:\n        print(x)\nf()",
    ],
)
def test_a_cell_that_does_not_need_it_runs(use: str) -> None:
    assert skipped("#gpu\nx = 1", use) == [0]


def test_a_name_bound_anew_is_free_again() -> None:
    assert skipped("#gpu\nx = 1", "print(x)", "x = 2", "print(x)") == [0, 1]


def test_a_cell_skipped_for_a_name_loses_its_own() -> None:
    assert skipped("#gpu\nx = 1", "y = x", "z = y", "print(z)", "y = 1", "print(y)") == [0, 1, 2, 3]


def test_functions_are_followed_from_cell_to_cell() -> None:
    define = ["def f():\n    return g()", "def g():\n    return x"]
    assert skipped(*define, "#gpu\nx = 1", "f()", "x = 2", "f()") == [2, 3]
    assert skipped(*define, "#gpu\nx = 1", "def g():\n    return 1", "f()") == [2]


def test_calling_a_function_of_a_module_does_not_change_the_module() -> None:
    assert skipped("import plt", "#gpu\nplt.show()\nplt.draw()", "plt.show()") == [1]


def test_without_a_skipped_cell_none_is_skipped() -> None:
    assert skipped("x = 1", "print(x)") == []


def test_the_reason_names_what_is_missing_and_from_where() -> None:
    reasons = plan(["y = 0", "x = 1", "x"], [None, "needs a CUDA device", None])
    assert reasons == [None, "needs a CUDA device", "needs 'x' from cell 1, which is skipped"]


def test_invalid_code_has_no_names() -> None:
    names = cell_names("x = = 1")
    assert (names.reads, names.binds) == (set(), set())
