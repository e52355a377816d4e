"""What neighbours can do, one module for each ability. Their order is that of the sections on a page."""

from app.features import decisions, hallway, offers, reservations, search

FEATURES = (search.Search, reservations.Reservations, decisions.Decisions, offers.Offers, hallway.Hallway)
