"""The business case: what the association saves, and what it pays."""

from .forms import line, question, risk

ANSWERS = {
    "bizdev/a1/b00/r0": {
        "customers": [
            "The residents of the four buildings, about 120 households, who lend and borrow.",
            "The residents' association, which runs it and pays the hosting.",
        ],
        "value": "Neighbours use what stands in the next cellar instead of buying it: they see what is free, know who has it, and get it back in time.",
        "alternatives": [
            "Today we ask around in a chat group",
            "Our caretaker keeps a paper\nlist in the hallway, and half of it is out of date.",
            "Buying one's own drill, tall ladder or raclette grill and using it twice a year.",
        ],
        "revenue": [
            line(
                "Purchases that a household can do without",
                "One drill, ladder or grill per household that borrows it; the beta asks which purchase was saved",
                "“Most of us own a drill, a tall ladder or a raclette grill and use it twice a year.”",
            ),
        ],
        "costs": [
            line("Hosting", "at most 10 EUR per month", "Hosting may cost no more than 10 EUR per month"),
        ],
        "assumptions": [
            "Enough owners are willing to lend to neighbours they do not know; test: count offered items two weeks after the start.",
            "Residents look at the shelf before they write to the chat group; test: ask ten households at the summer party.",
        ],
        "risks": [
            risk(
                "The shelf starts empty, and nobody comes back a second time.",
                "medium",
                "high",
                "The caretaker enters the paper list before the start, and the association asks ten owners to offer one item each.",
            ),
        ],
        "go_to_market": [
            "The caretaker hands out the sign-ins with a sheet that shows how to offer the first item.",
            "A stand at the summer party on 20 June, with the hallway tablet to try it.",
            "A link in the chat group as the answer to every “who has a …?”.",
        ],
        "questions": [],
    },
    "bizdev/a1/b01/r0": {
        "customers": ["The residents' association, which runs it and pays the hosting."],
        "value": "For at most 10 EUR per month the association replaces the paper list and spares its households things they use twice a year.",
        "alternatives": ["Our caretaker keeps a paper\nlist in the hallway, and half of it is out of date."],
        "revenue": [
            line(
                "Time of the caretaker",
                "The time that the paper list takes today; the caretaker notes it for two weeks before the start and two weeks after it",
                "Our caretaker keeps a paper\nlist in the hallway",
            ),
        ],
        "costs": [
            line("Hosting", "at most 10 EUR per month", "Hosting may cost no more than 10 EUR per month"),
            line("Hosting in a year", "at most 120 EUR per year", "12 months at no more than 10 EUR per month"),
            line(
                "Hosting per household in a year",
                "at most 1 EUR per household and year",
                "120 EUR per year divided by about 120 households",
            ),
            line(
                "Looking after the server",
                "Hours of one volunteer, without pay; counted during the beta",
                "Assumption: one person of the association updates it and tests the backup",
            ),
        ],
        "assumptions": [
            "A rented server at no more than 10 EUR per month carries about 120 households; test: a week of the beta on the smallest one.",
            "One volunteer is enough to run it; test: a second person restores a backup with the runbook alone.",
        ],
        "risks": [
            risk(
                "The volunteer who looks after the server moves away.",
                "medium",
                "high",
                "Two people know the runbook, and the data is one folder that any server with Python can serve.",
            ),
            risk(
                "The hoster raises its price above 10 EUR per month.",
                "low",
                "medium",
                "Nothing depends on one hoster: stop, copy the folder, start elsewhere.",
            ),
        ],
        "go_to_market": ["The association decides on the 10 EUR per month at its next meeting, with this case on one page."],
        "questions": [
            question(
                "Who of the association signs the hosting contract, and from which account is it paid?",
                "“Hosting may cost no more than 10 EUR per month” names an amount and nobody who pays it.",
            )
        ],
    },
    "bizdev/question/a1/r0": {"questions": []},
    "bizdev/q-bizdev-Q1/answer/a1/r0": {"basis": []},
}
