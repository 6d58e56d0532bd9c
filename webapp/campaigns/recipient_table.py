"""The recipients of a campaign as a table: what imports may bring, and how it is written.

Whoever has unsubscribed is refused, and so is a change of what somebody was written to with. Columns besides address
and name become fields for the text of the message.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from webapp.db import run_many
from webapp.imports.targets.tables import BuiltIn, Document, Flaw, Parts, Present, Refusal, Row, TemplateColumn

from . import service
from .errors import CampaignGone
from .models import SENDING, SENT, Campaign, Recipient
from .personalization import on_one_line
from .unsubscribing import unsubscribed

RECIPIENTS = cast(Table, Recipient.__table__)
COLUMNS = RECIPIENTS.c.id, RECIPIENTS.c.email, RECIPIENTS.c.name, RECIPIENTS.c.fields, RECIPIENTS.c.status
UPDATE = update(RECIPIENTS).where(RECIPIENTS.c.id == bindparam("this"))
LENGTHS = {"email": 254, "name": 200}
LONGEST_VALUE = 500
OWN = ("email", "name")


class RecipientTable:
    """The recipients of a campaign, each a document by their address."""

    def __init__(self, organization_id: int, campaign_id: int | None) -> None:
        self._organization_id, self._campaign_id = organization_id, campaign_id

    def tidied(self, values: Document) -> Document:
        """The address in small letters, everything else as text on one line."""
        texts = {name: on_one_line(str(value)) for name, value in values.items() if value is not None}
        blank = {name: "" for name in values if name != "email"}
        return blank | texts | {"email": str(values["email"]).strip().lower()}

    def refusals(self, session: Session, rows: Sequence[Row]) -> list[Refusal]:
        """Those who want no messages of the organization."""
        gone = unsubscribed(session, self._organization_id, {row.values["email"] for row in rows}) if rows else set()
        reason = "has unsubscribed, and gets no more messages"
        return [Refusal(row.number, "unsubscribed", "email", reason) for row in rows if row.values["email"] in gone]

    def flaws(self, values: Document) -> Iterable[Flaw]:
        """Texts that are too long."""
        for field, text in values.items():
            longest = LENGTHS.get(field, LONGEST_VALUE)
            if len(text) > longest:
                yield Flaw(field, "too_long", f"has more than {longest} characters")

    def wanted(self, values: Document) -> Collection[str]:
        """The address."""
        return ("email",)

    def name_of(self, document: Document) -> str:
        """The address."""
        return str(document["email"])

    def by_name(self, session: Session, names: Collection[str], *, lock: bool = False) -> list[Present]:
        """As `Table` says. Raises CampaignGone."""
        self._campaign(session)
        return self._found(session, RECIPIENTS.c.email.in_(names), lock)

    def by_id(self, session: Session, ids: Collection[int], *, lock: bool = False) -> list[Present]:
        """As `Table` says."""
        return self._found(session, RECIPIENTS.c.id.in_(ids), lock)

    def part_of(self, document: Document, values: Document) -> Document:
        """All that the recipient has; a field that they do not have is an empty one."""
        own = {name: document[name] for name in OWN}
        return own | {name: document["fields"].get(name, "") for name in values if name not in OWN}

    def joined(self, document: Document | None, values: Document) -> Document:
        """The values in place of those that are there; empty fields are left out."""
        there: Document = document or {"email": values["email"], "name": "", "fields": {}, "status": "pending"}
        own = {name: values[name] for name in OWN if name in values}
        fields = there["fields"] | {name: value for name, value in values.items() if name not in OWN}
        return there | own | {"fields": {name: value for name, value in fields.items() if value}}

    def settled(self, document: Document) -> str | None:
        """Whoever has their message, or was refused, stays as they are."""
        if document["status"] == "pending":
            return None
        return "is of somebody whose message is on its way, or out, already; they stay as they are"

    def add(self, session: Session, documents: Sequence[Document]) -> list[int]:
        """As `Table` says. A campaign that was through goes on."""
        rows = [document | {"campaign_id": self._campaign_id} for document in documents]
        returning = insert(RECIPIENTS).returning(RECIPIENTS.c.id, sort_by_parameter_order=True)
        ids = list(session.scalars(returning, rows))
        self._note_fields(session, documents)
        campaign = self._campaign(session)
        campaign.status = SENDING if campaign.status == SENT else campaign.status
        return ids

    def change(self, session: Session, changed: Sequence[tuple[Present, Document]]) -> None:
        """As `Table` says."""
        rows = [(there.id, document["name"], document["fields"]) for there, document in changed]
        run_many(session, UPDATE, ("this", "name", "fields"), rows, {})
        self._note_fields(session, [document for _, document in changed])

    def held(self, session: Session, ids: Collection[int]) -> Mapping[int, str]:
        """None: a recipient can go unless something was done for them."""
        return {}

    def remove(self, session: Session, ids: Collection[int]) -> None:
        """As `Table` says."""
        session.execute(delete(RECIPIENTS).where(RECIPIENTS.c.id.in_(ids)))

    def _found(self, session: Session, condition: Any, lock: bool) -> list[Present]:
        query: Select[Any] = select(*COLUMNS).where(RECIPIENTS.c.campaign_id == self._campaign_id, condition)
        query = query.order_by(RECIPIENTS.c.id)
        rows = session.execute(query.with_for_update() if lock else query)
        return [
            Present(row_id, {"email": email, "name": name, "fields": fields, "status": status})
            for row_id, email, name, fields, status in rows
        ]

    def _note_fields(self, session: Session, documents: Sequence[Document]) -> None:
        """What recipients have values for, a campaign's text may name."""
        campaign = self._campaign(session)
        names = dict.fromkeys([*campaign.fields, *(name for document in documents for name in document["fields"])])
        if list(names) != campaign.fields:
            campaign.fields = list(names)

    def _campaign(self, session: Session) -> Campaign:
        campaign = session.get(Campaign, self._campaign_id) if self._campaign_id is not None else None
        if campaign is None or campaign.organization_id != self._organization_id:
            raise CampaignGone
        return campaign


def _name_of(session: Session, organization_id: int, campaign_id: int) -> str | None:
    campaign = service.find(session, organization_id, campaign_id)
    return campaign and campaign.name


def _id_of(session: Session, organization_id: int, name: str) -> int | None:
    query = select(Campaign.id).where(Campaign.organization_id == organization_id, Campaign.name == name)
    return session.scalar(query)


def _unsent(session: Session, organization_id: int) -> list[tuple[int, str]]:
    found = service.all_of(session, organization_id)
    return [(campaign.id, campaign.name) for campaign in found if campaign.status != SENT]


BUILT_IN = BuiltIn(
    name="recipients",
    title="Recipients",
    noun="recipient",
    columns=(
        TemplateColumn(
            "E-mail", "email", "email", required=True, key=True, maximum="254",
            aliases=("Email", "Mail", "E-mail address", "Email address", "Address"),
        ),
        TemplateColumn("Name", "name", maximum="200", aliases=("Full name",)),
    ),
    page="campaigns.recipients",
    open=RecipientTable,
    parts=Parts("campaign", "campaign_id", _name_of, _id_of, _unsent),
    is_open_ended=True,
)  # fmt: skip
