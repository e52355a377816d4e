"""The requirements: a draft, and its revision for completeness."""

import copy

from .forms import metric, question, requirement
from .intake import answered, ruled

SUMMARY = (
    "Lendwell is a small web page for the residents of our four buildings. Neighbours offer things, see what is free, reserve it for up "
    "to 7 days with the owner's approval, and note the condition when it changes hands. Reminders go out by e-mail, damages are reported "
    "with photos, the caretaker sees every open reservation, and nobody outside the association reads anything."
)

REQUIREMENTS = [
    requirement(
        "functional",
        "must",
        "The page must let a resident offer an item with a name, a description and the place where it is kept.",
        ["N-1"],
        ("a resident who is signed in", "they offer a “Raclette grill” kept at “Building 2, flat 5”", "every resident finds it with name, description, place and owner"),
        ("a resident who is signed in", "they send the form without a name", "nothing is stored, and the page says that the name is required"),
    ),
    requirement(
        "functional",
        "must",
        "The page must let an owner add photos to an item and must show them to residents without the position that a phone wrote into them.",
        ["N-1"],
        ("an item of the owner", "they add a JPEG of less than 1 MB with a GPS position in it", "other residents see the picture, and its file holds no position"),
        ("an item of somebody else", "a resident tries to add a photo", "it is refused with 403, and the item is unchanged"),
    ),
    requirement(
        "functional",
        "must",
        "The page must let residents search items by words of name, description or place and must say for a day which of them are free.",
        ["N-2"],
        ("a ladder that is approved for 6 to 8 May", "a resident searches “ladder” for 5, 6, 8 and 9 May", "it is free on 5 and 9 May and taken on 6 and 8 May"),
        ("a ladder that was due on 2 May and is not back", "a resident searches on 4 May", "it is taken"),
    ),
    requirement(
        "functional",
        "must",
        "The page must let a resident ask for an item for one to 7 days that nobody else has been approved for.",
        ["N-3"],
        ("a free item", "a resident asks for 4 to 10 May, which are 7 days", "the reservation is stored as requested"),
        ("a free item", "a resident asks for 4 to 11 May, which are 8 days", "it is refused with 422 and the words “at most 7 days”"),
        ("an item approved for 6 to 8 May", "another resident asks for 8 to 9 May", "it is refused with 409"),
    ),
    requirement(
        "functional",
        "must",
        "The page must let the owner of the item, and nobody else but the caretaker for them, approve or reject a requested reservation once.",
        ["N-4"],
        ("a requested reservation", "the owner approves it", "it is approved, and its days count as taken"),
        ("a requested reservation", "the borrower tries to approve it", "it is refused with 403, and it stays requested"),
        ("two requests for the same day", "the owner approves both", "the second approval is refused with 409"),
    ),
    requirement(
        "functional",
        "must",
        "The page must record with an approval a deposit of 0 to 50 EUR and must say that it is paid in cash at the door.",
        ["N-9"],
        ("a requested reservation", "the owner approves it with a deposit of 50.00 EUR", "both sides see “50.00 EUR” and that it is paid in cash"),
        ("a requested reservation", "the owner approves it with a deposit of 50.01 EUR", "it is refused with 422, and the reservation stays requested"),
    ),
    requirement(
        "functional",
        "must",
        "The page must show a resident's phone number to the other side of a reservation from its approval until the item is back, and to nobody else at any time.",
        ["N-10"],
        ("a reservation that is approved or lent", "the borrower opens it", "the owner's name and number are shown"),
        ("the same reservation once it is returned", "the borrower opens it", "no number is shown"),
        ("a reservation that is lent", "another resident or the caretaker asks for the number", "it is refused, and no page or list holds it"),
    ),
    requirement(
        "functional",
        "must",
        "The page must take a note of the condition from owner and borrower when the item goes out and when it comes back, each once and unchangeable.",
        ["N-5"],
        ("an approved reservation", "owner and borrower each note the condition", "it is lent, and both read both notes"),
        ("a lent reservation", "both note the condition again", "it is returned, and the item is free"),
        ("a note of the owner", "the owner notes the same handover again", "it is refused with 409, and the first note stands"),
    ),
    requirement(
        "functional",
        "must",
        "The page must let the borrower or the owner report a damage with a text of at most 500 characters and up to five photos.",
        ["N-7"],
        ("a reservation that is lent or returned", "the borrower reports “A rung is cracked” with a photo", "the owner and the caretaker read it and see the photo"),
        ("the same report", "another resident asks for it or its photo", "it is refused with 404"),
    ),
    requirement(
        "functional",
        "must",
        "The page must show the caretaker every open reservation and must let the caretaker, and nobody else, cancel one that is not handed over yet, with a reason.",
        ["N-8"],
        ("three open and three closed reservations", "the caretaker opens the list", "the three open ones are listed with item, days, owner, borrower and state"),
        ("an approved reservation of an owner who moved away", "the caretaker cancels it", "the item is free, and the borrower reads the reason"),
        ("a reservation that is lent", "the caretaker tries to cancel it", "it is refused with 409"),
    ),
    requirement(
        "functional",
        "must",
        "The daily round must remind the borrower by e-mail one day before the last day and once on the first day after it, while the item is not back.",
        ["N-6"],
        ("an item lent until 8 May", "the round runs each morning from 5 to 12 May", "one message “due tomorrow” goes out on 7 May and one “overdue” on 9 May, and no other"),
        ("an item that was given back on 6 May", "the round runs on 7 May", "no message goes out"),
        ("a mail server that does not answer", "the round runs again later", "the message is sent then, and only once"),
    ),
    requirement(
        "quality",
        "must",
        "Every page must work without any script and at a width of 320 CSS pixels, so that an old phone is enough.",
        ["N-11"],
        ("a browser with scripts switched off", "a resident offers, searches, reserves and notes a handover", "every step works with links and forms alone"),
        ("a screen 320 CSS pixels wide", "any page is opened", "no text is cut off, and only tables scroll sideways"),
    ),
    requirement(
        "quality",
        "must",
        "The hallway list must stay readable on the tablet for at least 60 minutes without internet, with the moment it was made.",
        ["N-12"],
        ("a tablet that has shown the hallway list", "the internet is gone and the list is opened again within 60 minutes", "the last list is shown with its moment"),
        ("the hallway list", "anybody reads it", "it names no people, places or phone numbers"),
    ),
    requirement(
        "constraint",
        "must",
        "Nobody who is not signed in as a resident, the caretaker or the hallway tablet may read or change anything.",
        ["N-2"],
        ("a request without a sign-in, or with that of somebody who moved out", "it asks for any page or record", "it is refused with 401 or 403, and the answer holds no name and no item"),
        ("the sign-in of the tablet", "it asks for anything but the hallway list", "it is refused with 403"),
    ),
    requirement(
        "constraint",
        "must",
        "All data about a resident must be deleted within 30 days after the day they moved out, photos included.",
        [],
        ("an owner who moved out yesterday, with nothing lent", "the daily round runs", "their name, contact, items, photos, reservations and notes are gone"),
        ("an owner who moved out 29 days ago, with an item still lent", "the daily round runs", "everything about them is gone all the same"),
    ),
    requirement(
        "constraint",
        "must",
        "Running it must cost at most 10 EUR per month.",
        [],
        ("the contract for the server and the mail account", "the association adds up what it pays per month", "the sum is at most 10 EUR"),
    ),
    requirement(
        "constraint",
        "must",
        "No page may load anything from another company's server or send anything there.",
        [],
        ("any page", "its addresses are looked at", "each one leads to the application itself"),
    ),
    requirement(
        "constraint",
        "should",
        "The first version should be ready before the summer party on 20 June.",
        [],
    ),
]

