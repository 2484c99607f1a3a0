"""ETags: `"<version>-<digest>"`, the row's version and a digest of what this reader reads of it.

The digest makes the tag a strong one: another reader, another language, a driver's new name are other bytes. If-Match
looks at the version alone, since whoever changes a row does not change it for one reading.
"""

import hashlib
import json
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder


def tag_of(version: int | None, data: Any) -> str:
    """The tag of one reading; of a row without versions it is the digest alone."""
    digest = hashlib.sha256(json.dumps(data, cls=JSONEncoder).encode()).hexdigest()[:24]
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def tagged(request: Request, version: int | None, data: Any) -> Response:
    """200 with the tag, or 304 for who has just that."""
    tag = tag_of(version, data)
    known = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    if known & {tag, "*"}:
        return Response(status=304, headers={"ETag": tag})
    return Response(data, headers={"ETag": tag})


def matches(header: str, tag: str) -> bool:
    """Whether an If-Match header names this tag's version (or, without versions, this tag)."""
    named = parse_etags(header)
    return "*" in named or _version(tag) in {_version(one) for one in named}


def _version(tag: str) -> str:
    """The part before the dash; a weak tag keeps its W/ and is no strong one's equal."""
    return tag.rstrip('"').partition("-")[0]
