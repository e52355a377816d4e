"""The stories, in the order in which they are coded."""

from .build import STORIES
from .prd import REQUIREMENTS

PREFIX = {"functional": "FR", "quality": "QR", "constraint": "CR"}


def by_id():
    counts, found = {}, {}
    for requirement in REQUIREMENTS:
        prefix = PREFIX[requirement["kind"]]
        counts[prefix] = counts.get(prefix, 0) + 1
        found[f"{prefix}-{counts[prefix]}"] = requirement
    return found


def story(title, as_a, i_want, so_that, *implements, coded=True):
    known = by_id()
    return {
        "title": title,
        "as_a": as_a,
        "i_want": i_want,
        "so_that": so_that,
        "implements": list(implements),
        "acceptance": [case for requirement in implements for case in known[requirement]["acceptance"]],
        "coded": coded,
    }


CUT = [
    story("Offer an item with photos", "neighbour", "to offer an item with a description, the place where it is kept and photos", "neighbours know what there is and what it looks like", "FR-1", "FR-2"),
    story("Find an item and see whether it is free", "neighbour", "to search the items by words and day and see which are free", "I need not ask around in a chat group", "FR-3"),
    story("Reserve an item", "borrower", "to ask for an item for one to seven days", "nobody else takes it on the days I need it", "FR-4"),
    story("Decide on a request, with a deposit", "owner", "to approve or reject a request and write down a deposit", "I know who gets my things and on what terms", "FR-5", "FR-6"),
    story("Hand it over and take it back", "owner", "to note the condition together with the borrower and to reach them meanwhile", "there is no argument about scratches later", "FR-8", "FR-7"),
    story("Report a damage", "borrower", "to report a damage with photos and a short text", "the owner hears of it at once, and both see the same pictures", "FR-9"),
    story("See every open reservation and cancel one", "caretaker", "to see every open reservation and cancel one when an owner has moved away", "I can stop keeping the paper list", "FR-10"),
    story("Remind borrowers, forget who moved out", "borrower", "to be reminded before an item is due and when it is overdue", "things come back in time; and who moves out leaves nothing behind", "FR-11", "CR-2"),
    story("Read the hallway list without internet", "caretaker", "the tablet to show what is free today even without internet", "it replaces the paper list in the hallway", "QR-2"),
    story("Rent the server and set up the sign-in (needs the association's decision and a contract)", "residents' association", "to run it for at most 10 EUR per month with a sign-in for each household", "only residents get in, and the costs stay bounded", "CR-3", "CR-1", coded=False),
]

assert [f"ST-{number}" for number in range(1, 10)] == list(STORIES), "coded stories have files"

ANSWERS = {"story-loop/a1/b00/r0": {"stories": CUT, "questions": []}}
