"""Where one drives on the left, by time zone.

Source: https://wiki.openstreetmap.org/wiki/Default_values (driving_side), countries whose zones are told apart.
"""

_LEFT = {
    "Europe/London", "Europe/Dublin", "Europe/Jersey", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Malta",
    "Asia/Nicosia", "Asia/Famagusta", "Asia/Tokyo", "Asia/Kolkata", "Asia/Karachi", "Asia/Dhaka", "Asia/Kathmandu",
    "Asia/Colombo", "Asia/Bangkok", "Asia/Kuala_Lumpur", "Asia/Kuching", "Asia/Singapore", "Asia/Jakarta",
    "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak", "Asia/Hong_Kong", "Asia/Macau", "Asia/Brunei", "Asia/Thimphu",
    "Africa/Johannesburg", "Africa/Nairobi", "Africa/Kampala", "Africa/Dar_es_Salaam", "Africa/Lusaka", "Africa/Harare",
    "Africa/Gaborone", "Africa/Windhoek", "Africa/Maputo", "Africa/Maseru", "Africa/Mbabane", "Africa/Blantyre",
    "Indian/Mauritius", "Indian/Mahe", "Indian/Maldives", "Pacific/Auckland", "Pacific/Fiji", "Pacific/Port_Moresby",
    "America/Jamaica", "America/Barbados", "America/Nassau", "America/Guyana", "America/Paramaribo",
    "America/Port_of_Spain", "Atlantic/Bermuda",
}  # fmt: skip


def drives_on_the_left(time_zone: str) -> bool:
    """Whether cars keep to the left in an IANA zone; unknown ones keep to the right."""
    return time_zone in _LEFT or time_zone.startswith("Australia/")
