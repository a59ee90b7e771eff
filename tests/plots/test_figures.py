"""Figures are judged by the data of their artists."""

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from dlbook import plots
from dlbook.errors import RangeError, ShapeError
from dlbook.plots.graphs import layered_positions
from dlbook.plots.planes import LETTER_F
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def history():
    return SimpleNamespace(
        epochs=3,
        metrics={
            "loss": [1.0, 0.5, 0.3],
            "accuracy": [0.5, 0.8, 0.9],
            "val_loss": [1.1, 0.6, 0.5],
            "val_accuracy": [0.4, 0.7, 0.8],
        },
    )


def luminance(colour):
    channels = np.array(to_rgba(colour)[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_style_is_transparent_and_does_not_leak():
    before = mpl.rcParams["axes.spines.top"], mpl.rcParams["font.size"]
    with plots.style(font_size=7):
        fig, ax = plt.subplots()
        assert mpl.rcParams["font.size"] == 7
    assert (mpl.rcParams["axes.spines.top"], mpl.rcParams["font.size"]) == before
    assert fig.get_facecolor()[3] == 0
    assert ax.get_facecolor()[3] == 0


def test_use_makes_it_the_default():
    with mpl.rc_context():
        plots.use()
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == plots.CYCLE


@pytest.mark.parametrize("card", ["#ffffff", "#ced6dd"])
def test_text_and_first_colours_read_on_the_light_cards_of_both_modes(card):
    assert contrast(plots.COLORS.black, card) > 7
    for colour in plots.CYCLE[:1]:
        assert contrast(colour, card) > 3
    for colour in plots.CYCLE[:2]:
        assert contrast(colour, "#ffffff") > 3


def test_learning_curves(history):
    fig = plots.learning_curves(history)
    loss, accuracy = fig.axes
    assert [ax.get_ylabel() for ax in fig.axes] == ["loss", "accuracy"]
    train, validation = loss.lines
    np.testing.assert_array_equal(train.get_xydata(), [[1, 1.0], [2, 0.5], [3, 0.3]])
    np.testing.assert_array_equal(validation.get_ydata(), history.metrics["val_loss"])
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert [text.get_text() for text in accuracy.get_legend().get_texts()] == [
        "training",
        "validation",
    ]


def test_learning_curves_of_several_models_share_a_colour_each(history):
    del history.metrics["val_loss"]
    fig = plots.learning_curves({"NumPy": history, "Keras": history}, ["accuracy", "loss"])
    accuracy, loss = fig.axes
    assert [line.get_label() for line in accuracy.lines] == [
        "NumPy",
        "NumPy, validation",
        "Keras",
        "Keras, validation",
    ]
    assert [line.get_label() for line in loss.lines] == ["NumPy", "Keras"]
    colours = [line.get_color() for line in accuracy.lines]
    assert colours[0] == colours[1] != colours[2] == colours[3]


def test_learning_curves_refuse_what_was_not_recorded(history):
    with pytest.raises(RangeError, match=r"metrics: expected some .*loss, accuracy.*got \['f1'\]"):
        plots.learning_curves(history, ["f1"])
    with pytest.raises(RangeError, match="none"):
        plots.learning_curves(SimpleNamespace(metrics={}))


def test_loss_curve_1d():
    fig = plots.loss_curve_1d(lambda w: (w - 1) ** 2, -1, 3, path=[-0.5, 0.2, 0.8])
    curve, path, start, end = fig.axes[0].lines
    x, y = curve.get_data()
    assert (x.min(), x.max(), y.min()) == (-1, 3, 0)
    np.testing.assert_allclose(path.get_ydata(), [2.25, 0.64, 0.04])
    assert (start.get_xdata()[0], end.get_xdata()[0]) == (-0.5, 0.8)
    with pytest.raises(RangeError, match="low"):
        plots.loss_curve_1d(abs, 2, 2)


def test_image_grid_keeps_pixels_and_marks_errors(rng):
    images = rng.random((5, 4, 6))
    fig = plots.image_grid(images, [0, 1, 2, 3, 4], predicted=[0, 1, 7, 3, 4], columns=3)
    assert len(fig.axes) == 6
    shown = [ax.images[0] for ax in fig.axes[:5]]
    for image, artist in zip(images, shown, strict=True):
        np.testing.assert_array_equal(artist.get_array(), image)
        assert artist.get_clim() == (images.min(), images.max())
    titles = [ax.get_title() for ax in fig.axes[:5]]
    assert titles == ["0", "1", "2 → 7", "3", "4"]
    colours = [ax.title.get_color() for ax in fig.axes[:5]]
    assert len(set(colours)) == 2
    assert not fig.axes[5].images


@pytest.mark.parametrize("shape", [(3, 4, 4, 1), (3, 4, 4, 3), (1, 4, 4)])
def test_image_grid_takes_the_usual_layouts(rng, shape):
    fig = plots.image_grid(rng.random(shape))
    assert len(fig.axes) == shape[0]
    assert fig.axes[0].images[0].get_array().shape[:2] == (4, 4)


def test_image_grid_refuses_others(rng):
    with pytest.raises(ShapeError, match="image_grid: images"):
        plots.image_grid(rng.random((3, 1, 8, 8)))
    with pytest.raises(ShapeError, match="image_grid: images"):
        plots.image_grid(rng.random((8, 8)))
    with pytest.raises(ShapeError, match="image_grid: labels"):
        plots.image_grid(rng.random((3, 8, 8)), [1, 2])


@pytest.fixture
def classes(rng):
    x = rng.normal(size=(30, 2)) + np.repeat([[0, 0], [4, 0], [0, 4]], 10, axis=0)
    return x, np.repeat([0, 1, 2], 10)


def points_of(ax):
    return [c for c in ax.collections if isinstance(c, PathCollection)]


def test_scatter_classes_tells_them_apart_by_colour_and_marker(classes):
    x, y = classes
    fig = plots.scatter_classes(x, y, names=["a", "b", "c"])
    groups = points_of(fig.axes[0])
    for label, group in enumerate(groups):
        np.testing.assert_array_equal(group.get_offsets(), x[y == label])
    assert len({tuple(group.get_facecolor()[0]) for group in groups}) == 3
    assert len({group.get_paths()[0].vertices.shape for group in groups}) > 1
    assert [t.get_text() for t in fig.axes[0].get_legend().get_texts()] == ["a", "b", "c"]


def test_decision_regions_ask_the_model_on_a_grid(classes):
    x, y = classes
    asked = []

    def predict(points):
        asked.append(points)
        return (points[:, 0] > 2).astype(int)

    fig = plots.decision_regions(predict, x, y, steps=50, margin=1.0)
    (grid,) = asked
    assert grid.shape == (2500, 2)
    np.testing.assert_allclose(grid.min(0), x.min(0) - 1)
    np.testing.assert_allclose(grid.max(0), x.max(0) + 1)
    region = fig.axes[0].images[0]
    assert region.get_extent()[:2] == pytest.approx([x[:, 0].min() - 1, x[:, 0].max() + 1])
    painted = np.asarray(region.get_array())
    np.testing.assert_array_equal(painted[0], (grid[:50, 0] > 2).astype(int))
    # Class k has the same colour in the region as in the points.
    for label, group in enumerate(points_of(fig.axes[0])):
        np.testing.assert_allclose(
            region.cmap(region.norm(label))[:3], group.get_facecolor()[0, :3]
        )


def test_planes_refuse_wrong_shapes(classes):
    x, y = classes
    with pytest.raises(ShapeError, match="predict: expected one class per point"):
        plots.decision_regions(lambda p: p, x, y)
    with pytest.raises(ShapeError, match="scatter_classes: x"):
        plots.scatter_classes(x[:, :1], y)
    with pytest.raises(ShapeError, match="scatter_classes: y"):
        plots.scatter_classes(x, y[:5])
    with pytest.raises(RangeError, match="less than 2"):
        plots.scatter_classes(x, y, names=["a", "b"])
    with pytest.raises(RangeError, match="integers from 0"):
        plots.scatter_classes(x, y - 1)


def test_layers_2d_draws_every_layer(classes):
    x, y = classes
    layers = [x, np.tanh(x), x**2, x**3, x**4]
    fig = plots.layers_2d(layers, y)
    assert [ax.get_title() for ax in fig.axes[:5]] == [
        "input",
        "layer 1",
        "layer 2",
        "layer 3",
        "layer 4",
    ]
    for ax, layer in zip(fig.axes, layers, strict=False):
        drawn = np.concatenate([group.get_offsets() for group in points_of(ax)])
        np.testing.assert_array_equal(drawn, layer)
    assert len(fig.legends) == 1
    with pytest.raises(ShapeError, match="titles"):
        plots.layers_2d(layers, y, titles=["one"])
    with pytest.raises(ShapeError, match="layers_2d: layer 1"):
        plots.layers_2d([x, x[:, :1]], y)


def test_affine_picture_draws_the_map():
    weight, bias = np.array([[0.0, -1.0], [1.0, 0.0]]), np.array([3.0, 1.0])
    fig = plots.affine_picture(weight, bias, title="turn")
    before, after = fig.axes[0].patches
    np.testing.assert_allclose(before.get_xy()[:-1], LETTER_F)
    np.testing.assert_allclose(after.get_xy()[:-1], [weight @ p + bias for p in LETTER_F])
    low, high = np.array([fig.axes[0].get_xlim(), fig.axes[0].get_ylim()]).T
    assert (after.get_xy() > low).all()
    assert (after.get_xy() < high).all()
    for arguments in (([1, 2],), (np.eye(3),), (np.eye(2), [1, 2, 3])):
        with pytest.raises(ShapeError, match="affine_picture"):
            plots.affine_picture(*arguments)


def test_vectors_2d_point_where_they_should():
    fig = plots.vectors_2d([[1, 2], [0, 0], [-3, 1]], labels=["a", "0", "b"])
    arrows = [t for t in fig.axes[0].texts if t.arrow_patch is not None]
    assert [arrow.xy for arrow in arrows] == [(1, 2), (0, 0), (-3, 1)]
    assert [t.get_text() for t in fig.axes[0].texts if t.get_text()] == ["a", "0", "b"]
    fig.canvas.draw()
    with pytest.raises(ShapeError, match="vectors"):
        plots.vectors_2d([1, 2])
    with pytest.raises(ShapeError, match="labels"):
        plots.vectors_2d([[1, 2]], labels=[])


def test_network_diagram_has_every_unit_and_connection():
    fig = plots.network_diagram([4, 5, 1])
    ax = fig.axes[0]
    assert [len(group.get_offsets()) for group in points_of(ax)] == [4, 5, 1]
    lines = [c for c in ax.collections if isinstance(c, LineCollection)]
    assert [len(c.get_segments()) for c in lines] == [20, 5]
    assert [t.get_text() for t in ax.texts] == ["input\n4", "hidden\n5", "output\n1"]


def test_large_layers_are_abbreviated_and_say_so():
    ax = plots.network_diagram([784, 32, 10], max_units=6).axes[0]
    assert [len(group.get_offsets()) for group in points_of(ax)] == [6, 6, 6]
    texts = [t.get_text() for t in ax.texts]
    assert texts.count("⋮") == 3
    assert "input\n784" in texts


def test_weights_show_by_colour_and_width():
    weight = np.array([[1.0, -2.0, 0.0], [0.5, 0.1, -0.1]])
    ax = plots.network_diagram([2, 3], weights=[weight]).axes[0]
    (lines,) = (c for c in ax.collections if isinstance(c, LineCollection))
    widths = np.asarray(lines.get_linewidths()).reshape(2, 3)
    assert np.argmax(widths) == np.argmax(np.abs(weight))
    assert np.all(np.diff(widths.ravel()[np.argsort(np.abs(weight), axis=None)]) >= 0)
    colours = lines.get_colors()
    blue = [tuple(c) == to_rgba(plots.COLORS.blue) for c in colours]
    assert blue == list(weight.ravel() >= 0)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([3],), RangeError),
        (([3, 0],), RangeError),
        (([3, 2], {"max_units": 2}), RangeError),
        (([3, 2], {"labels": ["a"]}), ShapeError),
        (([3, 2], {"weights": [np.ones((2, 3))]}), ShapeError),
        (([30, 2], {"weights": [np.ones((30, 2))]}), RangeError),
    ],
)
def test_network_diagram_refuses(arguments, error):
    sizes, *options = arguments
    with pytest.raises(error, match="network_diagram"):
        plots.network_diagram(sizes, **(options[0] if options else {}))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (2, 2, 3, 2), (2, 1, 2, 3, 2)])
