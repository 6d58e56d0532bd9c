"""What a browser has to say against our pages: errors, what the content security policy forbids, requests to others."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`The policy forbids ${event.violatedDirective}: ${event.blockedURI}`));
"""


class Watch:
    """Listens to all pages of a browser from its start."""

    def __init__(self, context: BrowserContext, home: str):
        self._home = home
        self._allowed: list[str] = []
        self._said: list[str] = []
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._note)
        context.on("request", self._look_at)

    def allow(self, *words: str) -> None:
        """Errors with one of these words in them are part of the test: `allow("status of 422")`."""
        self._allowed.extend(words)

    @property
    def complaints(self) -> list[str]:
        """What was said and is not part of the test."""
        return [said for said in self._said if not any(words in said for words in self._allowed)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._said.append(f"{message.text} ({message.location.get('url')})")

    def _note(self, error: WebError) -> None:
        self._said.append(str(error.error))

    def _look_at(self, request: Request) -> None:
        if not request.url.startswith((f"{self._home}/", "data:", "blob:")):
            self._said.append(f"A request to somebody else: {request.url}")
