"""News by mail: one letter each, or one a day; every letter can be ended by one click (RFC 8058)."""

import smtplib
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from realtime.models import Message
from realtime.notices import readers, sign_off
from realtime.notices.outcome import Delivered, Failed, Outcome, TryAgain
from realtime.notices.readers import Notice
from realtime.registry import Person


def send(message: Message, notice: Notice) -> Outcome:
    """One piece of news to one person, in her language."""
    subject = readers.subject_of(message.kind)
    assert subject is not None
    with translation.override(message.person.language):
        ending = _("You get this because of your choice for “{subject}”.").format(subject=subject.label)
        text = f"{notice.body}\n\n{_address(notice.path)}"
        return _post(message, message.person, notice.title, text, ending, subject.code)


def send_digest(person: Person, told: Sequence[tuple[Message, Notice]]) -> Outcome:
    """All news of a day to one person, in one letter."""
    with translation.override(person.language):
        count = len(told)
        title = ngettext("%(count)s piece of news of the day", "%(count)s pieces of news of the day", count)
        items = [f"{notice.title}\n{notice.body}\n{_address(notice.path)}" for _message, notice in told]
        ending = _("You get this once a day, as you have chosen.")
        first = told[0][0]
        return _post(first, person, title % {"count": count}, "\n\n".join(items), ending, sign_off.EVERYTHING)


def _post(message: Message, person: Person, title: str, text: str, ending: str, subject_code: str) -> Outcome:
    off = _address(reverse("notices_off", args=[sign_off.token(person.pk, subject_code)]))
    last = [ending, _("No more such mails: {address}").format(address=off)]
    last.append(_("Choose what you hear of: {address}").format(address=_address(reverse("notices"))))
    letter = EmailMessage(
        subject=" ".join(title.split()),  # a name is what somebody typed, and a header is one line
        body="\n".join([text, "", "-- ", *last, ""]),
        to=[person.email],
        headers={
            "Message-ID": f"<notice-{message.pk}@{urlsplit(settings.SITE_URL).hostname}>",  # sent twice, it is one
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    return _hand_over(letter)


def _hand_over(letter: EmailMessage) -> Outcome:
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        return _refused(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPResponseException as refused:
        return _refused(refused.smtp_code)
    except (smtplib.SMTPException, OSError) as problem:
        return TryAgain(type(problem).__name__)
    return Delivered()


def _refused(code: int) -> Outcome:
    """The code alone: what a mail server says holds the address."""
    return Failed(f"mail refused: {code}") if code >= 500 else TryAgain(f"mail refused: {code}")


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
