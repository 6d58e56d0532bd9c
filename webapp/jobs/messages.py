"""What travels in a Huey message: the id of a job, as JSON with an HMAC-SHA256. Never a pickle."""

import hashlib
import hmac
import json
from typing import Any

from huey.registry import Message


class AlteredMessage(Exception):
    """A message in the queue was not written by this installation, or was altered. It was refused."""


class SignedJson:
    """Huey's serializer for messages that carry positional JSON arguments and nothing else."""

    def __init__(self, secret: bytes):
        self._key = hmac.digest(secret, b"webapp.jobs.messages", "sha256")

    def serialize(self, message: Any) -> bytes:
        """The message as signed bytes."""
        body = json.dumps([message.id, message.name, message.priority, list(message.args)]).encode()
        return self._signature(body) + body

    def deserialize(self, data: bytes) -> Any:
        """The message in signed bytes. Raises AlteredMessage."""
        signature, body = bytes(data[:32]), bytes(data[32:])
        if not hmac.compare_digest(signature, self._signature(body)):
            raise AlteredMessage(AlteredMessage.__doc__)
        identity, name, priority, arguments = json.loads(body)
        return Message(
            identity, name, None, 0, 0, priority, tuple(arguments), {}, None, None, None, None, None, None, 0
        )

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()
