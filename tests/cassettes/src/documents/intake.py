"""The brief, and what became of its questions."""

from .forms import entity, field, need, quantity, question

NEEDS = [
    need(
        "A neighbour can offer an item with a name, a description, a photo and the place where it is kept.",
        "neighbour",
        "item",
        "photo",
    ),
    need("Anyone in the association can search the items and see which are free.", "neighbour", "item", "reservation"),
    need("A neighbour reserves an item for up to 7 days", "borrower", "reservation", "item"),
    need("the owner approves or rejects the reservation", "owner", "reservation"),
    need(
        "At the handover both sides note the condition of the item, so that there is no argument about scratches later.",
        "owner",
        "handover",
        "reservation",
    ),
    need(
        "The borrower gets a reminder by e-mail one day before the item is due, and another one on the day it is overdue.",
        "borrower",
        "message",
        "reservation",
    ),
    need(
        "When an item comes back damaged, the borrower or the owner reports the damage with photos and a short text.",
        "borrower",
        "damage",
        "photo",
    ),
    need(
        "The caretaker sees every open reservation and can cancel one when an owner has moved away.",
        "caretaker",
        "reservation",
    ),
    need(
        "A deposit of at most 50 EUR can be agreed for an item; it is paid in cash at the door and only recorded here.",
        "owner",
        "reservation",
    ),
    need(
        "A resident's phone number is shown to the other side of a reservation only, and only until the item is back.",
        "borrower",
        "contact",
        "reservation",
    ),
    need("It has to work on an old phone", "neighbour"),
    need("the hallway tablet has to stay usable without internet for an hour", "caretaker", "item"),
]

ENTITIES = [
    entity(
        "resident",
        "Somebody who lives in one of the four buildings.",
        field("name", "text", True, "Neighbours must know whom they lend to."),
        field("building", "text", True, "four\nbuildings"),
        field("flat", "text", False, "To find the door at the handover."),
        field("moved_out", "date", False, "Data about a resident must be deleted within 30 days after they move out."),
    ),
    entity(
        "contact",
        "How a resident is reached; kept apart from the name because fewer people may see it.",
        field("resident", "->resident", True, "Whose it is."),
        field("email", "text", True, "The borrower gets a reminder by e-mail"),
        field("phone", "text", False, "A resident's phone number is shown to the other side of a reservation only"),
    ),
    entity(
        "item",
        "Something that a neighbour offers to lend.",
        field("owner", "->resident", True, "the owner approves or rejects the reservation"),
        field("name", "text", True, "offer an item with a name"),
        field("description", "text", False, "offer an item with a name, a description"),
        field("place", "text", True, "the place where it is kept"),
    ),
    entity(
        "reservation",
        "One borrowing of one item, from the request until it is back.",
        field("item", "->item", True, "A neighbour reserves an item"),
        field("borrower", "->resident", True, "A neighbour reserves an item"),
        field("first_day", "date", True, "for up to 7 days"),
        field("last_day", "date", True, "one day before the item is due"),
        field("state", "text", True, "the owner approves or rejects the reservation"),
        field("deposit", "money_minor", False, "A deposit of at most 50 EUR can be agreed for an item"),
        field("note", "text", False, "What one side tells the other: the borrower's message, or why it was cancelled."),
    ),
    entity(
        "handover",
        "What one side noted about the condition when the item changed hands.",
        field("reservation", "->reservation", True, "Which borrowing it belongs to."),
        field("stage", "text", True, "Whether the item went out or came back."),
        field("side", "text", True, "both sides note the condition of the item"),
        field("condition", "text", True, "so that there is no argument about scratches later"),
        field("noted_at", "moment", True, "An argument later needs to know when it was noted."),
    ),
    entity(
        "damage",
        "A damage that one side reported.",
        field("reservation", "->reservation", True, "Which borrowing it belongs to."),
        field("side", "text", True, "the borrower or the owner reports the damage"),
        field("text", "text", True, "with photos and a short text"),
        field("reported_at", "moment", True, "When it was reported."),
    ),
    entity(
        "photo",
        "A picture of an item or of a damage.",
        field("item", "->item", False, "a description, a photo"),
        field("damage", "->damage", False, "reports the damage with photos"),
        field("media_type", "text", True, "So that a browser shows it."),
    ),
    entity(
        "message",
        "A reminder that is to be sent or was sent.",
        field("reservation", "->reservation", True, "Which borrowing it reminds of."),
        field("kind", "text", True, "one day before the item is due, and another one on the day it is overdue"),
        field("recipient", "text", True, "The borrower gets a reminder by e-mail"),
        field("queued_on", "date", True, "So that each reminder is sent once."),
        field("sent_at", "moment", False, "So that the caretaker sees whether it went out."),
    ),
]

