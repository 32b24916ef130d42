"""The demo's clips: short seamless loops of the shop's products, drawn and encoded here.

Everything moves by whole turns of a phase from 0 to 1, so the last frame leads into the first.
"""

import io
import math
import random
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import resvg_py
from PIL import Image
from tqdm import tqdm

from indexer_job.demo.illustrations import product_art
from shopfyp.catalog import Clip, Product

WIDTH, HEIGHT = 540, 960
FPS = 24
SECONDS = 4
_FRAMES = FPS * SECONDS

Colour = tuple[int, int, int]
Place = tuple[float, float, float, float]
"""Where a product is in a frame: x, y of its middle (0 to 1), size (px), turn (degrees)."""


class _Idea(NamedTuple):
    """What a clip is about, and how it is told."""

    creator: str
    topic: str
    caption: str
    nouns: list[str]
    theme: str
    scene: str
    colours: list[str]


@cache
def _ideas() -> list[_Idea]:
    path = Path(__file__).with_name("clip_ideas.toml")
    return [_Idea(**idea) for idea in tomllib.loads(path.read_text())["ideas"]]


def demo_clips(products: Sequence[Product], seed: int = 7) -> list[Clip]:
    """The clips' records; each names the three products that are seen in it."""
    rng = random.Random(seed)
    clips = []
    for number, idea in enumerate(_ideas(), 1):
        clip_id = f"c{number:02}"
        clips.append(
            Clip(
                clip_id=clip_id,
                creator=idea.creator,
                caption=idea.caption,
                topic=idea.topic,
                video_url=f"/demo/clips/{clip_id}.mp4",
                poster_url=f"/demo/clips/{clip_id}.webp",
                duration_s=SECONDS,
                like_count=int(rng.paretovariate(0.9) * 900),
                product_ids=[_cast(products, noun, idea.theme, rng) for noun in idea.nouns],
            )
        )
    return clips


def render_clips(
    clips: Sequence[Clip], products: Sequence[Product], out: Path, *, progress: bool = False
) -> None:
    """Draw and encode into `out` those clips (`.mp4`) and posters (`.webp`) that are not there."""
    out.mkdir(parents=True, exist_ok=True)
    by_id = {product.product_id: product for product in products}
    missing = [clip for clip in clips if not (out / f"{clip.clip_id}.webp").is_file()]
    # A fork of a process that has loaded JAX may hang.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(render_clip, clip, [by_id[i] for i in clip.product_ids], out)
            for clip in missing
        ]
        for job in tqdm(jobs, desc="clips", unit="clip", disable=not progress):
            job.result()


