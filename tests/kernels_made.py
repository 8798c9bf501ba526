"""What a subprocess runs first to hear of every kernel that is compiled in it: their names gather in ``compiled``."""

LISTENING = """
from numba.core import event
compiled = []
class Listener(event.Listener):
    def on_start(self, e): compiled.append(e.data["dispatcher"].py_func.__qualname__)
    def on_end(self, e): pass
event.register("numba:compile", Listener())
"""
