"""The command line: python -m routing."""

import json
from pathlib import Path
from typing import Any

import pytest

from routing.__main__ import main
from routing.region import Region

MORNING_S = 1_800_000_000
KAMPPI, STATION, CATHEDRAL, PARK = (
    {"lat": 60.1690, "lon": 24.9380},
    {"lat": 60.1719, "lon": 24.9414},
    {"lat": 60.1702, "lon": 24.9522},
    {"lat": 60.1677, "lon": 24.9475},
)
CAR = {"name": "4 seats", "seats": 4, "litres": 300, "length_cm": 100}


def asked(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def written(path: Path, question: dict[str, Any]) -> Path:
    path.write_text(json.dumps(question))
    return path


def test_a_place_is_found(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Mannerheimintie 12, Helsinki" in asked(capsys, "places", helsinki.path, "mannerheimintie", "12")


def test_a_route_has_seconds_and_metres(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "route", helsinki.path, "60.1690,24.9380", "60.1702,24.9522")
    seconds, metres = int(said.split()[0]), int(said.split()[2])
    assert 60 < seconds < 1_200
    assert 800 < metres < 4_000


def test_no_road_is_a_sentence(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", str(helsinki.path), "60.1690,24.9380", "0,0"]) == 2
    assert "No road leads from" in capsys.readouterr().err


def test_a_place_that_is_no_place(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["route", str(helsinki.path), "Kamppi", "0,0"])
    assert left.value.code == 2
    assert "is not LAT,LON" in capsys.readouterr().err


def test_no_region_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", str(tmp_path / "nowhere"), "ikea"]) == 2
    assert "There is no region" in capsys.readouterr().err


def plan(helsinki: Region) -> dict[str, Any]:
    """A driver from Kamppi to the cathedral."""
    from routing.plan import Place

    seconds, metres = helsinki.travel.matrix([Place(**KAMPPI)], [Place(**CATHEDRAL)])
    duration_s, distance_m = int(seconds[0, 0]), int(metres[0, 0])
    return {
        "offer_id": 7,
        "stops": [{"place": KAMPPI, "at_s": MORNING_S}, {"place": CATHEDRAL, "at_s": MORNING_S + duration_s}],
        "legs": [{"duration_s": duration_s, "distance_m": distance_m}],
        "configurations": [CAR],
        "empty_s": duration_s,
        "empty_m": distance_m,
        "max_detour_s": 900,
        "max_detour_m": 5_000,
    }


def test_a_plan_is_matched_with_a_request(helsinki: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = {
        "origin": STATION, "destination": PARK, "earliest_s": MORNING_S - 600, "latest_s": MORNING_S + 1_800,
        "max_walk_m": 0,
    }  # fmt: skip
    question = written(tmp_path / "question.json", {"plans": [plan(helsinki)], "request": request})
    (found,) = json.loads(asked(capsys, "match", helsinki.path, question))
    assert found["offer_id"] == 7
    assert 0 < found["detour_s"] <= 900


def test_two_neighbours_share_a_car(helsinki: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = [MORNING_S, MORNING_S + 3_600]
    people = [
        {"origin": KAMPPI, "role": "drive", "at_destination": window, "configurations": [CAR]},
        {"origin": STATION, "role": "ride", "at_destination": window},
    ]
    question = written(tmp_path / "question.json", {"destination": CATHEDRAL, "people": people})
    found = json.loads(asked(capsys, "group", helsinki.path, question))
    assert [car["riders"] for car in found["cars"]] == [[1]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("not json", "is no JSON"),
        ('{"plans": []}', "request"),
        ('{"plans": [], "request": 3}', "TripRequest should be an object"),
        ('{"plans": [], "request": {"from": 1}}', "TripRequest has no from"),
        ('{"plans": [], "request": {}, "k": "many"}', "'many' should be of the kind int|TripRequest"),
    ],
)
def test_a_bad_question_is_a_sentence(
    content: str, sentence: str, helsinki: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "question.json").write_text(content)
    assert main(["match", str(helsinki.path), str(tmp_path / "question.json")]) == 2
    said = capsys.readouterr().err
    assert any(part in said for part in sentence.split("|"))
