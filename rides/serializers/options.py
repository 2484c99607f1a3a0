"""What a rider can do while nobody says yes, as JSON."""

from typing import Any

from rest_framework import serializers

from rides.serializers.offers import FoundOut


class OptionsOut(serializers.Serializer[Any]):
    """What I can do while nobody has said yes."""

    rides = FoundOut(many=True, help_text="I may ask these drivers myself")
    other_times = FoundOut(many=True, help_text="up to six hours earlier or later")
    more_people = serializers.CharField(help_text="the stage that comes next, if any; POST hurry does not wait for it")
    coordinator = serializers.CharField(help_text="who may help; empty without any")
    earliest_at = serializers.DateTimeField(help_text="POST move changes the hours")
    latest_at = serializers.DateTimeField()
