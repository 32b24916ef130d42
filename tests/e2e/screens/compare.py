"""Which screens changed since the last `make screenshots`, by how much, and where."""

import shutil
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[3]
NOW = ROOT / "test-results" / "screens"
CHANGED = ROOT / "test-results" / "screens-changed"
# Playwright empties its own folder before each run.
BEFORE = ROOT / ".screens"

# A grey level further apart than this is seen; less is the encoder's.
_SEEN = 24
# Of the pixels; below it a clip was caught at another moment of its progress bar.
_CHANGED = 0.001


def changed(before: Image.Image, now: Image.Image) -> tuple[float, Image.Image]:
    """The share of pixels (0 to 1) that differ visibly, and the new screen with those in red."""
    if before.size != now.size:
        return 1.0, now
    apart = ImageChops.difference(before.convert("L"), now.convert("L"))
    mask = apart.point([0] * (_SEEN + 1) + [255] * (255 - _SEEN))
    share = mask.histogram()[255] / (now.width * now.height)
    marked = Image.composite(Image.new("RGB", now.size, "red"), now.convert("RGB"), mask)
    return share, marked


def main() -> None:
    """Print what changed, write before, now and difference side by side, keep the new screens."""
    shutil.rmtree(CHANGED, ignore_errors=True)
    CHANGED.mkdir(parents=True)
    count = 0
    for path in sorted(NOW.glob("*.jpg")):
        if not (BEFORE / path.name).exists():
            print(f"{path.stem}: new")
            continue
        before, now = Image.open(BEFORE / path.name).convert("RGB"), Image.open(path).convert("RGB")
        share, marked = changed(before, now)
        if share < _CHANGED:
            continue
        count += 1
        sheet = Image.new("RGB", (before.width + 2 * now.width, max(before.height, now.height)))
        for place, picture in enumerate((before, now, marked)):
            sheet.paste(picture, ((0, before.width, before.width + now.width)[place], 0))
        sheet.save(CHANGED / path.name, quality=80)
        print(f"{path.stem}: {share:.1%} changed, see {(CHANGED / path.name).relative_to(ROOT)}")
    print(f"{count} screens changed since the last run")
    shutil.rmtree(BEFORE, ignore_errors=True)
    shutil.copytree(NOW, BEFORE)


if __name__ == "__main__":
    main()
