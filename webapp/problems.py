"""What the named errors of all features have in common. The kernel and the sheets have their own: they could leave."""

from typing import Any


class Problem(Exception):
    """Something is wrong."""

    def __init__(self, **facts: Any):
        """The docstring is the message; `facts` fill in the names in braces."""
        self.facts = facts
        self.sentence = " ".join(str(self.__doc__).split()).format(**facts)
        super().__init__(self.sentence)
