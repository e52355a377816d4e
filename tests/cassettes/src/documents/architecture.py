"""The typed model of the system."""

import copy

from .forms import question
from .intake import ENTITIES

ACTIONS = ["FR-1", "FR-2", "FR-3", "FR-4", "FR-5", "FR-6", "FR-7", "FR-8", "FR-9", "FR-10"]


def component(name, responsibility, *carries):
    return {"name": name, "responsibility": responsibility, "carries": list(carries)}


def relation(start, end, label):
    return {"from": start, "to": end, "label": label}


def step(start, end, message):
    return {"from": start, "to": end, "message": message}


def endpoint(operation, entity, summary, *serves):
    method, path = operation.split()
    return {"method": method, "path": path, "entity": entity, "summary": summary, "serves": list(serves)}


def decision(title, context, options, choice, *serves):
    return {
        "title": title,
        "context": context,
        "options": options,
        "choice": choice,
        "status": "decided",
        "serves": list(serves),
    }


ENDPOINTS = [
    endpoint("GET /residents", "resident", "Residents by name and building, for residents", "FR-1", "CR-1"),
    endpoint("POST /residents", "resident", "The caretaker adds a resident", "CR-1"),
    endpoint("GET /residents/{id}", "resident", "One resident", "CR-1"),
    endpoint("PUT /residents/{id}", "resident", "The caretaker changes a resident, or enters the last day here", "CR-1", "CR-2"),
    endpoint("DELETE /residents/{id}", "resident", "The caretaker removes a resident without items and reservations", "CR-2"),
    endpoint("PUT /residents/{id}/contact", "contact", "A resident sets e-mail and phone number", "FR-7", "FR-11"),
    endpoint("GET /items", "item", "All items", "FR-1"),
    endpoint("POST /items", "item", "An owner offers an item", "FR-1"),
    endpoint("GET /items/{id}", "item", "One item", "FR-1"),
    endpoint("PUT /items/{id}", "item", "The owner changes an item", "FR-1"),
    endpoint("DELETE /items/{id}", "item", "The owner takes an item off the shelf", "FR-1"),
    endpoint("POST /items/{id}/photos", "photo", "The owner adds a photo, sent as the body", "FR-2"),
    endpoint("GET /photos/{id}/image", "photo", "The picture, for those who may see it", "FR-2", "FR-9"),
    endpoint("GET /search", "item", "Items by words, each with free or taken on a day", "FR-3"),
    endpoint("POST /items/{id}/reservations", "reservation", "A resident asks for one to 7 days", "FR-4"),
    endpoint("GET /reservations", "reservation", "The caller's own reservations; all of them for the caretaker", "FR-10"),
    endpoint("GET /reservations/{id}", "reservation", "One reservation, for its two sides and the caretaker", "FR-4"),
    endpoint("POST /reservations/{id}/decision", "reservation", "The owner approves or rejects, with a deposit", "FR-5", "FR-6"),
    endpoint("POST /reservations/{id}/cancellation", "reservation", "The caretaker cancels, with a reason", "FR-10"),
    endpoint("GET /reservations/{id}/contact", "contact", "Name and number of the other side, until the item is back", "FR-7"),
    endpoint("GET /reservations/{id}/handovers", "handover", "The notes of both sides", "FR-8"),
    endpoint("POST /reservations/{id}/handovers", "handover", "One side notes the condition", "FR-8"),
    endpoint("GET /reservations/{id}/damages", "damage", "The reported damages", "FR-9"),
    endpoint("POST /reservations/{id}/damages", "damage", "One side reports a damage", "FR-9"),
    endpoint("POST /damages/{id}/photos", "photo", "A side adds a photo of the damage, sent as the body", "FR-9"),
    endpoint("GET /messages", "message", "The caretaker sees queued and sent reminders", "FR-11"),
    endpoint("GET /hallway", "item", "The hallway list as a page", "QR-2"),
]

DECISIONS = [
    decision(
        "Where residents sign in",
        "Only residents may read anything, and the caretaker gives and takes back access. A password store of our own would hold one more "
        "kind of secret of about 120 households.",
        [
            "Accounts with passwords inside the application.",
            "A sign-in at the reverse proxy, one for each household, that hands the resident's number on in a header.",
            "One shared password for the whole association.",
        ],
        "A sign-in at the reverse proxy. The proxy sets the header itself and drops one that a client sent; the application listens on the "
        "loopback address alone and refuses whoever comes without the header. `--desk`, which takes a missing header for the caretaker, is for "
        "tests and for a machine that nobody else can reach.",
        "CR-1",
    ),
    decision(
        "How the tablet stays readable without internet",
        "The hallway tablet must be usable for an hour without internet; the page must work without scripts everywhere else.",
        [
            "A server inside the building, reached over the house network.",
            "A small script on the hallway page alone that keeps the last list.",
            "A program of its own on the tablet.",
        ],
        "A small script on the hallway page that keeps the last list and three files; it reads only. Handovers made meanwhile are noted on paper.",
        "QR-2",
        "QR-1",
    ),
    decision(
        "What the hallway list shows",
        "The hallway is open to visitors, and nobody outside the association may read names, addresses or phone numbers.",
        ["The same list as for residents.", "Items with owner and place.", "Item names with Free or Taken alone."],
        "Item names with Free or Taken alone; the tablet's sign-in opens nothing else.",
        "CR-1",
        "QR-2",
    ),
    decision(
        "Where the records are kept",
        "Hosting may cost no more than 10 EUR per month, about 120 households use it, and one volunteer looks after it.",
        ["SQLite and photo files in one folder.", "A database server beside the application.", "A hosted database service."],
        "SQLite and photo files in one folder: one process, a backup is a copy of the folder, and no company besides the hoster sees it.",
        "CR-3",
        "CR-4",
    ),
    decision(
        "When an item counts as lent and as back",
        "Both sides note the condition, and reminders and phone numbers depend on whether the item is back.",
        ["The owner's note alone decides.", "The notes of both sides decide.", "The dates of the reservation decide."],
        "The notes of both sides: the first opens the handover, the second closes it. A forgotten note shows up as overdue at the caretaker's.",
        "FR-8",
        "FR-11",
        "FR-7",
    ),
    decision(
        "What is deleted with a resident",
        "Data about a resident must be deleted within 30 days after they move out; a borrowing is data about two residents.",
        [
            "Replace the name and keep the borrowing.",
            "Delete everything that either side's name hangs on.",
            "Keep damages until both sides have moved out.",
        ],
        "Delete everything, as soon as nothing of theirs is lent and on day 29 at the latest; photos go with their records. Deletion goes before evidence.",
        "CR-2",
    ),
]

