"""Whose data a derived file is made of. Travels inside every file we write."""

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_LICENCE = "ODbL-1.0"
OSM_COPYRIGHT_PAGE = "https://www.openstreetmap.org/copyright"
