"""The first real use by a few people."""

from .forms import metric

ANSWERS = {
    "beta/a1/b00/r0": {
        "cohort": "Neighbours of one of the four buildings who volunteer at the caretaker's: some who own a ladder or a drill, some who borrow, and one who "
        "uses an old phone; the caretaker takes part throughout.",
        "duration": "Four weeks that end before the summer party on 20 June, so that every borrowing of up to 7 days can come back within it.",
        "metrics": [
            metric("Households that lent or borrowed at least one thing", "60 by the end of the year; the beta shows the first of them"),
            metric("Borrowings that both sides closed with a note", "All that came back; each one left open is talked through with its two sides"),
            metric("Reminders that arrived", "Every queued one, as borrowers say when they bring the item back"),
            metric("Questions like “who has a …?” in the chat group", "Fewer each week; nobody by the end of the year"),
        ],
        "feedback_questions": [
            "What did you want to borrow last, and how did you go about it?",
            "What did you do at the handover, and what did you write down?",
            "What was shown to you that you did not want to know about a neighbour?",
            "When did you use the chat group instead, and why?",
            "What happened when you tried to add a photo?",
            "What did you expect from the hallway tablet, and what did it show?",
        ],
        "stop_rules": [
            "Somebody outside the association reads a name, an address or a phone number.",
            "A phone number is shown to somebody who is no side of the reservation, or after the item is back.",
            "A borrowing or a note is lost.",
            "A resident who moved out is still in the records after 30 days.",
            "Hosting costs more than 10 EUR in a month.",
        ],
        "support": "Participants reach the caretaker in the hallway or by a note in the association's letter box; the volunteer who runs the server looks at the "
        "reported reservation the same day, and when nothing else helps the two neighbours settle it on paper.",
        "questions": [],
    }
}
