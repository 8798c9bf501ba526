"""Photos: pixels only. What a camera writes beside them (where, when, which device) never gets here.

A photo is decoded, turned the way it was held, made at most 1600 pixels wide or high, and written anew as JPEG; the
file's name is the SHA-256 of its bytes. Nothing here makes one public: ``release.decided`` does.
"""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.core.folders import whole_file

FOLDER = "photos"
MOST_BYTES = 8 * 2**20
MOST_PIXELS = 60_000_000
"""More than phones make; a small file can hold far more, and would fill the memory."""
SIDE_PX = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
_HASH = re.compile(r"[0-9a-f]{64}")


def strip(data: bytes) -> bytes:
    """The pixels of a photo, as a JPEG that holds nothing else.

    Raises
    ------
    InvalidInput
        It is no JPEG, PNG or WebP, is damaged, or too large.
    """
    from PIL import Image, ImageOps

    if len(data) > MOST_BYTES:
        raise InvalidInput(f"a photo of more than {MOST_BYTES // 2**20} MB", where="photo", mend="Send a smaller one")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InvalidInput("this photo has too many pixels", where="photo", mend="Send a smaller one")
            image.draft("RGB", (SIDE_PX, SIDE_PX))
            turned = ImageOps.exif_transpose(image)
            if turned.mode in ("RGBA", "LA", "P"):  # what is seen through becomes white, not black
                seen = turned.convert("RGBA")
                ground = Image.new("RGBA", seen.size, "white")
                turned = Image.alpha_composite(ground, seen)
            pixels = turned.convert("RGB")
    except InvalidInput:
        raise
    except Exception as fault:  # the many ways in which a picture can be broken
        mend = "Send a JPEG, PNG or WebP as the phone's camera makes it"
        raise InvalidInput("this cannot be read as a photo", where="photo", mend=mend) from fault
    pixels.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    # Copied pixel by pixel into a new picture: whatever was attached to the old one stays behind.
    fresh = Image.new("RGB", pixels.size)
    fresh.paste(pixels)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def keep(folder: Path, data: bytes) -> str:
    """Keep the pixels of a photo; the hash it is named by.

    Raises
    ------
    InvalidInput
        See ``strip``.
    Unavailable
        The disk refuses.
    """
    made = strip(data)
    name = hashlib.sha256(made).hexdigest()
    path = folder / f"{name}.jpg"
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(path, mode=0o600) as file:
                file.write(made)
        except OSError as fault:
            raise Unavailable(f"the photo cannot be kept ({fault.strerror})", where=str(folder)) from fault
    return name


def find(folder: Path, name: str) -> Path:
    """The file of a photo that is kept here; NotFound for everything else."""
    path = folder / f"{name}.jpg"
    if not _HASH.fullmatch(name) or not path.is_file():
        raise NotFound("there is no such photo here", where="photo")
    return path


def erase(folder: Path, name: str) -> None:
    """Remove the file of a photo; nothing is wrong where it is gone already.

    Raises
    ------
    Unavailable
        The disk refuses.
    """
    if not _HASH.fullmatch(name):
        raise NotFound("there is no such photo here", where="photo")
    try:
        (folder / f"{name}.jpg").unlink(missing_ok=True)
    except OSError as fault:
        raise Unavailable(f"the photo cannot be removed ({fault.strerror})", where=str(folder)) from fault