BRIEF = {
    "title": "Lendwell: a lending shelf for our street",
    "summary": "We want a small web page on which neighbours lend things to each other, run by the residents' association of our four\n"
    "buildings, about 120 households.",
    "problem": "Today we ask around in a chat group:\n"
    "messages get lost, nobody knows who has the ladder, and things come back late or not at all.",
    "actors": [{"name": name} for name in ("neighbour", "owner", "borrower", "caretaker", "residents' association")],
    "needs": NEEDS,
    "constraints": [
        "Only residents may see items; nobody outside the association may read names, addresses or phone numbers.",
        "Data about a resident must be deleted within 30 days after they move out.",
        "Hosting may cost no more than 10 EUR per month",
        "no company should earn from our data",
        "The first version should be ready before the summer party on 20 June.",
    ],
    "exclusions": [
        "No online payments and no insurance.",
        "No lending to other streets.",
        "No app in an app store.",
    ],
    "quantities": [
        quantity("120", "households", "run by the residents' association of our four\nbuildings, about 120 households"),
        quantity("7", "days", "A neighbour reserves an item for up to 7 days"),
        quantity("50", "EUR", "A deposit of at most 50 EUR can be agreed for an item"),
        quantity("30", "days", "Data about a resident must be deleted within 30 days after they move out."),
        quantity("10", "EUR per month", "Hosting may cost no more than 10 EUR per month"),
        quantity("60", "households", "60 households had lent or borrowed at least one thing"),
    ],
    "integrations": ["e-mail"],
    "sensitive_data": [
        "names, addresses or phone numbers",
        "photos",
        "E-mail addresses of residents.",
        "Who borrowed what from whom, and what was damaged.",
    ],
    "entities": ENTITIES,
    "questions": [
        question(
            "How does a resident prove that they are one, and who gives and takes back their access?",
            "“Only residents may see items”: nothing is said about how they sign in.",
            blocking=True,
        ),
        question(
            "May the caretaker read residents' phone numbers?",
            "“shown to the other side of a reservation only” and “The caretaker sees every open reservation”.",
        ),
        question(
            "What must be possible on the hallway tablet while there is no internet: reading alone, or also noting a handover?",
            "“usable without internet for an hour” does not say for what.",
        ),
        question(
            "From which day do the 30 days after moving out count, and who enters it?",
            "“within 30 days after they move out” needs a day that the application knows.",
        ),
        question(
            "Who pays for a damage when owner and borrower do not agree?",
            "“reports the damage” says nothing about what follows; insurance is excluded.",
        ),
    ],
}


def answered(text, *basis):
    return {"answer": text, "basis": list(basis)}


def unanswered():
    return {"basis": []}


def ruled(ruling, reason, assumption=None):
    made = {"ruling": ruling, "reason": reason}
    return {**made, "assumption": assumption} if assumption else made


SIGN_IN = "The caretaker gives each household its own sign-in and takes it back on the day they move out."
READING = "Without internet the tablet shows the last list; a handover is noted on paper and entered later."
MOVED_OUT = "The 30 days count from the day that the caretaker enters as the resident's last day here."
NOT_THE_CARETAKER = "No: a phone number is shown to the other side of a reservation only, and the caretaker is no side."

ANSWERS = {
    "intake/a1/b00/r0": BRIEF,
    "intake/question/a1/r0": {
        "questions": [
            question(
                "From which mail account are the reminders sent, and who keeps its password?",
                "“gets a reminder by e-mail”: no account of the association is named.",
            )
        ]
    },
    "intake/q-intake-Q1/answer/a1/r0": answered(SIGN_IN, "idea"),
    "intake/q-intake-Q1/validate/a1/r0": ruled(
        "assume", "The idea names the caretaker and the association, but no way to sign in.", SIGN_IN
    ),
    "intake/q-intake-Q2/answer/a1/r0": answered(NOT_THE_CARETAKER, "idea"),
    "intake/q-intake-Q2/validate/a1/r0": ruled(
        "accept", "“shown to the other side of a reservation only” leaves no room for a third reader."
    ),
    "intake/q-intake-Q3/answer/a1/r0": answered(READING, "idea"),
    "intake/q-intake-Q3/validate/a1/r0": ruled(
        "assume", "The idea says for how long, not for what; today's list in the hallway is for reading.", READING
    ),
    "intake/q-intake-Q4/answer/a1/r0": answered(MOVED_OUT, "idea"),
    "intake/q-intake-Q4/validate/a1/r0": ruled(
        "assume", "The caretaker keeps today's list, but nobody said who records that somebody left.", MOVED_OUT
    ),
    "intake/q-intake-Q5/answer/a1/r0": unanswered(),
    "intake/q-intake-Q6/answer/a1/r0": unanswered(),
}
