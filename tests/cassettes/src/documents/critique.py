"""Objections to the chosen concept from three sides."""

from .forms import finding, risk

ANSWERS = {
    "critique/a1/b00/r0": {
        "findings": [
            finding(
                "medium",
                "N-6",
                "A resident without e-mail gets no reminder and may not notice that an item is due.",
                "The last day stands on the reservation's page and, for the caretaker, on the list of open reservations as “overdue”; "
                "residents without e-mail use the caretaker as they do today.",
            ),
            finding(
                "high",
                "N-12",
                "The hallway tablet can be read by every visitor and courier; a list with names would tell them who lives where.",
                "The hallway list shows item names and Free or Taken alone: no people, places or numbers.",
            ),
            finding(
                "medium",
                "N-11",
                "Photos straight from a phone are larger than an old phone uploads well.",
                "A photo is optional and limited to 1 MB with a message that says so; the item can be offered without it.",
            ),
            finding("low", "N-5", "Typing a note on a phone in a stairwell is slow; people will write “ok”."),
        ],
        "assumptions": [
            "Most households have at least one phone or computer with a browser.",
            "Neighbours are willing to write one sentence at a handover.",
        ],
        "risks": [
            risk(
                "People go on asking in the chat group out of habit, and the shelf stays empty.",
                "high",
                "high",
                "The caretaker enters the items of the paper list before the first day, so that the shelf is not empty, and the "
                "association answers in the group with a link.",
            ),
        ],
        "recommendation": "proceed",
        "reason": "Nobody named in the brief is shut out for good: the phone, the tablet and the caretaker are three ways in. "
        "The reading visitor in the hallway is kept out by what the list leaves away.",
        "questions": [],
    },
    "critique/a1/b01/r0": {
        "findings": [
            finding(
                "high",
                "N-8",
                "When an owner moves away while an item is lent, a cancelled reservation would lose the trace of the item.",
                "Only what is not handed over yet can be cancelled; a lent item stays on the list until both sides note that it is back.",
            ),
            finding(
                "medium",
                "N-6",
                "The morning round may fail or be switched off, and nobody would notice that no reminder goes out.",
                "Reminders are queued and marked once sent; the caretaker reads them as a list, and a missed round is made up for by the next.",
            ),
            finding(
                "medium",
                "N-3",
                "Two people may ask for the same day at the same moment.",
                "A request takes nothing; the approval does, and it is checked and stored in one transaction.",
            ),
            finding(
                "medium",
                "operation",
                "One volunteer looks after the server; when they are away nobody can restore it.",
                "All data is one folder, and the runbook has the exact commands; a second person of the association tries a restore before the beta.",
            ),
        ],
        "assumptions": [
            "The association finds one person who updates the server and tests the backup.",
            "About 120 households are few enough for one process and one file of records.",
        ],
        "risks": [
            risk(
                "The rented server fails for a day.",
                "medium",
                "medium",
                "The hallway tablet keeps the last list, the data folder is copied every night, and handovers are noted on paper meanwhile.",
            ),
            risk(
                "The mail provider treats the reminders as advertising and drops them.",
                "medium",
                "medium",
                "Plain text from the association's own account, one message per reminder; the beta asks every borrower whether it arrived.",
            ),
        ],
        "recommendation": "proceed",
        "reason": "Nothing needs more than one small server and one careful person. What can break is visible to the caretaker.",
        "questions": [],
    },
    "critique/a1/b02/r0": {
        "findings": [
            finding(
                "medium",
                "purpose",
                "“nobody had to ask in the chat group any more” cannot be measured by the application.",
                "It is kept as a question of the beta; the application counts households that lent or borrowed, which the brief names as well.",
            ),
            finding(
                "medium",
                "N-9",
                "A recorded deposit that nobody collects suggests a safety that is not there.",
                "The page says that it is paid in cash at the door; nothing else depends on the amount.",
            ),
            finding(
                "high",
                "data",
                "“Data about a resident must be deleted within 30 days” contradicts keeping condition notes against later arguments.",
                "Deletion wins: notes, damages and photos of a borrowing go with either of its two sides, and the beta tells residents so.",
            ),
            finding("low", "N-10", "Neighbours who know each other have the number anyway; the rule protects strangers only."),
        ],
        "assumptions": [
            "An argument about a scratch comes up within days, not after somebody has moved out.",
            "Owners answer a request before its first day.",
        ],
        "risks": [
            risk(
                "By the end of the year fewer than 60 households have used it.",
                "medium",
                "medium",
                "The beta measures after four weeks; the association decides then whether to go on.",
            ),
        ],
        "recommendation": "proceed",
        "reason": "The claims of the brief hold together once deletion goes before evidence. Whether neighbours come is a matter for the beta, not for the design.",
        "questions": [],
    },
}
