"""Rows of a model by the hundred thousand: COPY, with the defaults that Django would give."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.fields import NOT_PROVIDED
from psycopg.types.json import Jsonb


def pour(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write `rows`, each by column, with its id; how many there were."""
    fields = model._meta.concrete_fields
    names = [field.column for field in fields]
    usual = {
        field.column: None if field.default is NOT_PROVIDED and field.null else field.get_default() for field in fields
    }
    json = {field.column for field in fields if isinstance(field, JSONField)}
    written = 0
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {model._meta.db_table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                whole = usual | row
                copy.write_row([Jsonb(whole[name]) if name in json else whole[name] for name in names])
                written += 1
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), {written + 1})")
    return written
