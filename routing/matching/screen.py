"""The cheap no: plans that certainly cannot serve a request, by hour and by room. A true bound, never a guess."""

from routing import capacity
from routing.matching.terms import Terms
from routing.plan import TripRequest, VehiclePlan


def may_serve(plan: VehiclePlan, request: TripRequest, terms: Terms) -> bool:
    """False only when no insertion into `plan` can serve `request`, whatever the roads and corners are."""
    return _meet_in_time(plan, request, terms) and _has_room(plan, request)


def _meet_in_time(plan: VehiclePlan, request: TripRequest, terms: Terms) -> bool:
    """The car cannot be anywhere before it leaves, nor on the road after its latest start and longest trip."""
    starts_s = plan.stops[0].at_s
    latest_end_s = starts_s + plan.flexibility_s + plan.empty_s + plan.max_detour_s
    walk_s = terms.walk_s(request.max_walk_m)
    return (
        starts_s <= min(request.latest_s + walk_s, request.arrive_latest_s)
        and max(request.earliest_s, request.arrive_earliest_s - walk_s) <= latest_end_s
    )


def _has_room(plan: VehiclePlan, request: TripRequest) -> bool:
    """On at least one leg, and whatever the others need, one configuration takes the request."""
    wants = capacity.wanted(request.seats, request.load)
    return any(
        capacity.covering(plan.configurations, capacity.together(capacity.taken(leg), wants)) for leg in plan.legs
    )