PRD = {
    "summary": SUMMARY,
    "requirements": REQUIREMENTS,
    "non_goals": [
        "No online payments and no insurance.",
        "No lending to other streets.",
        "No app in an app store.",
        "Entering a handover while there is no internet: it is noted on paper and entered later.",
        "Deciding who pays for a damage: the page records what both sides saw.",
    ],
    "metrics": [
        metric("Households that lent or borrowed at least one thing", "60 by the end of the year"),
        metric("Reservations that end as returned rather than overdue", "Asked for in the beta: the idea states no number."),
    ],
    "questions": [
        question(
            "How large may a photo be, and in which formats?",
            "“a photo” states no limit; an old phone and a small server need one.",
        ),
        question(
            "What becomes of a request that the owner does not decide on before its first day?",
            "“the owner approves or rejects the reservation” says nothing about an owner who does neither.",
        ),
    ],
}


def statement(number):
    """The requirement whose place in the list this is."""
    return REQUIREMENTS[number]["statement"]


def draft():
    """What the first author wrote: the phone number and the tablet are not requirements of their own yet."""
    made = copy.deepcopy(PRD)
    late = ("phone number", "hallway list")
    made["requirements"] = [r for r in made["requirements"] if not any(words in r["statement"] for words in late)]
    made["questions"] = made["questions"][:1]
    return made


def unserved():
    """The planted defect: the revision lost the reminders, so that a need is served by nothing."""
    made = copy.deepcopy(PRD)
    made["requirements"] = [r for r in made["requirements"] if "daily round must remind" not in r["statement"]]
    return made


PHOTO = "A photo has at most 1 MB and is a JPEG or a PNG."
UNDECIDED = "A request that nobody decides on stays a request and takes no day from others; the borrower may call the caretaker."

ANSWERS = {
    "prd/a1/b00/r0": draft(),
    "prd/a1/b01/r0": PRD,
    "prd/question/a1/r0": {"questions": []},
    "prd/question/a2/r0": {"questions": []},
    "prd/q-prd-Q1/answer/a1/r0": answered(PHOTO, "idea"),
    "prd/q-prd-Q1/validate/a1/r0": ruled("assume", "Nobody stated a limit; one is needed to build it.", PHOTO),
    "prd/q-prd-Q2/answer/a1/r0": answered(UNDECIDED, "idea"),
    "prd/q-prd-Q2/validate/a1/r0": ruled(
        "assume", "The idea knows approval and rejection only; taking no day from others harms nobody.", UNDECIDED
    ),
}
