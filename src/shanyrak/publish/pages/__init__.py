"""Plain pages: what the public view says, for people, without any script.

``write_pages`` is all that the others need; ``Walks`` is what it is told of the ways on foot.
"""

from shanyrak.publish.pages.walks import Walks
from shanyrak.publish.pages.writing import write_pages

__all__ = ["Walks", "write_pages"]