def test_tensor_shapes_draw_one_cell_per_element(shape):
    ax = plots.tensor_shapes([shape]).axes[0]
    (cells,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    assert len(cells.get_paths()) == int(np.prod(shape))
    corners = {tuple(np.round(path.vertices[0], 6)) for path in cells.get_paths()}
    assert len(corners) == int(np.prod(shape))
    assert ax.get_title() == f"rank {len(shape)}: {shape}"


def test_tensor_shapes_refuse():
    for shape in ((9,), (0, 2), (1,) * 6):
        with pytest.raises(RangeError, match="tensor_shapes: shapes"):
            plots.tensor_shapes([shape])
    with pytest.raises(ShapeError, match="titles"):
        plots.tensor_shapes([(1,)], titles=["a", "b"])


GRAPH = [("x", "*"), ("w", "*"), ("*", "+"), ("b", "+"), ("+", "L"), ("t", "L")]
NODES = ["x", "w", "*", "b", "+", "t", "L"]


def test_layers_run_from_operands_to_results():
    places = layered_positions(NODES, GRAPH)
    assert all(places[a][0] < places[b][0] for a, b in GRAPH)
    assert len(set(places.values())) == len(NODES)
    # An input stands just before the operation that uses it, not at the far left.
    assert places["t"][0] == places["L"][0] - 1
    with pytest.raises(RangeError, match="no cycle"):
        layered_positions(["a", "b"], [("a", "b"), ("b", "a")])


def test_computation_graph_writes_values_above_and_gradients_below():
    fig = plots.computation_graph(
        NODES,
        GRAPH,
        values={"x": 2.0, "L": 0.123456},
        gradients={"L": 1, "x": "∂L/∂x"},
        highlight=["+"],
        positions={"x": (-1.0, 3.0)},
    )
    ax = fig.axes[0]
    written = {(t.get_text(), t.get_va()) for t in ax.texts if t.get_text()}
    assert {("2", "bottom"), ("0.1235", "bottom"), ("1", "top"), ("∂L/∂x", "top")} <= written
    arrows = [t for t in ax.texts if getattr(t, "arrow_patch", None) is not None]
    assert len(arrows) == len(GRAPH)
    boxes = {t.get_text(): t.get_bbox_patch() for t in ax.texts if t.get_bbox_patch() is not None}
    assert set(boxes) == set(NODES)
    yellow = [n for n, b in boxes.items() if b.get_facecolor() == to_rgba(plots.COLORS.yellow)]
    assert yellow == ["+"]
    node = next(t for t in ax.texts if t.get_text() == "x")
    assert node.get_position() == (-1.0, 3.0)
    fig.canvas.draw()


@pytest.mark.parametrize(
    "wrong",
    [
        {"edges": [("x", "q")]},
        {"values": {"q": 1}},
        {"gradients": {"q": 1}},
        {"positions": {"q": (0, 0)}},
        {"highlight": ["q"]},
    ],
)
def test_computation_graph_refuses_unknown_nodes(wrong):
    arguments = {"nodes": NODES, "edges": GRAPH, **wrong}
    with pytest.raises(RangeError, match=rf"computation_graph: {next(iter(wrong))}.*\['q'\]"):
        plots.computation_graph(**arguments)


def test_functions_draw_into_the_axes_they_get(classes):
    x, y = classes
    fig, axes = plt.subplots(2, 3)
    drawn = [
        plots.scatter_classes(x, y, ax=axes[0, 0]),
        plots.decision_regions(lambda p: np.zeros(len(p), int), x, y, ax=axes[0, 1]),
        plots.affine_picture(np.eye(2), ax=axes[0, 2]),
        plots.vectors_2d([[1, 1]], ax=axes[1, 0]),
        plots.network_diagram([2, 1], ax=axes[1, 1]),
        plots.computation_graph(NODES, GRAPH, ax=axes[1, 2]),
    ]
    assert all(one is fig for one in drawn)
    assert len(plt.get_fignums()) == 1
