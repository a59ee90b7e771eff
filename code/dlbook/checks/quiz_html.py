"""How a quiz looks: native HTML for pages and notebooks, plain text for terminals.

The feedback of a choice stands behind its radio button (or checkbox) and is revealed by the
selector ``:checked``; no script takes part. It is held in a live region, so that a screen
reader speaks it when it appears. A form around the questions keeps the buttons of two
displays of one quiz apart; ``method="dialog"`` keeps Enter from sending it anywhere. On paper,
where nothing can be clicked, the right choices are listed below.
"""

from __future__ import annotations

import html
import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlbook.checks.quiz import Choice, Question, Quiz

__all__ = ["quiz_html", "quiz_text"]

# Colours come from the page's theme (pydata), else from JupyterLab's, else from ourselves.
# The site's theme lays a light card under every HTML output in dark mode; ours brings its own.
STYLE = """
.dlb-quiz{--text:var(--pst-color-text-base,var(--jp-content-font-color1,#222832));
--card:var(--pst-color-surface,var(--jp-layout-color2,#f3f4f5));
--page:var(--pst-color-background,var(--jp-layout-color1,#fff));
--line:var(--pst-color-border,var(--jp-border-color1,#9ca4af));
--good:var(--pst-color-success,var(--jp-success-color0,#00743a));
--bad:var(--pst-color-danger,var(--jp-error-color0,#b3213a));
background:var(--card);border:1px solid var(--line);border-radius:.4rem;color:var(--text);
line-height:1.5;margin:.5rem 0;padding:.75rem 1rem}
.dlb-quiz fieldset{border:0;margin:0 0 1.1rem;min-width:0;padding:0}
.dlb-quiz legend{float:none;font-size:1em;font-weight:600;margin:0 0 .3rem;padding:0;width:auto}
.dlb-quiz pre{background:var(--page);border:1px solid var(--line);border-radius:.25rem;
color:var(--text);margin:.3rem 0 .5rem;overflow-x:auto;padding:.5rem .75rem}
.dlb-quiz code{background:var(--page);border-radius:.2rem;color:inherit;padding:.05em .25em}
.dlb-quiz pre code{padding:0}
.dlb-choice{align-items:baseline;column-gap:.55rem;display:grid;grid-template-columns:auto 1fr}
.dlb-choice input{accent-color:var(--pst-color-primary,#0a7d91);height:1.05em;margin:0;
transform:translateY(.15em);width:1.05em}
.dlb-choice input:focus-visible{outline:3px solid var(--pst-color-accent,#c132af);
outline-offset:2px}
.dlb-choice label{cursor:pointer;margin:0;padding:.25rem 0}
.dlb-said{grid-column:2}
.dlb-said p{border-left:4px solid var(--bad);display:none;margin:.1rem 0 .4rem;
padding:.1rem 0 .1rem .7rem}
.dlb-said .dlb-good{border-color:var(--good)}
.dlb-choice input:checked~.dlb-said p{display:block}
.dlb-quiz button{background:var(--page);border:1px solid var(--line);border-radius:.25rem;
color:var(--text);cursor:pointer;font:inherit;padding:.2rem .7rem}
.dlb-quiz button:focus-visible{outline:3px solid var(--pst-color-accent,#c132af)}
.dlb-key,.dlb-letter{display:none}
html .bd-content div.cell_output .text_html:has(>.dlb-quiz){background:none!important;
padding:0!important}
@media print{.dlb-quiz{background:none}.dlb-quiz fieldset{break-inside:avoid}
.dlb-quiz button,.dlb-choice input:checked~.dlb-said p{display:none}
.dlb-letter{display:inline}.dlb-key{display:block;font-size:.85em;margin:0}}
"""


def quiz_html(quiz: Quiz) -> str:
    """Return the quiz as a form; every identifier follows from the quiz's name.

    Parameters
    ----------
    quiz : Quiz

    Returns
    -------
    str
        HTML with its style sheet, about 3 kB and the questions themselves.
    """
    questions = [
        _question_html(question, number, f"quiz-{quiz.name}-{number}")
        for number, question in enumerate(quiz.questions, 1)
    ]
    return "".join(
        [
            f"<style>{STYLE.replace(chr(10), '')}</style>",
            f'<form class="dlb-quiz" method="dialog" aria-label="Quiz {html.escape(quiz.name)}">',
            *questions,
            '<button type="reset">Clear my answers</button>',
            f'<p class="dlb-key">Answers: {html.escape(_key(quiz))}</p>',
            "</form>",
        ]
    )


def quiz_text(quiz: Quiz) -> str:
    """Return the quiz for a terminal: the questions, and the answers at the end.

    Parameters
    ----------
    quiz : Quiz

    Returns
    -------
    str
        One line per question and choice.
    """
    lines = []
    for number, question in enumerate(quiz.questions, 1):
        lines.append(f"{number}. {_plain(question.question)}{_how_many(question)}")
        lines += [f"       {line}" for line in question.code.splitlines()]
        lines += [f"   ({letter}) {_plain(choice.text)}" for letter, choice in _lettered(question)]
    return "\n".join([*lines, f"Answers: {_key(quiz)}"])


def _question_html(question: Question, number: int, name: str) -> str:
    code = f"<pre><code>{html.escape(question.code)}</code></pre>" if question.code else ""
    kind = "checkbox" if question.several else "radio"
    choices = []
    for letter, choice in _lettered(question):
        verdict, grade = ("✓ Right.", "dlb-good") if choice.right else ("✗ Not quite.", "dlb-bad")
        choices.append(
            f'<div class="dlb-choice"><input type="{kind}" name="{name}" id="{name}{letter}">'
            f'<label for="{name}{letter}"><span class="dlb-letter">({letter}) </span>'
            f"{_mark_up(choice.text)}</label>"
            f'<div class="dlb-said" aria-live="polite"><p class="{grade}">'
            f"<strong>{verdict}</strong> {_mark_up(choice.feedback)}</p></div></div>"
        )
    legend = f"{number}. {_mark_up(question.question)}{_how_many(question)}"
    return f"<fieldset><legend>{legend}</legend>{code}{''.join(choices)}</fieldset>"


def _lettered(question: Question) -> list[tuple[str, Choice]]:
    return list(zip(ascii_lowercase, question.choices, strict=False))


def _how_many(question: Question) -> str:
    return " (Choose all that apply.)" if question.several else ""


def _key(quiz: Quiz) -> str:
    answers = []
    for number, question in enumerate(quiz.questions, 1):
        right = [f"({letter})" for letter, choice in _lettered(question) if choice.right]
        answers.append(f"{number} {' '.join(right)}")
    return " · ".join(answers)


def _mark_up(text: str) -> str:
    """Escape the text; turn `` `code` `` and ``*emphasis*`` (outside code) into elements."""
    parts = re.split(r"`([^`]+)`", text)
    for position, part in enumerate(parts):
        escaped = html.escape(part, quote=False)
        if position % 2:
            parts[position] = f"<code>{escaped}</code>"
        else:
            parts[position] = re.sub(r"\*(\S[^*]*?)\*", r"<em>\1</em>", escaped)
    return "".join(parts)


def _plain(text: str) -> str:
    """Drop the mark-up of emphasis; backticks read well as they are."""
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"\*(\S[^*]*?)\*", r"\1", part) for part in parts
    )
