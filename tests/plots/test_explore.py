"""Interactive figures: their states, their HTML, and what they refuse."""

import hashlib
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from dlbook import plots
from dlbook.errors import RangeError, ShapeError
from dlbook.plots.explore import MAX_BYTES

RATES = [0.01, 0.1, 0.5, 1.0]
GRID = np.linspace(-2, 4, 101)


def loss(w):
    return (w - 1) ** 2


def base(ax):
    ax.set(xlabel="w", ylabel="loss", xlim=(-2, 4), ylim=(0, 8))
    ax.plot(GRID, loss(GRID), color=plots.COLORS.black, label="the loss")


def draw(ax, rate):
    path = 1 - 2.5 * (1 - 2 * rate) ** np.arange(12)
    ax.plot(path, loss(path), "o-", label=f"rate {rate}")
    ax.annotate(
        "end",
        (path[-1], loss(path[-1])),
        (8, 20),
        textcoords="offset points",
        arrowprops={"arrowstyle": "->"},
    )
    ax.legend(loc="upper left")
    return f"The loss ends at {loss(path[-1]):.3f} & stays."


def explorer(**changes):
    options = {
        "base": base,
        "label": "Learning <rate>",
        "title": "Descent",
        "alt": 'A parabola and "visited" points.',
        "start": 0.1,
        **changes,
    }
    return plots.explore(draw, RATES, **options)


@pytest.fixture(scope="module")
def figure():
    return explorer()


def svg_of(figure):
    text = re.search(r"<svg.*</svg>", figure.html, re.DOTALL)[0]
    return ElementTree.fromstring(text)


def visible_states(root):
    """Return the states whose groups a browser would show, and all states."""
    groups = [g for g in root.iter("g") if "data-s" in g.attrib]
    shown = {int(g.get("data-s")) for g in groups if "hidden" not in g.attrib}
    return shown, {int(g.get("data-s")) for g in groups}


def test_one_svg_holds_all_states_and_shows_the_first(figure):
    assert figure.html.count("<svg") == 1
    assert visible_states(svg_of(figure)) == ({1}, {0, 1, 2, 3})


def test_what_states_share_is_drawn_once(figure):
    outside = ElementTree.tostring(svg_of(figure), encoding="unicode")
    assert outside.count(">loss</text>") == 1
    # Line, annotation with its arrow, and legend of each state are in its groups.
    for state in range(4):
        groups = [g for g in svg_of(figure).iter("g") if g.get("data-s") == str(state)]
        inside = "".join(ElementTree.tostring(g, encoding="unicode") for g in groups)
        assert f"rate {RATES[state]}</text>" in inside
        assert "end</text>" in inside
        assert len(groups) >= 4


def test_a_legend_lists_the_base_and_its_own_state_only(figure):
    groups = [g for g in svg_of(figure).iter("g") if g.get("data-s") == "3"]
    texts = [t.text for g in groups for t in g.iter("text")]
    assert texts.count("the loss") == 1
    assert [t for t in texts if t.startswith("rate")] == ["rate 1.0"]


def test_the_slider_is_native_labelled_and_speaks(figure):
    page = figure.html
    assert re.search(r"<label><span>Learning &lt;rate&gt;</span><input type=\"range\"", page)
    assert 'min="0" max="3" step="1" value="1"' in page
    assert 'aria-valuetext="0.1"' in page
    assert "<output" in page
    assert page.count("oninput=") == 1
    assert "<script" not in page
    assert "http" not in re.sub(r"xmlns\S+", "", page)


def test_the_picture_has_a_role_a_name_and_no_foreign_style(figure):
    root = svg_of(figure)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A parabola and "visited" points.'
    assert root.find("title").text == "Descent"
    tags = {element.tag for element in root.iter()}
    assert not tags & {"style", "metadata", "script"}
    assert not [t for t in tags if ":" in t or "}" in t]


