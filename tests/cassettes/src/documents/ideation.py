"""Three concepts, one from each point of view."""

ALL = [f"N-{number}" for number in range(1, 13)]


def concepts(concept, rationale):
    return {"concepts": [concept], "chosen": concept["name"], "rationale": rationale, "questions": []}


ANSWERS = {
    "ideation/a1/b00/r0": concepts(
        {
            "name": "The street's shelf",
            "lens": "desirability",
            "pitch": "One page that looks like a shelf: every item with its photo, a clear Free or Taken, and one button to ask its owner.",
            "approach": [
                "The start page lists all items with Free or Taken for a day; two fields search by word and by day.",
                "An item's page shows photos, the place, the days that are taken, and a form with first and last day.",
                "The owner sees the request on the start page, approves or rejects it, and may write down a deposit of at most 50 EUR.",
                "From the approval until the item is back each side sees the other's phone number on the reservation's page.",
                "Owner and borrower each note the condition when the item goes out and when it comes back; two notes make the handover.",
                "One round each morning sends the reminders and forgets residents who moved out.",
                "The caretaker has one page with every open reservation instead of the paper list; the hallway tablet shows a list without names.",
            ],
            "benefits": [
                "Answers “who has the ladder” at a glance, which is what the chat group fails at.",
                "Works with forms and links alone, so that an old phone is as good as a new one.",
                "The caretaker stops keeping the paper list, half of which is out of date.",
            ],
            "drawbacks": [
                "Both sides must enter a note at every handover; if they do not, the item stays “approved” and no reminder goes out.",
                "Residents without e-mail get no reminder and depend on the hallway list.",
                "Somebody must look after a rented server and its backups.",
            ],
            "serves": ALL,
        },
        "The shelf is the only one of the three in which a borrower can see by themselves what is free and who decides; doing nothing "
        "leaves the lost messages and the paper list, and a tidier chat group would still not know who has the ladder.",
    ),
    "ideation/a1/b01/r0": concepts(
        {
            "name": "Catalogue and phone call",
            "lens": "feasibility",
            "pitch": "A searchable catalogue with reservations only; handovers and damages stay between the two people and their phones.",
            "approach": [
                "Residents offer items with photos and search them; a reservation is asked for and approved on the page.",
                "After the approval both sides see each other's number and arrange everything else by phone.",
                "The caretaker ticks off what came back, from a list of open reservations.",
            ],
            "benefits": [
                "Half of the pages, so that it can be tried well before 20 June.",
                "Little to explain: search, ask, call.",
            ],
            "drawbacks": [
                "Leaves out the condition notes, damage reports, deposits and reminders: arguments about scratches stay as they are.",
                "Returns depend on the caretaker's diligence, as the paper list does today.",
            ],
            "serves": ["N-1", "N-2", "N-3", "N-4", "N-8", "N-10", "N-11", "N-12"],
        },
        "It is the smallest cut that replaces the chat group, and it gives up what the brief wants most after that: no arguments "
        "about scratches and no late returns.",
    ),
    "ideation/a1/b02/r0": concepts(
        {
            "name": "Shared list with a cupboard",
            "lens": "cost",
            "pitch": "A table that all residents can edit, and a cupboard in the hallway where the most wanted things are kept together.",
            "approach": [
                "The association keeps one table of items and borrowings that residents open with a shared password.",
                "The ladder, the drill and the raclette grill move into a locked cupboard; the caretaker has the key and hands them out.",
                "The caretaker writes the reminders by hand once a week.",
            ],
            "benefits": [
                "Costs nothing to build and little to run.",
                "Handing out in one place makes it plain who had an item last.",
            ],
            "drawbacks": [
                "Everybody who has the password reads all names and numbers, and can change every row.",
                "The caretaker becomes the bottleneck for every handover, and there is no room for bulky things.",
                "Leaves out approval by the owner, condition notes, damage reports and reminders on the right day.",
            ],
            "serves": ["N-1", "N-2", "N-3", "N-8"],
        },
        "It would cost least, but it breaks the rule about who may read names and numbers, so that it is no real choice.",
    ),
}
