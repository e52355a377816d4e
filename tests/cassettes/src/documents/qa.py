"""The cases by which each requirement is judged."""

from .forms import risk


def auto(requirement, title, expected, test):
    return {"requirement": requirement, "title": title, "expected": expected, "kind": {"automated": test}}


def by_hand(requirement, title, expected):
    return {"requirement": requirement, "title": title, "expected": expected, "kind": "manual"}


CASES = [
    auto("FR-1", "Offer a raclette grill with a form", "Another resident reads name, description, place and owner on its page", "tests.test_offers.TestOffers.test_an_offered_item_is_found_with_its_place"),
    auto("FR-1", "Offer something without a name", "422 that names the field, and nothing is stored", "tests.test_offers.TestOffers.test_an_offer_without_a_name_is_refused"),
    auto("FR-1", "Send quotes, markup and an emoji as an item", "The item is read back exactly as it was sent", "tests.test_records.TestRecords.test_an_item_is_read_back_as_it_was_sent"),
    auto("FR-2", "Add a photo that carries a position", "Another resident gets the picture, and the file holds no position", "tests.test_offers.TestOffers.test_a_photo_is_shown_to_neighbours_without_its_position"),
    auto("FR-2", "Add a photo to somebody else's item, and a sixth one to one's own", "403 and 409", "tests.test_offers.TestOffers.test_only_the_owner_adds_photos_and_not_without_end"),
    auto("FR-3", "Look at a ladder approved for 6 to 8 May on four days", "Free on 5 and 9 May, taken on 6 and 8 May", "tests.test_search.TestSearch.test_an_approved_reservation_takes_each_of_its_days"),
    auto("FR-3", "Look at an item that was due two days ago", "Taken until it is noted as back", "tests.test_search.TestSearch.test_an_overdue_item_is_not_free_until_it_is_back"),
    auto("FR-4", "Ask for seven and for eight days", "Seven are stored as requested, eight are refused with “at most 7 days”", "tests.test_reservations.TestReservations.test_seven_days_are_allowed_and_eight_are_not"),
    auto("FR-4", "Ask for a day that is approved for somebody else", "409 for every period that shares a day", "tests.test_reservations.TestReservations.test_days_that_are_taken_are_refused"),
    auto("FR-5", "Approve a request as its owner", "It is approved, and the item is taken on its days", "tests.test_decisions.TestDecisions.test_the_owner_approves"),
    auto("FR-5", "Approve as the borrower and as a stranger", "403 and 404, and it stays requested", "tests.test_decisions.TestDecisions.test_nobody_else_decides"),
    auto("FR-5", "Approve two requests for the same day", "The second is refused with 409", "tests.test_decisions.TestDecisions.test_of_two_requests_for_a_day_one_is_approved"),
    auto("FR-6", "Agree on 50.00 EUR and on 50.01 EUR", "50.00 EUR is recorded and shown, 50.01 EUR is refused with 422", "tests.test_decisions.TestDecisions.test_fifty_euros_of_deposit_are_recorded_and_more_are_refused"),
    auto("FR-7", "Open a reservation in each of its states", "The other side's number is shown while it is approved or lent, and neither before nor after", "tests.test_contacts.TestContacts.test_each_side_sees_the_other_from_the_approval_until_it_is_back"),
    auto("FR-7", "Look for numbers as caretaker and as a stranger", "No page and no list holds a number", "tests.test_contacts.TestContacts.test_nobody_else_sees_a_number_anywhere"),
    auto("FR-8", "Both sides note both handovers", "Lent after the second note, returned after the fourth, all four readable", "tests.test_handovers.TestHandovers.test_it_is_lent_when_both_have_noted_and_returned_when_both_have_again"),
    auto("FR-8", "Note twice, and for the other side", "409 and 403, and the first note stands", "tests.test_handovers.TestHandovers.test_nobody_notes_twice_or_for_the_other"),
    auto("FR-9", "Report a damage with a photo as each side", "Both sides and the caretaker read it and see the photo", "tests.test_damages.TestDamages.test_both_sides_report_and_see_the_reports"),
    auto("FR-9", "Report and look as a stranger", "404 for the report, the list and the photo", "tests.test_damages.TestDamages.test_strangers_neither_report_nor_look"),
    auto("FR-10", "Open the caretaker's list with reservations in all six states", "The three open ones are listed with item, days, owner, borrower and state", "tests.test_caretaker.TestCaretaker.test_every_open_reservation_is_listed_and_no_closed_one"),
    auto("FR-10", "Cancel an approved reservation", "The item is free, and the borrower reads the reason", "tests.test_caretaker.TestCaretaker.test_a_cancelled_reservation_frees_the_item_and_tells_why"),
    auto("FR-10", "Cancel as owner, borrower and stranger", "403, and it stays requested", "tests.test_caretaker.TestCaretaker.test_only_the_caretaker_cancels"),
    auto("FR-11", "Run the round on eight mornings around the last day", "One message the day before, one the day after, no other", "tests.test_reminders.TestReminders.test_one_reminder_before_it_is_due_and_one_when_it_is_overdue"),
    auto("FR-11", "Let the mail server refuse a message", "It is sent by the next round, once", "tests.test_reminders.TestReminders.test_a_message_that_was_not_taken_is_sent_the_next_time"),
    by_hand("FR-11", "Send a reminder through the association's account to three common mail providers", "It arrives within ten minutes and not in the folder for spam"),
    auto("QR-1", "Read every page's markup", "No inline script or style, and every page is whole without scripts", "tests.test_pages.TestPages.test_pages_need_no_script_and_load_nothing_from_elsewhere"),
    auto("QR-1", "Read every page's inputs", "Each input has its own label", "tests.test_pages.TestPages.test_every_input_has_a_label_and_ids_are_unique"),
    by_hand("QR-1", "Offer, reserve and note a handover on the oldest phone that a resident still uses", "Every step works, and no text is cut off at 320 CSS pixels"),
    auto("QR-2", "Compare what the hallway page loads with what its copy keeps", "The copy holds the page and every file that it loads", "tests.test_hallway.TestHallway.test_the_copy_holds_everything_that_the_page_loads"),
    auto("QR-2", "Read the hallway list while something is lent", "No people, places, numbers or notes", "tests.test_hallway.TestHallway.test_it_says_nothing_about_people"),
    by_hand("QR-2", "Open the list on the hallway tablet, take it off the network for 60 minutes and open it again", "The last list is shown with its moment"),
    auto("CR-1", "Ask for every kind of path without a sign-in", "401 everywhere, and no answer holds a name or an item", "tests.test_door.TestDoor.test_without_a_sign_in_nothing_is_shown"),
    auto("CR-1", "Ask as somebody who moved out", "403", "tests.test_door.TestDoor.test_who_has_moved_out_is_refused"),
    auto("CR-1", "Ask as the hallway tablet", "The list alone; 403 for everything else", "tests.test_door.TestDoor.test_the_tablet_sees_the_hallway_list_only"),
    auto("CR-2", "Let an owner with contact, photos and a reservation move out", "After the next round no table and no folder holds anything of theirs", "tests.test_forget.TestForget.test_everything_about_an_owner_goes"),
    auto("CR-2", "Let an owner move out while an item is lent", "Deleted on day 29 whatever happens", "tests.test_forget.TestForget.test_what_is_lent_is_waited_for_but_not_beyond_the_30_days"),
    by_hand("CR-3", "Add up the monthly prices of server and mail account", "At most 10 EUR"),
    auto("CR-4", "Read every address on every page", "Each leads to the application itself", "tests.test_pages.TestPages.test_pages_need_no_script_and_load_nothing_from_elsewhere"),
]

ANSWERS = {
    "qa/a1/b00/r0": {
        "cases": CASES,
        "risks": [
            risk("The cases run with three residents; how 120 households at once feel is not shown.", "low", "medium", "Watch the slowest answers in the proxy's log during the beta; the server answers 8 at a time and queues the rest."),
            risk("No case runs the tablet's copy in a real browser.", "medium", "medium", "The manual case on the hallway tablet itself is done before the beta and after every update of its browser."),
            risk("No case reaches the association's mail server.", "medium", "medium", "The manual case with three providers is done before the beta; the caretaker's list shows what was not taken."),
            risk("The sign-in at the proxy is not part of the tests.", "medium", "high", "The runbook's check asks for a page through the proxy with a forged header and without a sign-in; both must be refused."),
        ],
        "questions": [],
    }
}
