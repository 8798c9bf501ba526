"""What a team writes in an afternoon: FastAPI and SQLAlchemy, one row a request, the last row is the state.

``python -m bench.peers.plain_reports DATABASE PORT TOKENS``; TOKENS is a file with a token and a point a line. It
is as careful with the disk as ours (WAL, synchronous=FULL), and proves, keeps and folds nothing besides.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import orm


class Base(orm.DeclarativeBase):
    """Tables."""


class Device(Base):
    """Who may report."""

    __tablename__ = "devices"
    token: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    point: orm.Mapped[str]


class Report(Base):
    """A report, a row."""

    __tablename__ = "reports"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    point: orm.Mapped[str] = orm.mapped_column(index=True)
    kind: orm.Mapped[str]
    body: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON)
    happened: orm.Mapped[str]


class Reporting(BaseModel):
    """A report as it comes."""

    kind: str
    body: dict[str, Any]
    happened: str


def application(database: Path, tokens: Path) -> FastAPI:
    """The server."""
    # As many connections as threads that answer, or they wait for each other until a request is given up.
    engine = sa.create_engine(f"sqlite:///{database}", connect_args={"timeout": 30}, pool_size=50)

    @sa.event.listens_for(engine, "connect")
    def settings(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)
    sessions = orm.sessionmaker(engine)
    with sessions.begin() as session:
        lines = (line.split() for line in tokens.read_text().splitlines())
        session.add_all(Device(token=token, point=point) for token, point in lines)

    app = FastAPI()

    @app.post("/reports")
    def report(said: Reporting, authorization: Annotated[str, Header()]) -> dict[str, int]:
        # Not a session that FastAPI opens and closes: under load those wait for each other until requests are given up.
        with sessions() as session:
            device = session.get(Device, authorization)
            if device is None:
                raise HTTPException(403)
            row = Report(point=device.point, kind=said.kind, body=said.body, happened=said.happened)
            session.add(row)
            session.commit()
            return {"id": row.id}

    @app.get("/count")
    def count() -> int:
        with sessions() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Report)) or 0

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(Path(sys.argv[1]), Path(sys.argv[3])), port=int(sys.argv[2]), log_level="error", access_log=False
    )
