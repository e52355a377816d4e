"""Photos lose what a phone writes into them besides the picture."""

import unittest

from app.photos import JPEG, PNG, PNG_START, cleaned
from app.problems import Problem


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + b"crc."


SCAN = b"\xff\xda\x00\x02picture\xff\xd9"
PHOTO = b"\xff\xd8" + segment(0xE0, b"JFIF\0") + segment(0xE1, b"Exif GPS 48.1N") + segment(0xFE, b"Olga") + SCAN
DRAWING = PNG_START + chunk(b"IHDR", b"size") + chunk(b"eXIf", b"GPS") + chunk(b"IDAT", b"dots") + chunk(b"IEND", b"")


class TestPhotos(unittest.TestCase):
    def test_a_jpeg_keeps_the_picture_alone(self):
        kind, data = cleaned(PHOTO)
        self.assertEqual((kind, data), (JPEG, b"\xff\xd8" + segment(0xE0, b"JFIF\0") + SCAN))

    def test_a_png_keeps_the_picture_alone(self):
        kind, data = cleaned(DRAWING)
        self.assertEqual(kind, PNG)
        self.assertNotIn(b"GPS", data)
        self.assertIn(b"dots", data)

    def test_what_is_no_photo_is_refused(self):
        for data in (b"", b"GIF89a", b"<svg onload=alert(1)>", PHOTO[:20], b"\xff\xd8\x00", DRAWING[:-20]):
            with self.subTest(data=data[:12]), self.assertRaises(Problem):
                cleaned(data)
