"""The forms of accounts."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from .errors import AccountError


class AccountForm(FlaskForm):
    """A form that can show a named error at the field that it belongs to."""

    def show(self, error: AccountError) -> None:
        """Puts the error's sentence on its field, or above the form if it has none here."""
        field = self._fields.get(error.field or "") or self._fields.get(f"new_{error.field}")
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]


class SignInForm(AccountForm):
    """Who wants in, and where to afterwards."""

    email = StringField("E-mail", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    next = HiddenField()


class FirstAdminForm(AccountForm):
    """The first admin and their organization."""

    token = StringField("Token", [InputRequired("Enter the token that the terminal shows.")])
    organization = StringField("Organization", [InputRequired("Enter the name of your organization.")])
    name = StringField("Your name", [InputRequired("Enter your name.")])
    email = StringField("E-mail", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Choose a password.")])


class PasswordForm(AccountForm):
    """A password that replaces the present one."""

    current_password = PasswordField("Present password", [InputRequired("Enter your present password.")])
    new_password = PasswordField("New password", [InputRequired("Choose a new password.")])
