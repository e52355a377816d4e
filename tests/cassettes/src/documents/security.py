"""The threat model and the objections, from four sides."""

from .forms import finding


def threat(element, stride, statement, mitigation):
    return {"element": element, "stride": stride, "statement": statement, "mitigation": mitigation}


def review(threats, findings, controls):
    return {"threats": threats, "findings": findings, "controls": controls, "questions": []}


ANSWERS = {
    "security/a1/b00/r0": review(
        [
            threat("door", "spoofing", "An outsider sends the header that names a resident.", "The proxy sets the header itself and drops one that a client sent; the application listens on the loopback address alone, and without the header it answers 401 (`app/caller.py`)."),
            threat("door", "elevation_of_privilege", "A resident sends “caretaker” as their name.", "The name comes from the proxy's own list of sign-ins, never from the request."),
            threat("item", "tampering", "A resident changes or removes somebody else's item, or makes somebody else its owner.", "`app/permits.py` lets an owner change their own items only, before and after the change."),
            threat("interface", "denial_of_service", "A client opens many connections, sends bodies slowly or very large ones.", "At most 8 connections at a time, 5 seconds of silence, 15 seconds for a body, 1 MiB (`app/server.py`); the proxy limits rates."),
            threat("photo", "elevation_of_privilege", "A file that is no picture is uploaded and run by a reader's browser.", "`app/photos.py` takes JPEG and PNG by their structure, writes neither names nor types from the client, and every answer forbids sniffing and foreign scripts."),
            threat("pages", "tampering", "What a neighbour wrote becomes markup on another's page.", "`app/markup.py` escapes every text, and the content security policy runs scripts of this server alone."),
        ],
        [
            finding("medium", "door", "Whoever reaches the loopback port directly can name any resident.", "The server has no other users; the runbook starts the application without `--desk` under an account of its own, and the proxy is the only other service."),
            finding("low", "interface", "A resident learns from 403 and 404 which item ids exist; the same ids stand on the start page."),
        ],
        [
            "Forms are refused when another site sent them (`app/feature.py`, require_same_origin).",
            "Every SQL value is bound; names in statements come from declarations that let identifiers through alone (`app/model.py`, `app/storage.py`).",
        ],
    ),
    "security/a1/b01/r0": review(
        [
            threat("contact", "information_disclosure", "Phone numbers are read by people who are no side of a reservation.", "Numbers are in a table of their own that no list serves; they are shown to the other side from the approval until the item is back, not even to the caretaker."),
            threat("resident", "information_disclosure", "Names and flats are read from outside the association.", "Every path but health and styles needs a sign-in; the hallway list names nobody."),
            threat("photo", "information_disclosure", "A photo carries the place and time of the flat where it was taken.", "Everything besides the picture is removed before the photo is stored (`app/photos.py`)."),
            threat("reservation", "information_disclosure", "A neighbour follows who borrows what from whom.", "A reservation is there for its two sides and the caretaker; everybody else gets 404, in lists, pages and photos."),
            threat("records", "information_disclosure", "The data folder or its backup is read on the server.", "The folder is readable by the application's account alone; the runbook keeps backups encrypted and 30 days at most."),
        ],
        [
            finding("high", "CR-2", "Backups keep the data of a resident longer than 30 days after they moved out.", "The design deletes on day 29 at the latest only in the live folder; the runbook therefore keeps nightly copies for 7 days and starts a restore with the daily round, which deletes again."),
            finding("medium", "damage", "A photo of a damage can show other people's belongings.", "It is seen by the two sides and the caretaker alone and is deleted with the borrowing."),
        ],
        [
            "Data about a resident is deleted as soon as nothing of theirs is lent, on day 29 at the latest.",
            "Pages load nothing from elsewhere: the content security policy allows this server alone.",
        ],
    ),
    "security/a1/b02/r0": review(
        [
            threat("daily round", "denial_of_service", "The round stops unnoticed, and neither reminders nor deletions happen.", "It ends with a status that the system's timer reports by mail; a missed round is made up for, and the caretaker sees queued messages."),
            threat("records", "tampering", "A crash in the middle of a handover leaves half of it.", "Everything that belongs together is written in one transaction; SQLite's journal brings back a whole state."),
            threat("message", "repudiation", "A borrower says that no reminder came.", "Each message is kept with the day it was queued and the moment the mail server took it."),
            threat("hallway copy", "tampering", "An old copy of the list stays on the tablet after an update.", "The copy is answered only when the network is not; a new version of the script removes older copies."),
        ],
        [
            finding("medium", "message", "The password of the mail account lies in the data folder.", "`mail.json` is readable by the application's account alone; the account can send and nothing else."),
            finding("low", "daily round", "Two rounds at the same moment could send a message twice; the timer starts one at a time."),
        ],
        [
            "The log holds methods and status codes, no paths, names or bodies (`app/server.py`).",
            "SIGTERM lets requests in flight finish; the start fails with a clear message when the folder cannot be used.",
        ],
    ),
    "security/a1/b03/r0": review(
        [
            threat("reservation", "denial_of_service", "A neighbour requests every item for weeks to keep others from it.", "A request takes no day from anybody; only the owner's approval does, for at most 7 days."),
            threat("handover", "repudiation", "One side changes its note about a scratch afterwards.", "A note is stored once for each side and stage and has no way to be changed; its moment is kept."),
            threat("damage", "tampering", "A neighbour floods another with false reports.", "Only the two sides of a borrowing report, at most 10 times with 5 photos each; the caretaker reads them."),
            threat("lending rules", "elevation_of_privilege", "A borrower approves their own request or notes for the owner.", "The side follows from who is signed in, never from the body; only the caretaker names one, at the tablet's side."),
            threat("item", "information_disclosure", "A neighbour offers an item to learn phone numbers of those who ask.", "The owner sees a number only after approving, and the borrower sees the owner's in turn; the caretaker sees who approved whom."),
        ],
        [
            finding("medium", "item", "Names and descriptions can be used to insult neighbours.", "Every item shows its owner's name, and the caretaker can remove an item."),
        ],
        ["The number of photos and reports is limited (decided in the stories about offers and damages)."],
    ),
}
