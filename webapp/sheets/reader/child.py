"""The reading process: `python -m webapp.sheets.reader.child`, started by `process` and by nothing else.

It takes one `Request` as its only argument (JSON), confines itself, and writes frames to its standard output.
Whatever goes wrong inside ends as a frame that names a refusal.
"""

import sys

import msgspec

from ..refusals import NeedsTooMuchMemory, ReadingFailed, WorkbookRefused
from . import wire
from .confinement import confine
from .request import Request
from .serving import inspect, read


def main() -> None:
    """Serve the request in sys.argv."""
    request = msgspec.json.decode(sys.argv[1], type=Request)
    confine(request.parent, request.limits.memory_bytes, request.cpu_seconds)
    serve = inspect if request.task == "inspect" else read
    try:
        for frame in serve(request):
            sys.stdout.buffer.write(frame)
            sys.stdout.buffer.flush()
    except WorkbookRefused as refusal:
        _write_refusal(refusal)
    except MemoryError:
        _write_refusal(NeedsTooMuchMemory())
    # The parser's own panics are no Exceptions; the name of the fault is for the log, never for a person.
    except BaseException as fault:
        _write_refusal(ReadingFailed(fault=type(fault).__name__))


def _write_refusal(refusal: WorkbookRefused) -> None:
    body = msgspec.msgpack.encode((type(refusal).__name__, refusal.facts))
    sys.stdout.buffer.write(wire.frame(wire.REFUSAL, body))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
