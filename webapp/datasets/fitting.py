"""The columns of a dataset, as they follow what templates ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Dataset, DatasetColumn, DatasetRow
from .service import NewColumn, type_differs


def has_rows(session: Session, dataset_id: int) -> bool:
    """Whether there is any row in the dataset."""
    return session.scalar(select(DatasetRow.id).where(DatasetRow.dataset_id == dataset_id).limit(1)) is not None


def fit(
    dataset: Dataset, wanted: Sequence[NewColumn], before: Mapping[str, str], *, may_change_types: bool, at: datetime
) -> list[str]:
    """Gives the dataset the columns that it lacks, behind the others, and answers their fields; rows that are there
    have them blank. A column is renamed with the header that it had in `before`, the headers until now by field.

    Raises FieldTypeDiffers if a column is there with another type, unless types may change.
    """
    present = {column.field: column for column in dataset.columns}
    added = [column for column in wanted if column.field not in present]
    for column in wanted:
        if column.field in present:
            _follow(dataset, present[column.field], column, before, may_change_types)
    for column in added:
        position = max((other.position for other in dataset.columns), default=-1) + 1
        dataset.columns.append(
            DatasetColumn(position=position, field=column.field, header=column.header, type=column.type)
        )
    if added:
        dataset.updated_at = at
    return [column.field for column in added]


def _follow(
    dataset: Dataset, present: DatasetColumn, wanted: NewColumn, before: Mapping[str, str], may_change_type: bool
) -> None:
    if present.type != wanted.type and not may_change_type:
        raise type_differs(dataset, present.field, present.type, wanted.type)
    present.type = wanted.type
    if present.header == before.get(present.field):
        present.header = wanted.header
