"""What neighbours can do, one module for each ability. Their order is that of the sections on a page."""

from app.features import hallway, offers, search

FEATURES = (search.Search, offers.Offers, hallway.Hallway)
