"""What other sites and search engines read: descriptions, cards, sitemap, robots.txt, page 404."""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import CHAPTER
from .pages import Page, read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import card  # noqa: E402
import chapter_map  # noqa: E402
import sharing  # noqa: E402

ADDRESS = "https://book.example/site/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def meta(page: Page) -> dict[str, list[str]]:
    """The contents of a page's ``meta`` elements, by name or property."""
    found: dict[str, list[str]] = {}
    for name, content in re.findall(
        r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page.text
    ):
        found.setdefault(name, []).append(content)
    return found


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    base = site.resolve()
    return {path.relative_to(base).as_posix(): page for path, page in read_site(site).items()}


@pytest.fixture(scope="module")
def documents(pages: dict[str, Page]) -> dict[str, Page]:
    made = ("404.html", "genindex.html", "py-modindex.html", "search.html")
    return {name: page for name, page in pages.items() if name not in made}


def test_every_page_has_one_description_title_and_address(documents: dict[str, Page]) -> None:
    for name, page in documents.items():
        tags = meta(page)
        assert len(tags["description"]) == len(tags["og:description"]) == 1, name
        assert len(tags["description"][0]) > 20, name
        assert tags["og:title"][0]
        assert tags["og:url"] == [ADDRESS + name]
        assert f'<link rel="canonical" href="{ADDRESS}{name}"' in page.text


def test_a_chapter_is_described_by_its_aim(documents: dict[str, Page]) -> None:
    for chapter in chapter_map.chapters_of(ROOT):
        tags = meta(documents[f"{chapter.page}.html"])
        aim = chapter.aim[0].upper() + chapter.aim[1:] + "."
        assert tags["description"] == tags["og:description"] == [aim]


def test_every_page_has_a_card_of_the_size_it_tells(site: Path, documents: dict[str, Page]) -> None:
    images = set()
    for page in documents.values():
        tags = meta(page)
        (image,) = tags["og:image"]
        assert image.startswith(ADDRESS)
        assert tags["og:image:alt"][0]
        assert tags["twitter:card"] == ["summary_large_image"]
        head = (site / image.removeprefix(ADDRESS)).read_bytes()[:24]
        size = struct.unpack(">II", head[16:])
        assert head.startswith(b"\x89PNG")
        assert [str(side) for side in size] == tags["og:image:width"] + tags["og:image:height"]
        images.add(image)
    assert len(images) == len(documents)


def test_cards_differ_and_are_light(tmp_path: Path) -> None:
    card.draw_card(tmp_path / "new/a.png", "Tensors", "A sentence.")
    card.draw_card(tmp_path / "b.png", "From the perceptron to the multi-layer one", "Long. " * 60)
    one, other = (tmp_path / "new/a.png").read_bytes(), (tmp_path / "b.png").read_bytes()
    assert one != other
    assert max(len(one), len(other)) < 150_000


def test_nothing_on_a_card_leaves_its_edges() -> None:
    for chapter in chapter_map.chapters_of(ROOT):
        title = "Regularisation and initialisation of convolutional networks"
        figure = card.figure_of(title, sharing.description(chapter.aim))
        renderer = figure.canvas.get_renderer()
        for text in figure.axes[0].texts:
            box = text.get_window_extent(renderer)
            assert box.x0 >= 0
            assert box.x1 <= card.SIZE[0], text.get_text()
            assert box.y0 >= 0


def test_the_sitemap_lists_every_page_and_only_pages(
    site: Path, documents: dict[str, Page]
) -> None:
    root = ElementTree.fromstring((site / "sitemap.xml").read_text(encoding="utf-8"))
    listed = [element.text for element in root.findall(f"{SITEMAP}url/{SITEMAP}loc")]
    assert sorted(listed) == sorted(ADDRESS + name for name in documents)


def test_robots_are_invited_and_led_to_the_sitemap(site: Path, plain_site: Path) -> None:
    invited = "User-agent: *\nAllow: /\n"
    assert (site / "robots.txt").read_text() == f"{invited}Sitemap: {ADDRESS}sitemap.xml\n"
    assert (plain_site / "robots.txt").read_text() == invited


def test_without_an_address_nothing_claims_one(plain_site: Path) -> None:
    assert not (plain_site / "sitemap.xml").exists()
    assert not (plain_site / "_images/cards").exists()
    for path, page in read_site(plain_site).items():
        tags = meta(page)
        assert not {"og:url", "og:image", "twitter:card"} & set(tags), path.name
        assert 'rel="canonical"' not in page.text
    sample = read_site(plain_site)[plain_site.resolve() / f"{CHAPTER}.html"]
    assert len(meta(sample)["description"]) == 1


@pytest.mark.parametrize(("kind", "root"), [("site", "/site/"), ("plain_site", "/")])
def test_the_page_404_leads_home_from_any_depth(
    request: pytest.FixtureRequest, kind: str, root: str
) -> None:
    folder = request.getfixturevalue(kind).resolve()
    pages = read_site(folder)
    page = pages[folder / "404.html"]
    own = [link for link in [*page.links, *page.loads] if not link.startswith("#")]
    assert {root + "index.html", root + "search.html"} <= set(own)
    assert [link for link in own if not link.startswith(root)] == []
    assert page.missing(pages) == []
    assert "$" not in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_description_is_a_sentence() -> None:
    assert sharing.description("train a network") == "Train a network."
