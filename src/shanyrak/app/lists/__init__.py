"""Lists of points, as cities keep them: read from a spreadsheet, compared with the record, written back."""
