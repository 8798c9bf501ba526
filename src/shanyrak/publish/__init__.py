"""The one public view, the bundle, and every format made out of it."""
