"""Light code: of the highlighter's marks, keep those which one can see.

Pygments puts every name, bracket and blank into an element of its own, thousands on a long page,
and most of them look like the code around them. They are taken out, and neighbours of one kind
are joined. A page has a third fewer elements, so it is drawn, searched and read aloud sooner.
"""

from __future__ import annotations

import re

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLOCK = re.compile(r'(<div class="highlight">)(.*?)(</pre>)', re.DOTALL)
RULE = re.compile(r"(?P<theme>[^{}]*?)\.highlight(?: \.(?P<kind>\w+))?\s*\{(?P<look>[^{}]*)\}")
COLOR = re.compile(r"(?<![\w-])color:\s*([^;\s]+)")
MARK = re.compile(r'<span class="(\w+)">([^<]*)</span>')
NEIGHBOURS = re.compile(r'(<span class="(\w+)">[^<]*)</span><span class="\2">')


def unseen(style: str) -> set[str]:
    """Return the kinds of marks which look like the code around them in every theme.

    Parameters
    ----------
    style : str
        Pygments' style sheet: colours of the block and of each kind of mark, for each theme.
    """
    blocks: dict[str, str] = {}
    kinds: dict[str, dict[str, str]] = {}
    for rule in RULE.finditer(COMMENT.sub("", style)):
        theme, look = rule["theme"].strip(), rule["look"]
        color = COLOR.search(look)
        if rule["kind"] is None:
            blocks[theme] = color[1].lower() if color else ""
        else:
            only_color = color and re.fullmatch(r"\s*color:[^;]*;?\s*", look)
            seen = color[1].lower() if color and only_color else look
            kinds.setdefault(rule["kind"], {})[theme] = seen
    return {kind for kind, looks in kinds.items() if looks == blocks}


def lean_code(page: str, kinds: set[str]) -> str:
    """Take marks out of the code of a page.

    Parameters
    ----------
    page : str
        The page's HTML.
    kinds : set of str
        The kinds of marks that can go.
    """

    def without(mark: re.Match[str]) -> str:
        return mark[2] if mark[1] in kinds else mark[0]

    def lean(block: re.Match[str]) -> str:
        code = MARK.sub(without, block[2])
        joined = None
        while joined != code:
            joined, code = code, NEIGHBOURS.sub(r"\1", code)
        return block[1] + code + block[3]

    return BLOCK.sub(lean, page)
