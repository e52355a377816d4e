"""Sending queued reminders through the association's mail server. Nothing is sent until it is set up."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from app import reminders
from app.storage import Record
from app.world import World

SETTINGS = "mail.json"
TIMEOUT_S = 20.0

Send = Callable[[EmailMessage], None]


class MailError(Exception):
    """The mail server is not set up as it must be, or did not take a message."""


@dataclass(frozen=True)
class Settings:
    """`mail.json` in the data folder; the folder is readable by its owner alone."""

    host: str
    port: int
    sender: str
    user: str
    password: str

    @staticmethod
    def read(folder: Path) -> Settings | None:
        """The settings, None when there is no file. Raises MailError for a file that cannot be used."""
        path = folder / SETTINGS
        try:
            return Settings(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, TypeError, ValueError) as error:
            raise MailError(f"{path} must be a JSON object with host, port, sender, user and password") from error

    def send(self, message: EmailMessage) -> None:
        with smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S) as server:
            server.login(self.user, self.password)
            server.send_message(message)


def deliver(world: World, sender: str, send: Send) -> int:
    """Sends what waits and marks each message once it was taken. Raises MailError at the first that was not."""
    sent = 0
    for message in reminders.waiting(world):
        try:
            send(written(message, sender))
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"after {sent} messages the mail server failed: {type(error).__name__}") from error
        reminders.mark_sent(world, message["id"])
        sent += 1
    return sent


def written(message: Record, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message["recipient"], message["subject"]
    mail.set_content(message["text"] + "\n\nThis message was sent by Lendwell, the lending shelf of our street.\n")
    return mail
