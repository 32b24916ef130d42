"""Screens are compared with those of the run before, and kept for the next."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.e2e.screens import compare

SIZE = (40, 50)


def screen(*box: int) -> Image.Image:
    """A grey screen, with something white on it."""
    image = Image.new("RGB", SIZE, "grey")
    if box:
        ImageDraw.Draw(image).rectangle(box, fill="white")
    return image


def test_a_screen_differs_by_the_share_that_can_be_seen_to_and_that_is_red() -> None:
    share, marked = compare.changed(screen(), screen(0, 0, 9, 19))
    assert share == 200 / 2000
    assert marked.getpixel((5, 5)) == (255, 0, 0)
    assert marked.getpixel((30, 30)) == (128, 128, 128)
    almost = Image.new("RGB", SIZE, (140, 140, 140))
    assert compare.changed(screen(), almost)[0] == 0
    assert compare.changed(screen(), screen().resize((41, 50)))[0] == 1


def test_what_changed_is_told_and_shown_and_the_new_screens_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now, changed, before = (tmp_path / name for name in ("now", "changed", "before"))
    monkeypatch.setattr(compare, "ROOT", tmp_path)
    monkeypatch.setattr(compare, "NOW", now)
    monkeypatch.setattr(compare, "CHANGED", changed)
    monkeypatch.setattr(compare, "BEFORE", before)
    now.mkdir()
    for name in ("card", "feed"):
        screen().save(now / f"{name}.jpg")
    compare.main()
    assert capsys.readouterr().out == "card: new\nfeed: new\n0 screens changed since the last run\n"
    screen(0, 0, 19, 49).save(now / "feed.jpg")
    compare.main()
    told = capsys.readouterr().out
    assert told.startswith("feed: 50.0% changed, see changed/feed.jpg\n1 screens changed")
    assert [path.name for path in changed.iterdir()] == ["feed.jpg"]
    # Before, now and the difference beside each other.
    assert Image.open(changed / "feed.jpg").size == (3 * SIZE[0], SIZE[1])
    compare.main()
    assert capsys.readouterr().out == "0 screens changed since the last run\n"


def test_the_readmes_screenshots_are_those_that_the_command_makes() -> None:
    source = (compare.ROOT / "tests/e2e/screens/screens.ts").read_text()
    (listed,) = re.findall(r"IN_README = \[(.*)\]", source)
    made = set(re.findall(r'"([\w-]+)"', listed))
    shown = re.findall(r"docs/images/([\w-]+)\.jpg", (compare.ROOT / "README.md").read_text())
    assert (
        set(shown) == made == {path.stem for path in (compare.ROOT / "docs/images").glob("*.jpg")}
    )
