"""All exercises there are: those of the book, and the demonstration beside this file."""

import importlib.util
from pathlib import Path

from dlbook.checks import exercises
from dlbook.checks.registry import known_chapters

DEMO = Path(__file__).parent / "demo"


def demonstration():
    spec = importlib.util.spec_from_file_location("demo_ch98", DEMO / "ch98.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXERCISES


BOOK = [exercise for chapter in known_chapters() for exercise in exercises(chapter).values()]
ALL = [*demonstration(), *BOOK]
