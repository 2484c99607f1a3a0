"""What a serializer reads from its model, worked out once a process."""

import copy
from typing import Any

from rest_framework import serializers

_fields: dict[type, dict[str, Any]] = {}


class KeptFields(serializers.ModelSerializer[Any]):
    """For rows that are shown one at a time, where working out the fields takes longer than filling them in."""

    def get_fields(self) -> dict[str, Any]:
        kind = type(self)
        if kind not in _fields:
            _fields[kind] = super().get_fields()
        return copy.deepcopy(_fields[kind])
