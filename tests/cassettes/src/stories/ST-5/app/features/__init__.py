"""What neighbours can do, one module for each ability. Their order is that of the sections on a page."""

from app.features import contacts, decisions, hallway, handovers, offers, reservations, search

FEATURES = (
    search.Search,
    reservations.Reservations,
    decisions.Decisions,
    contacts.Contacts,
    handovers.Handovers,
    offers.Offers,
    hallway.Hallway,
)