def test_captions_and_names_are_shown_with_their_state(figure):
    shown = re.findall(r'<p data-s="(\d)"( hidden)?>([^<]*)</p>', figure.html)
    assert [int(k) for k, *_ in shown] == [0, 1, 2, 3]
    assert [k for k, hidden, _ in shown if not hidden] == ["1"]
    assert shown[3][2] == "The loss ends at 6.250 &amp; stays."
    names = re.findall(r'<span data-s="\d"(?: hidden)?>([^<]*)</span>', figure.html)
    assert names == ["0.01", "0.1", "0.5", "1"]
    assert figure.captions[3] == "The loss ends at 6.250 & stays."


def test_text_for_terminals(figure):
    assert repr(figure) == figure.text
    assert figure.text.splitlines() == [
        "Interactive figure: Descent",
        "Learning <rate>: 0.01, 0.1, 0.5, 1",
        f"Shown: 0.1: {figure.captions[1]}",
    ]
    bundle = figure._repr_mimebundle_()
    assert bundle == {"text/html": figure.html, "text/plain": figure.text}


def test_paper_hides_the_slider_and_motion_is_not_used(figure):
    assert "@media print{.dlb-slide input,.dlb-slide button{display:none}" in figure.html
    assert "<noscript>" in figure.html
    assert not re.search(r"animat|transition", figure.html)


def test_two_renderings_are_identical_also_in_another_process(figure):
    assert explorer().html == figure.html
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_explore as t;"
        "import hashlib; print(hashlib.sha256(t.explorer().html.encode()).hexdigest())"
    )
    folder = __file__.rpartition("/")[0]
    result = subprocess.run(
        [sys.executable, "-c", program, folder], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == hashlib.sha256(figure.html.encode()).hexdigest()


def test_identifiers_of_two_figures_do_not_meet(figure):
    other = explorer(title="Another")
    here, there = (set(re.findall(r' id="([^"]+)"', one.html)) for one in (figure, other))
    assert here
    assert not here & there
    for one, ids in ((figure, here), (other, there)):
        used = set(re.findall(r"url\(#([^)]+)\)", one.html)) | set(
            re.findall(r'href="#([^"]+)"', one.html)
        )
        assert used == ids


def test_twenty_simple_states_stay_below_100_kb():
    def curve(ax, k):
        ax.plot(GRID, np.sin(GRID * k))
        ax.plot(GRID[::10], np.cos(GRID[::10] * k), "o")

    figure = plots.explore(curve, range(1, 21), label="Frequency", alt="Two waves.")
    assert len(figure.html) < 100_000
    assert visible_states(svg_of(figure))[1] == set(range(20))


def test_coordinates_are_rounded_but_right():
    figure = plots.explore(
        lambda ax, k: ax.plot([0, 1], [0, k], linestyle="-") and None,
        [1, 2],
        base=lambda ax: ax.set(xlim=(0, 1), ylim=(0, 2)),
        label="k",
        alt="A line.",
    )
    paths = {
        g.get("data-s"): np.array(re.findall(r"[\d.]+", g.find("path").get("d")), float)
        for g in svg_of(figure).iter("g")
        if "data-s" in g.attrib
    }
    (x0, y0, x1, y1), (_, _, _, top) = paths["0"], paths["1"]
    assert x1 > x0
    assert (y0 - y1) == pytest.approx((y0 - top) / 2, abs=0.1)


def test_limits_fit_all_states_where_none_are_given():
    figure = plots.explore(
        lambda ax, k: ax.plot([0, k], [0, k]) and None, [1, 100], label="k", alt="A line."
    )
    labels = [t.text for t in svg_of(figure).iter("text")]
    assert "100" in labels


def test_cumulative_steps_with_buttons():
    def step(ax, k):
        ax.text(0.2 * k, 0.5, f"node {k}")

    figure = plots.step_explorer(
        step, [0, 1, 2, 3], alt="Nodes, one by one.", cumulative=True, start=2
    )
    assert visible_states(svg_of(figure)) == ({0, 1, 2}, {0, 1, 2, 3})
    assert figure.names == ("1 of 4", "2 of 4", "3 of 4", "4 of 4")
    assert re.findall(r"<button type=\"button\"[^>]*>(\w+)<", figure.html) == ["Previous", "Next"]
    assert "data-c" in figure.html
    assert 'aria-live="polite"' not in figure.html


def test_panels_and_other_figures_functions():
    def layers(axes, turn):
        for ax, angle in zip(axes, (turn, 2 * turn), strict=True):
            c, s = np.cos(angle), np.sin(angle)
            ax.plot([0, c], [0, s])

    figure = plots.explore(
        layers,
        [0.0, 0.5],
        label="Angle",
        alt="Two arrows.",
        panels=(1, 2),
        base=lambda axes: [ax.set(xlim=(-1, 1), ylim=(-1, 1)) for ax in axes],
    )
    assert len([g for g in svg_of(figure).iter("g") if g.get("data-s") == "1"]) == 2
    plots.explore(
        lambda ax, k: plots.network_diagram([2, k], ax=ax) and None,
        [1, 1],
        label="Units",
        alt="A network.",
        base=lambda ax: plots.network_diagram([2, 1], ax=ax),
    )


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"alt": ""}, RangeError, "alt: expected a text"),
        ({"label": " "}, RangeError, "label: expected a text"),
        ({"start": 0.2}, RangeError, "start: expected one of the values 0.01, 0.1, 0.5, 1, got"),
        ({"names": ["a"]}, ShapeError, "names: expected 4"),
    ],
)
def test_missing_texts_and_unknown_states_are_refused(changes, error, words):
    with pytest.raises(error, match=words):
        explorer(**changes)


