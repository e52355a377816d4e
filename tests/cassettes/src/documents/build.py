"""What the build and the story answers say besides their files; the files lie in `app/` and `stories/`."""

START = ["python3", "-m", "app", "--desk"]
TEST = ["python3", "-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", "."]
SUMMARY = (
    "A web application on Python's standard library: residents, items and reservations with their interface, a search, the hallway list, "
    "pages without scripts, and a door that lets in residents only."
)
SERVES = {
    "LICENSE": ["CR-4"],
    "README.md": ["CR-1", "CR-3"],
    "app/__init__.py": ["CR-3"],
    "app/__main__.py": ["CR-1", "CR-3"],
    "app/api.py": ["FR-1", "FR-4"],
    "app/application.py": ["CR-1", "CR-4"],
    "app/caller.py": ["CR-1"],
    "app/feature.py": ["FR-4", "CR-1"],
    "app/features/__init__.py": ["FR-3", "QR-2"],
    "app/features/hallway.py": ["QR-2"],
    "app/features/search.py": ["FR-3"],
    "app/forms.py": ["QR-1"],
    "app/layout.py": ["QR-1", "CR-4"],
    "app/markup.py": ["QR-1"],
    "app/messages.py": ["FR-1", "FR-2"],
    "app/model.py": ["FR-1"],
    "app/pages.py": ["FR-1", "QR-1"],
    "app/permits.py": ["CR-1", "FR-10"],
    "app/photos.py": ["FR-2"],
    "app/problems.py": ["FR-1"],
    "app/records.py": ["FR-1", "CR-3"],
    "app/routing.py": ["FR-1"],
    "app/server.py": ["CR-3"],
    "app/static/style.css": ["QR-1"],
    "app/storage.py": ["FR-1", "CR-3"],
    "app/world.py": ["CR-3"],
    "tests/test_door.py": ["CR-1"],
    "tests/test_pages.py": ["QR-1", "CR-4"],
    "tests/test_photos.py": ["FR-2"],
    "tests/test_records.py": ["FR-1"],
    "tests/test_server.py": ["CR-3"],
}

# By story: what it does now, and the test classes that show each requirement.
STORIES = {
    "ST-1": (
        "A resident can offer an item with description and place, and add photos that keep no position.",
        {"FR-1": ["tests.test_offers.TestOffers"], "FR-2": ["tests.test_offers.TestOffers", "tests.test_photos.TestPhotos"]},
    ),
    "ST-2": (
        "A resident can search the items and sees for each whether it is free on a day.",
        {"FR-3": ["tests.test_search.TestSearch"]},
    ),
    "ST-3": (
        "A resident can ask for an item for one to seven days and finds their open reservations on the start page.",
        {"FR-4": ["tests.test_reservations.TestReservations"]},
    ),
    "ST-4": (
        "An owner can approve or reject a request and record a deposit of at most 50 EUR.",
        {"FR-5": ["tests.test_decisions.TestDecisions"], "FR-6": ["tests.test_decisions.TestDecisions"]},
    ),
    "ST-5": (
        "Owner and borrower can note the condition at both handovers and see each other's number until the item is back.",
        {"FR-7": ["tests.test_contacts.TestContacts"], "FR-8": ["tests.test_handovers.TestHandovers"]},
    ),
    "ST-6": (
        "The borrower or the owner can report a damage with a short text and photos.",
        {"FR-9": ["tests.test_damages.TestDamages"]},
    ),
    "ST-7": (
        "The caretaker can see every open reservation and cancel one that is not handed over yet.",
        {"FR-10": ["tests.test_caretaker.TestCaretaker"]},
    ),
    "ST-8": (
        "Borrowers get their reminders from a daily round, which also forgets residents who moved out.",
        {"FR-11": ["tests.test_reminders.TestReminders"], "CR-2": ["tests.test_forget.TestForget"]},
    ),
    "ST-9": (
        "The hallway tablet shows what is free today, and its last list when there is no internet.",
        {"QR-2": ["tests.test_hallway.TestHallway"]},
    ),
}
# Of classes that show several requirements: the words in a test's name that tell which it shows.
SHOWN_BY = {
    ("FR-1", "tests.test_offers.TestOffers"): ("offer", "resident", "caretaker"),
    ("FR-2", "tests.test_offers.TestOffers"): ("photo",),
    ("FR-5", "tests.test_decisions.TestDecisions"): ("approve", "rejects", "nobody", "once"),
    ("FR-6", "tests.test_decisions.TestDecisions"): ("deposit", "forms"),
}
