"""Several rows of a table written in one statement, each with values of its own."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def write(rows: Sequence[Model], *names: str) -> None:
    """Write these fields of rows that are there already: `bulk_update` without a CASE for each row and field."""
    if not rows:
        return
    meta = rows[0]._meta
    known = {field.name: field for field in meta.concrete_fields}
    fields = [known[name] for name in ("id", *names)]
    columns = ", ".join(f"{field.column}" for field in fields)
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    settings = ", ".join(f"{field.column} = changed.{field.column}" for field in fields[1:])
    values = [[field.get_db_prep_save(field.value_from_object(row), connection) for row in rows] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {meta.db_table} SET {settings} FROM unnest({arrays}) AS changed ({columns})"
            f" WHERE {meta.db_table}.id = changed.id",
            values,
        )
