"""HTTP on this machine: the web app, plans and areas as data. Thin; ``app`` does the work.

``http.create_app`` is the application, ``serve.serve`` listens; ``answers`` and ``door`` are how answers go out.
"""
