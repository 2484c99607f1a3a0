"""What a person can be told: each kind of refusal is raised where its rule stands."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class RideError(Exception):
    """A refusal with a sentence for the person and a stable code for programs; `data` helps her go on.

    `settled`: the same command would read the same again, so it is stored under its Idempotency-Key; not so what is
    about this moment only. `retry_after_s` says when another try may go better.
    """

    code = "refused"
    status = 409
    settled = True
    retry_after_s: int | None = None
    sentence: Any = _("This cannot be done.")

    def __init__(self, sentence: Any = None, **data: Any) -> None:
        self.sentence = sentence or self.sentence
        self.data = data
        super().__init__(str(self.sentence))


class NotFound(RideError):
    """It does not exist, or is none of this person's business: both answer alike (I14)."""

    code = "not_found"
    status = 404
    sentence = _("There is nothing here (any more).")


class Invalid(RideError):
    """What was sent makes no sense."""

    code = "invalid"
    status = 400
    sentence = _("Please check what you entered.")


class PlanChanged(RideError):
    """The plan is not the one the insertion was computed for; the command computes again."""

    code = "plan_changed"
    settled = False
    sentence = _("The ride has just changed. Please look again.")
