"""Several rows written in one statement, each with values of its own; and rows of several tables read in one."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from json import loads
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import JSONField, Model


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


Rows = list[tuple[Any, ...]]


def read(models: Sequence[type[Model]], tables: str, *values: Any) -> Rows:
    """Rows of several tables joined to each other, each as an instance of its model, or None where there is none.

    `tables` is what stands behind FROM; there the first model's table is called a, the second's b, and so on. What a
    queryset costs before it asks is as much as a dozen rows: this is for what each search reads.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(tuple(models))} FROM {tables}", values)
        rows = cursor.fetchall()
    makers = [_maker(model) for model in models]
    ends = list(accumulate(len(model._meta.concrete_fields) for model in models))
    spans = list(zip(makers, [0, *ends], ends, strict=False))
    return [tuple(make(row[start:end]) for make, start, end in spans) for row in rows]


@cache
def _columns(models: tuple[type[Model], ...]) -> str:
    return ", ".join(
        f"{alias}.{field.column}"
        for alias, model in zip("abcdefgh", models, strict=False)
        for field in model._meta.concrete_fields
    )


@cache
def _maker(model: type[Model]) -> Callable[[tuple[Any, ...]], Model | None]:
    """From the columns of one row to an instance, as Django makes it of a query."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    key = [field.primary_key for field in fields].index(True)
    json = [number for number, field in enumerate(fields) if isinstance(field, JSONField)]

    def make(values: tuple[Any, ...]) -> Model | None:
        if values[key] is None:
            return None
        if json:
            whole = list(values)
            for number in json:
                whole[number] = loads(whole[number]) if isinstance(whole[number], str) else whole[number]
            return model.from_db(DEFAULT_DB_ALIAS, names, whole)
        return model.from_db(DEFAULT_DB_ALIAS, names, values)

    return make


def hang(row: Model, name: str, others: list[Any]) -> None:
    """These are all that `row.<name>.all()` has; as a prefetch would do it."""
    there = getattr(row, name).get_queryset()
    there._result_cache, there._prefetch_done = others, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = there
