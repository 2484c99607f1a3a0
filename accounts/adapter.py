"""How allauth signs our people up."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The language a person reads when joining is the one we write to them in."""

    def save_user(self, request, user, form, commit=True):  # type: ignore[no-untyped-def]
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        return super().save_user(request, user, form, commit)
