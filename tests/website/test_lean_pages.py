"""What is cut from the theme's style sheets and fonts, and what must stay."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from .pages import read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import lean_code  # noqa: E402
import lean_pages  # noqa: E402
import page_repairs  # noqa: E402

STYLE = """
/* a comment */
@import url("other.css");
@font-face{font-family:F;src:url(f.woff)}
.used,.unused{color:red}
.unused{color:blue}
p.used > a:hover{color:green}
.used.unused b{color:red}
[data-x=".unused"]{color:red}
.bs-tooltip-auto{color:red}
@media (width>5px){.unused{top:0}.used{top:1px}}
@media print{.unused{top:0}}
"""


def test_only_rules_of_classes_that_occur_stay() -> None:
    kept = lean_pages.used_only(STYLE, {"used", "p"})
    assert "comment" not in kept
    assert '@import url("other.css");' in kept
    assert "@font-face{font-family:F;src:url(f.woff)}" in kept
    rules = re.sub(r"\s", "", kept)
    assert ".used{color:red}p.used>a:hover{color:green}" in rules
    assert '[data-x=".unused"]{color:red}' in rules
    assert ".bs-tooltip-auto{color:red}" in rules
    assert "@media(width>5px){.used{top:1px}}" in rules
    assert "print" not in rules
    assert "blue" not in rules
    assert ".used.unused" not in rules


def test_nothing_is_cut_where_every_class_occurs() -> None:
    kept = lean_pages.used_only(STYLE, {"used", "unused"})
    assert kept.count("{") == STYLE.count("{")


@pytest.mark.parametrize("icon", ["fa-bars", "fa-magnifying-glass", "fa-circle-half-stroke"])
def test_icons_of_the_pages_can_be_drawn(site: Path, icon: str) -> None:
    style = (site / "_static/styles/pydata-sphinx-theme.css").read_text(encoding="utf-8")
    rule = re.search(rf'\.{icon}:{{1,2}}before[^{{]*\{{content:\s*"(.)"', style)
    assert rule, icon
    fonts = re.findall(r"url\(\.\./(vendor/fontawesome/[\w-]+\.woff)\)", style)
    points = set()
    for name in fonts:
        points |= set(TTFont(site / "_static" / name).getBestCmap())
    assert ord(rule[1]) in points


def test_icons_of_no_page_are_gone(site: Path) -> None:
    style = (site / "_static/styles/pydata-sphinx-theme.css").read_text(encoding="utf-8")
    assert "fa-guitar" not in style
    assert not list((site / "_static").rglob("*.woff2.map"))
    solid = site / "_static/vendor/fontawesome/fa-solid-900.woff"
    assert solid.stat().st_size < 20_000


def test_pages_load_neither_the_icon_script_nor_the_index(site: Path) -> None:
    for path, page in read_site(site).items():
        assert "fontawesome.js" not in page.text
        assert ("searchindex.js" in page.text) == (path.name == "search.html")
    assert not (site / "_static/scripts/fontawesome.js").exists()


def test_the_theme_reports_nothing_to_the_console(site: Path) -> None:
    scripts = [p for p in (site / "_static").rglob("*.js") if "katex" not in p.parts]
    assert scripts
    texts = {path.name: path.read_text(encoding="utf-8") for path in scripts}
    assert not [name for name, text in texts.items() if lean_pages.REPORT.search(text)]


def test_no_style_sheet_waits_for_another(site: Path) -> None:
    styles = list((site / "_static").rglob("*.css"))
    assert not [p.name for p in styles if "@import" in p.read_text(encoding="utf-8")]
    for path, page in read_site(site).items():
        # The page for lost addresses stands alone: nothing can be found relative to it.
        assert "_static/basic.css" in page.text or path.name == "404.html"


def test_what_the_theme_leaves_nameless_has_a_name(site: Path) -> None:
    for page in read_site(site).values():
        assert '<summary><span class="toctree-toggle"' not in page.text
        assert 'role="doc-biblioentry"' not in page.text
        assert '<th class="head"><p></p></th>' not in page.text
        if 'id="pst-primary-sidebar"' in page.text:
            assert 'id="pst-primary-sidebar" role="complementary" aria-label="Book"' in page.text


PYGMENTS = """
.light .highlight pre { line-height: 125%; }
.light .highlight { background: #fff; color: #080808 }
.light .highlight .n { color: #080808 } /* Name */
.light .highlight .k { color: #080808 }
.light .highlight .p { color: #080808; font-weight: bold }
.light .highlight .o { color: #080808 }
.dark .highlight { background: #000; color: #F8F8F2 }
.dark .highlight .n { color: #f8f8f2 } /* Name */
.dark .highlight .k { color: #DCC6E0 }
.dark .highlight .p { color: #F8F8F2 }
"""


def test_marks_are_unseen_only_where_every_theme_gives_them_the_colour_of_the_block() -> None:
    assert lean_code.unseen(PYGMENTS) == {"n"}


def test_code_keeps_its_text_and_what_one_sees() -> None:
    code = '<span class="n">x</span><span class="o">=</span><span class="o">&lt;</span> <b>1</b>'
    page = f'<p><span class="n">x</span></p><div class="highlight"><pre>{code}</pre></div>{code}'
    lean = lean_code.lean_code(page, {"n"})
    block = '<div class="highlight"><pre>x<span class="o">=&lt;</span> <b>1</b></pre></div>'
    assert lean == f'<p><span class="n">x</span></p>{block}{code}'


def test_code_of_the_pages_has_no_unseen_marks(site: Path) -> None:
    style = (site / "_static/pygments.css").read_text(encoding="utf-8")
    kinds = lean_code.unseen(style)
    assert {"n", "p"} <= kinds
    assert "k" not in kinds
    text = (site / "chapters/02-tensors.html").read_text(encoding="utf-8")
    assert '<span class="k">' in text
    assert not [kind for kind in kinds if f'<span class="{kind}">' in text]


def test_lists_have_entries_and_nothing_is_for_the_mouse_alone(site: Path) -> None:
    bibliography = (site / "chapters/bibliography.html").read_text(encoding="utf-8")
    entries = re.findall(r'<div class="citation"[^>]*>', bibliography)
    assert entries
    assert all('role="listitem"' in entry for entry in entries)
    modules = (site / "py-modindex.html").read_text(encoding="utf-8")
    assert "dlbook.engine" in modules
    assert "toggler" not in modules


def test_a_key_that_presses_a_button_leaves_the_focus_there(site: Path) -> None:
    script = (site / page_repairs.SCRIPT).read_text(encoding="utf-8")
    assert page_repairs.LOSES_FOCUS not in script
    assert page_repairs.KEEPS_FOCUS in script
