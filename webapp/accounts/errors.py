"""What can go wrong with accounts. The docstring of each is its message; names in braces are filled in."""

from webapp.problems import Problem


class AccountError(Problem):
    """Something is wrong with this account."""

    field: str | None = None
    """The form field that the message belongs to."""


class WrongCredentials(AccountError):
    """The e-mail address or the password is wrong. Check both and try again."""

    field = "email"


class TooManyAttempts(AccountError):
    """Too many tries. Wait {words}, then try again."""

    status = 429


class InvalidEmail(AccountError):
    """“{email}” is no e-mail address. Write it like name@example.org."""

    field = "email"


class EmailTaken(AccountError):
    """{email} already has an account. Use another address, or sign in with this one."""

    field = "email"


class InvalidName(AccountError):
    """A name has 1 to {limit} characters, on one line. Shorten it or write one."""

    field = "name"


class InvalidOrganization(AccountError):
    """The name of an organization has 1 to {limit} characters, on one line. Shorten it or write one."""

    field = "organization"


class UnknownRole(AccountError):
    """There is no role “{role}”. Choose one of: {roles}."""

    field = "role"


class UserNotFound(AccountError):
    """{email} has no account here. `bin/flask users list` shows those who have."""

    field = "email"


class NoAdmin(AccountError):
    """Nobody administers this installation yet. Run: bin/flask users create EMAIL --role admin"""


class PasswordTooShort(AccountError):
    """The password has {length} characters; {minimum} are the least. A few words in a row are good."""

    field = "password"


class PasswordTooLong(AccountError):
    """The password has more than {maximum} characters. Choose a shorter one."""

    field = "password"


class PasswordTooCommon(AccountError):
    """This password is among the first that others would try. Choose a few words that have nothing in common."""

    field = "password"


class WrongPassword(AccountError):
    """This is not your present password. Nothing was changed."""

    field = "current_password"


class WrongToken(AccountError):
    """This is not the token. The terminal that started Longshore shows it; so does the file {name} of its instance."""

    field = "token"


class AlreadySetUp(AccountError):
    """This installation has its first admin already. Ask them for an account."""

    status = 404
