"""Look, words and accessibility, from two sides."""

from .forms import finding

ANSWERS = {
    "aesthetic/a1/b00/r0": {
        "principles": [
            "A state is said in a word (Free, Taken, overdue), never by a colour alone.",
            "Everything works with links and forms, one column, 320 CSS pixels wide, at twice the size.",
            "Every input has a visible label above it, and its hint is tied to it.",
        ],
        "findings": [
            finding("medium", "component:pages", "A refused form shows what is wrong on a page of its own instead of beside the input.", "The page lists each field with its fault, is announced as an alert, and says that going back keeps what was typed; nothing has to be entered again."),
            finding("low", "component:pages", "The two buttons Approve and Reject stand in two forms below each other; the second is marked by colour and by its word."),
            finding("low", "component:hallway copy", "The tablet's list is read standing, and its type is no larger than on a phone; the browser's zoom of the tablet is set once."),
        ],
        "questions": [],
    },
    "aesthetic/a1/b01/r0": {
        "principles": [
            "The words of the street: neighbour, owner, borrower, caretaker, handover; no account, user or transaction.",
            "First what is asked for most: who has the ladder, is it free, whom do I ask.",
            "Every refusal says what would be right instead.",
        ],
        "findings": [
            finding("medium", "component:pages", "Days are written as 2026-05-08, which is exact and not how neighbours speak.", "The inputs are the browser's own calendars, which show days in the reader's language; the written form is the same for everybody and sorts well in the lists."),
            finding("low", "component:pages", "“Approved” and “lent” are close to each other; the sentence on the reservation's page could say what happens next."),
        ],
        "questions": [],
    },
}
