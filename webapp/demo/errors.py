"""What can go wrong with a demonstration. The docstring of each is its message; names in braces are filled in."""

from webapp.problems import Problem


class UnderWay(Problem):
    """“{title}” is still under way with the same data. Let it end, or cancel it, and start again."""


class ItemMissing(Problem):
    """There is no item {number:,}: the demonstration has fewer. Name an earlier one."""


class NotADemonstration(Problem):
    """Job {id} does not belong to a demonstration of orders, reports or a campaign."""


class MailWouldLeave(Problem):
    """A mail server is set, {host}: a demonstration would send it thousands of messages. Unset SMTP_URL for it."""


class NoWorker(Problem):
    """No worker started within {seconds:.0f} s. Its log is {log}."""
