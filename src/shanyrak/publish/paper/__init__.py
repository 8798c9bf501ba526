"""Documents on paper: the sheet of a district and the poster at a door, as A4 PDF files."""
