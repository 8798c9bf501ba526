"""Whose data a derived file is made of. Travels inside every file we write."""

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_LICENCE = "ODbL-1.0"
OSM_COPYRIGHT_PAGE = "https://www.openstreetmap.org/copyright"

MADE_UP_ATTRIBUTION = "Made-up town (Shanyrak): not a real place / Вигадане місто: не справжнє"
"""In place of the above where the town does not exist: nothing of OpenStreetMap is in it."""
MADE_UP_LICENCE = "CC0-1.0"
