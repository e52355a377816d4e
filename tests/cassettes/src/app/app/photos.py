"""Photos as files in the data folder, without what a phone writes into them besides the picture."""

from __future__ import annotations

from pathlib import Path

from app.problems import Problem

JPEG = "image/jpeg"
PNG = "image/png"
PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"
# The parts of a PNG that the picture needs; times, places and texts are in others.
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"})
START_OF_SCAN = 0xDA
APP0 = 0xE0
# APP14 says how the colours are coded: without it some pictures turn green.
APP14 = 0xEE
COMMENT = 0xFE


class Photos:
    """The folder of photos; each is named by the id of its record."""

    def __init__(self, folder: Path):
        self._folder = folder

    def write(self, photo: int, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path(photo).write_bytes(data)

    def read(self, photo: int) -> bytes:
        return self._path(photo).read_bytes()

    def remove(self, photo: int) -> None:
        self._path(photo).unlink(missing_ok=True)

    def ids(self) -> set[int]:
        paths = self._folder.iterdir() if self._folder.exists() else ()
        return {int(path.name) for path in paths if path.name.isdecimal()}

    def _path(self, photo: int) -> Path:
        return self._folder / str(int(photo))


def cleaned(data: bytes) -> tuple[str, bytes]:
    """Media type and bytes without position, time and device. Raises Problem 422 for anything but a photo."""
    try:
        if data.startswith(PNG_START):
            return PNG, _cleaned_png(data)
        if data.startswith(JPEG_START):
            return JPEG, _cleaned_jpeg(data)
    except IndexError as error:
        raise Problem(422, "the photo is cut off") from error
    raise Problem(422, "the photo must be a JPEG or a PNG")


def _cleaned_jpeg(data: bytes) -> bytes:
    kept, at = bytearray(JPEG_START), len(JPEG_START)
    while True:
        if data[at] != 0xFF:
            raise Problem(422, "the photo is not a sound JPEG")
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            return bytes(kept + data[at:])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end >= len(data):
            raise IndexError
        told_by_device = APP0 < marker <= 0xEF and marker != APP14 or marker == COMMENT
        if not told_by_device:
            kept += data[at:end]
        at = end


def _cleaned_png(data: bytes) -> bytes:
    kept, at = bytearray(PNG_START), len(PNG_START)
    while True:
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if len(kind) < 4 or end > len(data):
            raise IndexError
        if kind in PNG_KEPT:
            kept += data[at:end]
        if kind == b"IEND":
            return bytes(kept)
        at = end
