"""Outings, who goes, and the cars proposed, as JSON."""

from operator import attrgetter
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import Outing, Participant, Proposal, ProposedCar
from rides.serializers.places import PlaceIn, PlaceOut, shown


class OutingIn(serializers.Serializer[Any]):
    """Where, when to arrive, and when to leave for home."""

    title = serializers.CharField(max_length=80)
    destination = PlaceIn()
    earliest_at = serializers.DateTimeField()
    latest_at = serializers.DateTimeField()
    return_at = serializers.DateTimeField()


class ParticipantIn(serializers.Serializer[Any]):
    """How I take part; joining again replaces what I said before."""

    role = serializers.ChoiceField(choices=Participant.Role.choices)
    origin = PlaceIn()
    vehicle = serializers.IntegerField(required=False, allow_null=True, default=None)
    party = serializers.IntegerField(min_value=1, max_value=8, default=1)
    max_detour_s = serializers.IntegerField(min_value=0, max_value=7200, default=900)
    out_litres = serializers.IntegerField(min_value=0, max_value=20_000, default=0)
    out_length_cm = serializers.IntegerField(min_value=0, max_value=600, default=0)
    back_litres = serializers.IntegerField(min_value=0, max_value=20_000, default=0)
    back_length_cm = serializers.IntegerField(min_value=0, max_value=600, default=0)


class AnswerIn(serializers.Serializer[Any]):
    """My own yes or no to the proposal I have seen."""

    proposal_version = serializers.IntegerField()
    yes = serializers.BooleanField()


class ParticipantOut(serializers.ModelSerializer[Participant]):
    """Who goes, by first name, from the public point; oneself exactly."""

    name = serializers.CharField(source="person.display_name", read_only=True)
    role_label = serializers.CharField(source="get_role_display", read_only=True)
    origin = serializers.SerializerMethodField()
    me = serializers.SerializerMethodField()

    class Meta:
        model = Participant
        fields = (
            "id", "name", "role", "role_label", "origin", "party", "me",
            "out_litres", "out_length_cm", "back_litres", "back_length_cm",
        )  # fmt: skip
        read_only_fields = fields

    def get_me(self, participant: Participant) -> bool:
        person = self.context.get("person")
        return bool(person and person.pk == participant.person_id)

    @extend_schema_field(PlaceOut)
    def get_origin(self, participant: Participant) -> dict[str, Any]:
        return shown(participant.origin, exact=self.get_me(participant))


class CarOut(serializers.ModelSerializer[ProposedCar]):
    """A proposed car: driver, riders in the order they get on (there) or off (home)."""

    driver = serializers.IntegerField(source="driver_id", read_only=True, help_text="participant")
    driver_name = serializers.CharField(source="driver.person.display_name", read_only=True)
    direction_label = serializers.CharField(source="get_direction_display", read_only=True)
    vehicle = serializers.CharField(
        source="driver.vehicle.name", read_only=True, allow_null=True, help_text="null when the driver took it back"
    )
    seats = serializers.SerializerMethodField()
    stands = serializers.SerializerMethodField(help_text="all its people said yes and the seats are booked")

    class Meta:
        model = ProposedCar
        fields = (
            "id", "direction", "direction_label", "driver", "driver_name", "vehicle", "departs_at", "arrives_at",
            "detour_s", "distance_m", "seats", "stands", "offer",
        )  # fmt: skip
        read_only_fields = fields

    def get_seats(self, car: ProposedCar) -> list[dict[str, Any]]:
        return [
            {
                "participant": seat.participant_id,
                "name": seat.participant.person.display_name,
                "at": seat.at,
                "place": shown(seat.participant.origin, exact=self._is_me(seat.participant)),
            }
            for seat in car.seats.all()
        ]

    def get_stands(self, car: ProposedCar) -> bool:
        return car.offer_id is not None

    def _is_me(self, participant: Participant) -> bool:
        person = self.context.get("person")
        return bool(person and person.pk == participant.person_id)


class ProposalOut(serializers.ModelSerializer[Proposal]):
    """The cars, the certificate, who is left out and why, and who has answered."""

    cars = CarOut(many=True, read_only=True)
    answers = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = ("version", "certificate", "saved", "left_out", "answer_by", "cars", "answers")
        read_only_fields = fields

    def get_answers(self, proposal: Proposal) -> dict[str, bool]:
        """Participant id → yes or no; who has not answered is not in it."""
        return {str(one.participant_id): one.yes for one in proposal.answers.all()}


class OutingOut(serializers.ModelSerializer[Outing]):
    """An outing, read by `with_people`; the proposal is for those who take part."""

    organiser = serializers.CharField(source="organiser.display_name", read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    destination = serializers.SerializerMethodField()
    participants = ParticipantOut(many=True, read_only=True)
    proposal = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField(help_text="whether I organise it")
    joined = serializers.SerializerMethodField()

    class Meta:
        model = Outing
        fields = (
            "id", "slug", "title", "organiser", "destination", "earliest_at", "latest_at", "return_at", "time_zone",
            "state", "state_label", "version", "participants", "proposal", "mine", "joined",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_destination(self, outing: Outing) -> dict[str, Any]:
        return shown(outing.destination, exact=False)

    @extend_schema_field(ProposalOut(allow_null=True))
    def get_proposal(self, outing: Outing) -> dict[str, Any] | None:
        if not (self.get_mine(outing) or self.get_joined(outing)):
            return None
        latest = max(outing.proposals.all(), key=attrgetter("version"), default=None)
        return ProposalOut(latest, context=self.context).data if latest else None

    def get_mine(self, outing: Outing) -> bool:
        person = self.context.get("person")
        return bool(person and person.pk == outing.organiser_id)

    def get_joined(self, outing: Outing) -> bool:
        person = self.context.get("person")
        return bool(person and any(p.person_id == person.pk for p in outing.participants.all()))
