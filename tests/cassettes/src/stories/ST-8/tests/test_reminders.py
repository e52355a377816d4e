"""Reminders by e-mail one day before an item is due, and on the day it is overdue."""

import datetime
import json
import tempfile
from pathlib import Path

from app import mail, reminders
from app.daily import round_of
from tests.lending import LendingCase
from tests.support import CARETAKER

SENDER = "shelf@example.org"


class TestReminders(LendingCase):
    def setUp(self):
        super().setUp()
        body = {"email": "bela@example.org", "phone": None}
        self.done(self.send(self.borrower, "PUT", f"/residents/{self.borrower}/contact", body))
        self.made = self.reserved("2026-05-06", "2026-05-08")
        self.move_to("lent")
        self.sent = []

    def move_to(self, state):
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = ? WHERE id = ?", [state, self.made])

    def round(self, day):
        """The daily round on a day of May; what it sent."""
        self.day = datetime.date(2026, 5, day)
        before = len(self.sent)
        reminders.queue(self.world)
        mail.deliver(self.world, SENDER, self.sent.append)
        return [(message["To"], message["Subject"]) for message in self.sent[before:]]

    def test_one_reminder_before_it_is_due_and_one_when_it_is_overdue(self):
        told = {day: self.round(day) for day in range(5, 13)}
        expected = {day: [] for day in told}
        expected[7] = [("bela@example.org", "Lendwell: due tomorrow")]
        expected[9] = [("bela@example.org", "Lendwell: overdue")]
        self.assertEqual(told, expected)
        self.assertIn("“Tall ladder” is due back on 2026-05-08", self.sent[0].get_content())

    def test_a_round_twice_a_day_sends_nothing_twice(self):
        self.assertEqual(len(self.round(7)), 1)
        self.assertEqual(self.round(7), [])

    def test_a_round_that_was_missed_is_made_up_for(self):
        self.assertEqual(self.round(11), [("bela@example.org", "Lendwell: overdue")])

    def test_who_brought_it_back_is_not_reminded(self):
        self.move_to("returned")
        self.assertEqual(self.round(7) + self.round(9), [])

    def test_a_message_that_was_not_taken_is_sent_the_next_time(self):
        def refuse(_message):
            raise ConnectionRefusedError

        self.day = datetime.date(2026, 5, 7)
        reminders.queue(self.world)
        with self.assertRaisesRegex(mail.MailError, "ConnectionRefused"):
            mail.deliver(self.world, SENDER, refuse)
        self.assertEqual(len(self.round(7)), 1)

    def test_the_caretaker_sees_what_waits_and_what_was_sent(self):
        self.round(7)
        listed = self.done(self.send(CARETAKER, "GET", "/messages"))["items"]
        self.assertEqual([(m["kind"], m["queued_on"]) for m in listed], [("due_tomorrow", "2026-05-07")])
        self.assertIsNotNone(listed[0]["sent_at"])

    def test_without_a_mail_server_reminders_wait(self):
        self.day = datetime.date(2026, 5, 7)
        self.assertIn("1 reminders queued, 1 wait", round_of(self.world, None))

    def test_settings_are_read_or_named(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.assertIsNone(mail.Settings.read(folder))
            settings = {"host": "mail.example.org", "port": 465, "sender": SENDER, "user": "u", "password": "p"}
            (folder / mail.SETTINGS).write_text(json.dumps(settings))
            self.assertEqual(mail.Settings.read(folder).port, 465)
            (folder / mail.SETTINGS).write_text("{}")
            with self.assertRaisesRegex(mail.MailError, "host, port"):
                mail.Settings.read(folder)
