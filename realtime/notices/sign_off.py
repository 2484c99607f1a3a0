"""The link in a letter that ends such letters: it says for whom and of what, signed, and needs nobody signed in."""

from dataclasses import dataclass

from django.core import signing

from realtime.notices import choices, readers

EVERYTHING = "*"
SALT = "realtime.notices.sign_off"


class BadToken(Exception):
    """This link was never in a letter of ours."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who no longer wants letters, and of which subject."""

    person_id: int
    subject: str


def token(person_id: int, subject: str) -> str:
    """It stays good: whoever finds an old letter wants no more of them, either."""
    return signing.dumps([person_id, subject], salt=SALT)


def read(text: str) -> SignOff:
    """Raises BadToken."""
    try:
        person_id, subject = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise BadToken from None
    return SignOff(person_id, subject)


def sign_off(wanted: SignOff) -> None:
    """No more letters of this subject, or of any."""
    every = [subject.code for subject in readers.subjects()]
    choices.no_more_mail(wanted.person_id, every if wanted.subject == EVERYTHING else [wanted.subject])
