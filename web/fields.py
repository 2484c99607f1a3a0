"""Form fields for what our forms ask: a place, a day, something to carry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rides.errors import RideError
from routing.plan import Load, Place
from web import loads, place_names, times

WEEKDAYS = (
    (0, _("Mo")),
    (1, _("Tu")),
    (2, _("We")),
    (3, _("Th")),
    (4, _("Fr")),
    (5, _("Sa")),
    (6, _("Su")),
)


class PlaceWidget(forms.TextInput):
    """Two inputs: `<name>` as typed and `<name>_at` as chosen (web/templates/web/place_field.html draws them)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {name: data.get(name, ""), f"{name}_at": data.get(f"{name}_at", "")}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class BoundPlace(forms.BoundField):
    """A place in a form that is drawn."""

    @property
    def typed(self) -> str:
        """The name as it was sent, or with which the form began."""
        value = self.value()
        return value[self.name] if isinstance(value, dict) else value or ""


class PlaceField(forms.Field):
    """Cleans to a routing Place, or None when it is empty and may be."""

    widget = PlaceWidget
    default_error_messages = {"unknown": _("We know no place of this name here. Try a street or a shop.")}  # noqa: RUF012

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundPlace:
        return BoundPlace(form, self, field_name)

    def clean(self, value: dict[str, str]) -> Place | None:
        name = next(iter(value))
        if not value[name].strip() and not value[f"{name}_at"]:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            place = place_names.from_form(value, name)
        except RideError as error:
            raise ValidationError(str(error.sentence)) from error
        if place is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return place


class DayWidget(forms.DateInput):
    """One of the offered days in `<name>`, or any other in `<name>_other`, which counts first."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(f"{name}_other") or data.get(name)


class DayField(forms.DateField):
    """A date of the region; today unless somebody says otherwise."""

    widget = DayWidget
    default_error_messages = {"far": _("Please choose a day within a year from now.")}  # noqa: RUF012

    def clean(self, value: Any) -> Any:
        day, today = super().clean(value), times.today()
        if day and not -times.ONE_DAY <= day - today <= times.ONE_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")
        return day or today


class LoadField(forms.ChoiceField):
    """Cleans to a Load."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(luggage.name, luggage.label) for luggage in loads.CHOICES]
        super().__init__(choices=choices, required=False, **kwargs)

    def clean(self, value: Any) -> Load:
        return loads.BY_NAME[super().clean(value) or loads.CHOICES[0].name].load


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Some days of the week, 0 is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=WEEKDAYS, coerce=int, required=False, **kwargs)
