import unittest

from desk.server import Desk


class TestItems(unittest.TestCase):
    def setUp(self):
        self.desk = Desk()

    def test_announce(self):
        toaster = self.desk.announce("toaster", "trips the fuse", visitor="Ana")
        self.assertEqual(self.desk.listed(), [toaster])

    def test_full_evening(self):
        self.desk.seats = 0
        self.assertEqual(self.desk.announce("lamp", "dark"), 409)

    def test_claim(self):
        self.desk.claim(1, "Bo")
        self.assertEqual(self.desk.list()[0]["beside"], "Bo")

    def test_overview(self):
        self.assertEqual(self.desk.get("/overview").status, 200)
