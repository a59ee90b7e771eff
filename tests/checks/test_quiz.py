"""Quizzes: the file format, every file of the book, and the HTML they become."""

import re
from html.parser import HTMLParser

import pytest
from dlbook.checks.quiz import Quiz, parse_quizzes, quiz, quiz_files
from dlbook.errors import DataError, RangeError

TOML = '''
[[broadcasting]]
question = "Which shape has `x < b` *here*?"
choices = [
    { text = "`(128, 10)`", right = true, feedback = "Aligned at the *right*." },
    { text = "`(10, 128)`", feedback = "Never reordered: `a*b*c` & so on." },
]

[[broadcasting]]
question = "Which add?"
several = true
code = """
x = np.zeros((3, 1))
print(x < 1)
"""
choices = [
    { text = "one", right = true, feedback = "Yes." },
    { text = "two", right = true, feedback = "Yes, too." },
    { text = "three", feedback = "No <b>." },
]

[[views]]
question = "Copy?"
choices = [
    { text = "yes", feedback = "It shares its memory." },
    { text = "no", right = true, feedback = "A view." },
]
'''


@pytest.fixture
def broadcasting() -> Quiz:
    return parse_quizzes(TOML, "02-tensors.toml")["02-broadcasting"]


class Page(HTMLParser):
    """Records elements, checks that they are nested rightly, and keeps attributes."""

    VOID = frozenset({"input", "br", "meta"})

    def __init__(self, page):
        super().__init__()
        self.open, self.elements = [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_sections_become_quizzes():
    quizzes = parse_quizzes(TOML, "02-tensors.toml")
    assert list(quizzes) == ["02-broadcasting", "02-views"]
    first, second = quizzes["02-broadcasting"].questions
    assert [c.right for c in first.choices] == [True, False]
    assert second.several
    assert second.code == "x = np.zeros((3, 1))\nprint(x < 1)"


def test_html_is_accessible_and_needs_no_script(broadcasting):
    page = broadcasting._repr_html_()
    elements = Page(page)
    assert len(elements.all("fieldset")) == len(elements.all("legend")) == 2
    assert re.findall(r"<legend>(\d+)\.", page) == ["1", "2"]
    inputs, labels = elements.all("input"), elements.all("label")
    assert [i["type"] for i in inputs] == ["radio"] * 2 + ["checkbox"] * 3
    assert [i["id"] for i in inputs] == [label["for"] for label in labels]
    assert len({i["id"] for i in inputs}) == 5
    assert len({i["name"] for i in inputs}) == 2
    said = [d for d in elements.all("div") if d["class"] == "dlb-said"]
    assert len(said) == 5
    assert all(d["aria-live"] == "polite" for d in said)
    assert elements.all("form")[0]["method"] == "dialog"
    assert "<script" not in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"(src|href|url\()", page)


def test_html_escapes_and_marks_up(broadcasting):
    page = broadcasting._repr_html_()
    assert "<code>x &lt; b</code> <em>here</em>" in page
    assert "<code>a*b*c</code> &amp; so on" in page
    assert "No &lt;b&gt;." in page
    assert "print(x &lt; 1)" in page


def test_feedback_says_right_or_not_in_words(broadcasting):
    page = broadcasting._repr_html_()
    assert page.count("✓ Right.") == 3
    assert page.count("✗ Not quite.") == 2


def test_paper_and_terminal_get_the_answers_at_the_end(broadcasting):
    assert "Answers: 1 (a) · 2 (a) (b)</p>" in broadcasting._repr_html_()
    assert repr(broadcasting).splitlines() == [
        "1. Which shape has `x < b` here?",
        "   (a) `(128, 10)`",
        "   (b) `(10, 128)`",
        "2. Which add? (Choose all that apply.)",
        "       x = np.zeros((3, 1))",
        "       print(x < 1)",
        "   (a) one",
        "   (b) two",
        "   (c) three",
        "Answers: 1 (a) · 2 (a) (b)",
    ]


def test_two_renderings_are_identical_and_small(broadcasting):
    again = parse_quizzes(TOML, "02-tensors.toml")["02-broadcasting"]
    assert again._repr_html_() == broadcasting._repr_html_()
    assert len(broadcasting._repr_html_()) < 6_000


GOOD = '{ text = "A", right = true, feedback = "So." }'
BAD = '{ text = "B", feedback = "No." }'


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[[a]\n", "expected TOML"),
        ('a = "b"', "array of tables"),
        (f"[[a]]\nchoices = [{GOOD}, {BAD}]", "question: expected text"),
        (f'[[a]]\nquestion = " "\nchoices = [{GOOD}, {BAD}]', "question: expected text"),
        ('[[a]]\nquestion = "q"', "choices: expected two or more"),
        (f'[[a]]\nquestion = "q"\nchoices = [{GOOD}]', "choices: expected two or more"),
        (f'[[a]]\nquestion = "q"\nchoices = [{BAD}, {BAD.replace("B", "C")}]', "exactly one right"),
        (f'[[a]]\nquestion = "q"\nchoices = [{GOOD}, {GOOD.replace("A", "C")}]', "got 2"),
        (f'[[a]]\nquestion = "q"\nchoices = [{BAD}, {BAD}]\nseveral = true', "at least one right"),
        (f'[[a]]\nquestion = "q"\nchoices = [{GOOD}, {{ text = "b" }}]', "choice 2: feedback"),
        (f'[[a]]\nquestion = "q"\nchoices = [{GOOD}, "B"]', "choice 2: expected a table"),
        (f'[[a]]\nquestion = "q"\nchoice = 1\nchoices = [{GOOD}, {BAD}]', "got choice"),
        (f'[[a]]\nquestion = "q"\nseveral = 1\nchoices = [{GOOD}, {BAD}]', "true or false"),
        (f'[[a]]\nquestion = "q"\nchoices = [{GOOD}, {BAD.replace("B", "A")}]', "distinct"),
    ],
)
def test_malformed_files_are_refused_with_the_place(toml, words):
    with pytest.raises(DataError, match=words) as caught:
        parse_quizzes(toml, "02-tensors.toml")
    assert str(caught.value).startswith("02-tensors.toml")


def test_a_file_needs_the_number_of_its_chapter():
    with pytest.raises(DataError, match="two digits"):
        parse_quizzes(TOML, "tensors.toml")


def test_an_unknown_quiz_is_refused():
    with pytest.raises(RangeError, match="quiz: name"):
        quiz("98-none")
    with pytest.raises(RangeError, match="quiz: name"):
        quiz(3)


@pytest.mark.parametrize("file", quiz_files(), ids=lambda file: file.name)
def test_every_file_of_the_book(file):
    quizzes = parse_quizzes(file.read_text("utf-8"), file.name)
    assert quizzes
    for name, one in quizzes.items():
        assert quiz(name) == one
        Page(one._repr_html_())
        for question in one.questions:
            said = [choice.feedback for choice in question.choices]
            assert len(set(said)) == len(said), f"{name}: {question.question}"
            assert all(text.endswith((".", "!", "?", "`")) for text in said)
    places = [
        position
        for one in quizzes.values()
        for question in one.questions
        for position, choice in enumerate(question.choices)
        if choice.right and not question.several
    ]
    assert len(places) < 4 or len(set(places)) > 1, "the right choice always stands in one place"