def render_clip(
    clip: Clip, cast: Sequence[Product], out: Path, *, frames: int = _FRAMES, scale: float = 1.0
) -> None:
    """Draw and encode one clip and its poster.

    Args:
        clip: whose id names the files.
        cast: the products seen in it, the first as its hero.
        out: the folder for the files.
        frames: how many; fewer make a shorter clip.
        scale: of the picture, 1 is 540 x 960.
    """
    idea = next(i for i in _ideas() if i.creator == clip.creator)
    width, height = (int(side * scale) // 2 * 2 for side in (WIDTH, HEIGHT))
    sprites = [_sprite(product, int(430 * scale)) for product in cast]
    pictures = (
        _frame(idea, sprites, place / frames, width, height).convert("RGB")
        for place in range(frames)
    )
    poster = None
    with av.open(str(out / f"{clip.clip_id}.mp4"), "w", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("libx264", rate=FPS, options={"crf": "29", "preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            poster = poster or picture
            file.mux(stream.encode(av.VideoFrame.from_image(picture)))
        file.mux(stream.encode(None))
    assert poster is not None
    poster.save(out / f"{clip.clip_id}.webp", quality=80, method=6)


def _cast(products: Sequence[Product], noun: str, theme: str, rng: random.Random) -> str:
    fit = [p for p in products if p.attributes["type"] == noun and p.in_stock]
    themed = [p for p in fit if p.attributes.get("theme") == theme]
    return rng.choice(themed or fit).product_id


def _sprite(product: Product, size: int) -> Image.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="{size}" '
        f'height="{size}">{product_art(product)}</svg>'
    )
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA")


def _frame(
    idea: _Idea, sprites: Sequence[Image.Image], phase: float, width: int, height: int
) -> Image.Image:
    picture = _background(idea.colours, phase, width, height)
    _dust(picture, idea.creator, phase)
    places = [_SCENES[idea.scene](phase, number) for number in range(len(sprites))]
    # The larger is the nearer, and drawn in front.
    for (x, y, size, turn), sprite in sorted(zip(places, sprites, strict=True), key=_size):
        _paste(picture, sprite, x, y, size * width / WIDTH, turn)
    return picture


def _size(placed: tuple[Place, Image.Image]) -> float:
    return placed[0][2]


def _background(colours: Sequence[str], phase: float, width: int, height: int) -> Image.Image:
    """Three colours that flow into each other, computed small and scaled up."""
    top, middle, bottom = (np.array(_rgb(colour), np.float32) for colour in colours)
    y, x = np.mgrid[0 : 1 : height // 10 * 1j, 0 : 1 : width // 10 * 1j]
    turn = 2 * math.pi * phase
    height_here = y + 0.09 * np.sin(2 * math.pi * x + turn) + 0.05 * np.sin(5 * x - turn)
    glow = np.exp(-(((x - 0.5 - 0.2 * math.sin(turn)) / 0.4) ** 2 + ((y - 0.45) / 0.3) ** 2))
    upper = np.clip(height_here / 0.55, 0, 1)[..., None]
    lower = np.clip((height_here - 0.55) / 0.45, 0, 1)[..., None]
    flow = (top * (1 - upper) + middle * upper) * (1 - lower) + bottom * lower
    lit = flow + 45 * glow[..., None]
    small = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert("RGBA")


def _dust(picture: Image.Image, seed: str, phase: float) -> None:
    """Soft lights that rise; each goes a whole number of screens a loop."""
    rng = random.Random(seed)
    for _ in range(16):
        x, y, size = rng.random(), rng.random(), rng.uniform(8, 46) * picture.width / WIDTH
        rise, sway = rng.choice([1, 1, 2]), rng.uniform(0.01, 0.05)
        at_y = (y - rise * phase) % 1 * 1.2 - 0.1
        at_x = x + sway * math.sin(2 * math.pi * (phase + y))
        light = _light(int(size), 70 if size < 26 * picture.width / WIDTH else 40)
        place = (int(at_x * picture.width - size), int(at_y * picture.height - size))
        picture.paste(light, place, light)


@cache
def _light(radius: int, alpha: int) -> Image.Image:
    y, x = np.mgrid[-1 : 1 : 2 * radius * 1j, -1 : 1 : 2 * radius * 1j]
    strength = np.clip(1 - np.hypot(x, y), 0, 1) ** 0.7 * alpha
    pixels = np.full((*strength.shape, 4), 255, np.uint8)
    pixels[..., 3] = strength.astype(np.uint8)
    return Image.fromarray(pixels)


def _paste(
    picture: Image.Image, sprite: Image.Image, x: float, y: float, size: float, turn: float
) -> None:
    drawn = sprite.resize((max(int(size), 1),) * 2, Image.Resampling.BILINEAR)
    drawn = drawn.rotate(turn, Image.Resampling.BICUBIC)
    place = (int(x * picture.width - drawn.width / 2), int(y * picture.height - drawn.height / 2))
    picture.paste(drawn, place, drawn)


def _wave(phase: float, turns: int = 1, shift: float = 0.0) -> float:
    return math.sin(2 * math.pi * (turns * phase + shift))


def _bounce(phase: float, number: int) -> Place:
    hop = abs(math.sin(math.pi * (2 * phase + number / 3)))
    x = (0.5, 0.24, 0.77)[number]
    size = (400, 210, 210)[number]
    return x, (0.5, 0.74, 0.74)[number] - 0.07 * hop, size, 5 * _wave(phase, 2, number / 3)


def _orbit(phase: float, number: int) -> Place:
    angle = 2 * math.pi * (phase + number / 3 + 0.25)
    near = (1 + math.sin(angle)) / 2
    return 0.5 + 0.27 * math.cos(angle), 0.43 + 0.16 * near, 200 + 190 * near, 0


def _drift(phase: float, number: int) -> Place:
    x, y, size = ((0.5, 0.52, 410), (0.26, 0.28, 210), (0.76, 0.76, 220))[number]
    shift = number / 3
    return (
        x + 0.03 * _wave(phase, 1, shift + 0.25),
        y + 0.025 * _wave(phase, 2, shift),
        size,
        (7 * _wave(phase, 1, shift)),
    )


def _pulse(phase: float, number: int) -> Place:
    beat = max(_wave(phase, 2, number / 8), 0) ** 2
    x, y, size = ((0.5, 0.46, 390), (0.25, 0.75, 200), (0.75, 0.75, 200))[number]
    return x, y, size * (1 + 0.08 * beat), 3 * _wave(phase, 1, number / 3)


def _slide(phase: float, number: int) -> Place:
    lane = (phase + number / 3 + 0.5) % 1
    return 1.5 - 2 * lane, 0.5 - 0.05 * _wave(lane), 420 - 120 * abs(2 * lane - 1), 8 * (0.5 - lane)


def _steam(phase: float, number: int) -> Place:
    x, y, size = ((0.5, 0.56, 430), (0.24, 0.27, 190), (0.77, 0.3, 190))[number]
    lift = 0.02 * _wave(phase, 1, number / 2)
    return x, y + lift, size, (0 if number == 0 else 6 * _wave(phase, 1, number / 4))


_SCENES: dict[str, Callable[[float, int], Place]] = {
    "bounce": _bounce,
    "orbit": _orbit,
    "wave": _drift,
    "pulse": _pulse,
    "slide": _slide,
    "steam": _steam,
}


def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