def refuse(draw, words, values=(1, 2), **options):
    with pytest.raises(RangeError, match=words):
        plots.explore(draw, values, label="k", alt="Nothing.", **options)


def test_states_must_not_change_what_they_share():
    refuse(lambda ax, k: ax.plot([k]) and ax.set_title(str(k)) and None, "draw.1.*another title")
    refuse(lambda ax, k: ax.set_xlabel(str(k)) and None, "another x label")
    refuse(lambda ax, k: ax.set_ylim(0, k) and None, "another y limits")
    refuse(lambda ax, k: ax.plot([k]), "return a caption or None")
    refuse(lambda ax, k: None, "to add artists")
    refuse(lambda ax, k: None, "at least two", values=[1])


def test_a_figure_too_large_for_a_page_is_refused(rng):
    def cloud(ax, k):
        ax.plot(*rng.random((2, 4000)), "o")

    refuse(cloud, f"at most {MAX_BYTES // 1000} kB", values=(1, 2, 3))


def test_importing_the_package_does_not_import_matplotlib():
    program = "import sys, dlbook, dlbook.checks; print('matplotlib' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_an_image_is_shown_in_its_own_state_only():
    def show(ax, level):
        ax.imshow(np.full((2, 2), level), vmin=0, vmax=1, extent=(0, 1, 0, 1), interpolation="none")

    def frame(ax):
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        ax.imshow(np.eye(2), extent=(0, 1, 0, 1), interpolation="none")

    figure = plots.explore(show, [0.0, 0.5, 1.0], base=frame, label="Level", alt="Squares.")
    svg = svg_of(figure)
    groups = {group.get("data-s"): group for group in svg.iter("g") if group.get("data-s")}
    assert set(groups) == {"0", "1", "2"}
    assert [len(list(group.iter("image"))) for group in groups.values()] == [1, 1, 1]
    assert [groups[state].get("hidden") is None for state in "012"] == [True, False, False]
    assert len(list(svg.iter("image"))) == 4  # and one that all states share
    assert not list(svg.iter("a"))