ARCHITECTURE = {
    "system": "Lendwell",
    "people": [
        {"name": "neighbour", "does": "Searches items, offers some, borrows and lends."},
        {"name": "owner", "does": "the owner approves or rejects the reservation"},
        {"name": "borrower", "does": "A neighbour reserves an item for up to 7 days"},
        {"name": "caretaker", "does": "The caretaker sees every open reservation and can cancel one when an owner has moved away."},
        {"name": "hallway reader", "does": "Looks at the tablet while passing by."},
    ],
    "externals": [
        {"name": "sign-in proxy", "purpose": "Knows who a resident is, keeps everybody else out and encrypts the way."},
        {"name": "mail server", "purpose": "Takes the reminders from the association's own account."},
    ],
    "relations": [
        relation("neighbour", "sign-in proxy", "signs in, searches and offers"),
        relation("owner", "sign-in proxy", "signs in and decides"),
        relation("borrower", "sign-in proxy", "signs in and reserves"),
        relation("caretaker", "sign-in proxy", "signs in and looks after reservations"),
        relation("hallway reader", "hallway copy", "reads the list"),
        relation("hallway copy", "sign-in proxy", "fetches the list while there is internet"),
        relation("sign-in proxy", "door", "hands on requests with the resident's number"),
        relation("door", "pages", "lets in people"),
        relation("door", "interface", "lets in programs"),
        relation("pages", "lending rules", "asks what is allowed"),
        relation("interface", "lending rules", "asks what is allowed"),
        relation("lending rules", "records", "reads and writes in one transaction"),
        relation("daily round", "records", "looks for what is due and who is gone"),
        relation("daily round", "mail server", "sends reminders"),
        relation("mail server", "borrower", "delivers reminders"),
    ],
    "components": [
        component("door", "Finds out who asks and lets nobody else in.", "CR-1"),
        component("pages", "Shows items and reservations and takes in forms, without any script and from one server.", "QR-1", "CR-4", *ACTIONS),
        component("interface", "Answers the same requests as JSON and refuses wrong ones.", *ACTIONS),
        component("lending rules", "Decides what is free, allowed and next: days, states, sides, amounts.", *ACTIONS[2:]),
        component("records", "Keeps records and photos in one folder, so that they are there after a restart.", "FR-1", "FR-2", "CR-3"),
        component("daily round", "Each morning queues and sends reminders and deletes residents who moved out.", "FR-11", "CR-2"),
        component("hallway copy", "Keeps the last hallway list on the tablet for when there is no internet.", "QR-2"),
    ],
    "entities": ENTITIES,
    "endpoints": ENDPOINTS,
    "sequence": [
        step("borrower", "sign-in proxy", "asks for the ladder from 6 to 8 May"),
        step("sign-in proxy", "door", "the request with the borrower's number"),
        step("door", "pages", "the request of a resident who lives here"),
        step("pages", "lending rules", "may this resident have it for these days?"),
        step("lending rules", "records", "stores the request unless a day is taken"),
        step("pages", "borrower", "shows the reservation as requested"),
        step("owner", "pages", "approves it with a deposit"),
        step("lending rules", "records", "stores the approval unless a day is taken meanwhile"),
        step("owner", "pages", "notes the condition; so does the borrower"),
        step("daily round", "mail server", "one day before it is due: a reminder"),
        step("mail server", "borrower", "delivers the reminder"),
        step("borrower", "pages", "notes the condition when it is back; so does the owner"),
    ],
    "decisions": DECISIONS,
    "questions": [
        question(
            "At which hoster does it run, and who besides the volunteer has access to the server?",
            "“no company should earn from our data” depends on the contract with the hoster.",
        )
    ],
}


def misspelt():
    """The planted slip: a method in lower case and a status that there is not, which the schema refuses."""
    made = copy.deepcopy(ARCHITECTURE)
    made["endpoints"][0]["method"] = "get"
    made["decisions"][0]["status"] = "done"
    return made


ANSWERS = {
    "architecture/a1/b00/r0": ARCHITECTURE,
    "architecture/question/a1/r0": {"questions": []},
    "architecture/q-architecture-Q1/answer/a1/r0": {"basis": []},
}
