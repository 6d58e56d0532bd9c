"""A whole application on nothing but `webapp.jobs`: `python example_app.py FOLDER` adds a job and runs the consumer."""

import sys
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from webapp.jobs import Kernel, Ledger, Pool, Settings, array, job

folder = Path(sys.argv[1])
engine = create_engine(f"sqlite:///{folder}/ledger.db")


class Cache(dict):
    def set_many(self, mapping, timeout=None):
        self.update(mapping)


@contextmanager
def session():
    with Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@job("example.greet", unit="people")
def greet(job, *, names):
    for name in job.iterate(array(names)):
        with job.batch(), (folder / "greetings.txt").open("a") as greetings:
            greetings.write(f"Hello {name}, flask is {'' if 'flask' in sys.modules else 'not '}here\n")


kernel = Kernel(Settings([Pool("main", ("default",), 1)], folder / "queue.db", b"secret"), session, session, Cache())

if __name__ == "__main__":
    Ledger.metadata.create_all(engine)
    with kernel.writing() as transaction:
        names = ["Ada", "Max", "Mia"]
        kernel.enqueue(transaction, greet, owner=1, subject=("party", 1), title="Greet everybody", names=names)
    engine.dispose()
    kernel.engines["main"].consume()
