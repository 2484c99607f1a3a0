"""The command line: python -m routing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from routing.__main__ import main
from routing.plan import Place
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


def test_a_route_in_json_has_a_line_and_steps(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    places = "60.1690,24.9380", "60.1702,24.9522", "60.1677,24.9475"
    route = json.loads(asked(capsys, "route", helsinki.path, *places, "--json"))
    assert list(route) == ["duration_s", "distance_m", "geometry", "steps", "legs"]
    assert route["geometry"]["type"] == "LineString"
    lon, lat = route["geometry"]["coordinates"][0]
    assert (lat, lon) == (pytest.approx(60.169, abs=2e-3), pytest.approx(24.938, abs=2e-3))
    assert len(route["legs"]) == 2
    assert [step for leg in route["legs"] for step in leg["steps"]] == route["steps"]
    assert sum(step["duration_s"] for step in route["steps"]) == pytest.approx(route["duration_s"], abs=1)
    assert set(route["steps"][0]) == {
        "kind", "direction", "street", "lat", "lon", "distance_m", "duration_s", "exit", "text"
    }  # fmt: skip


def test_steps_are_told_in_french(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "route", helsinki.path, "60.1690,24.9380", "60.1702,24.9522", "--lang", "fr")
    assert "Partez vers" in said
    assert "Vous y êtes" in said


def test_a_route_in_geojson_is_one_feature_for_each_leg(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = json.loads(asked(capsys, "route", helsinki.path, "60.1690,24.9380", "60.1702,24.9522", "--geojson"))
    assert [feature["properties"]["leg"] for feature in drawn["features"]] == [0]


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_no_road_is_a_sentence(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "route", helsinki.path, "60.1690,24.9380", "-33.4,18.2")
    assert "-33.4000, 18.2000 is outside the region" in said
    assert "the nearest place that works is 60." in said


def test_a_refusal_in_json_has_a_code_and_the_nearest_place(
    helsinki: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    error = json.loads(refused(capsys, "route", helsinki.path, "60.1690,24.9380", "0,0", "--json"))["error"]
    assert error["code"] == "no_route"
    assert "outside the region" in error["message"]
    nearest = f"{error['nearest']['lat']},{error['nearest']['lon']}"
    assert int(asked(capsys, "route", helsinki.path, "60.1690,24.9380", nearest).split()[0]) > 0


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("Kamppi", "'Kamppi' is not LAT,LON"),
        ("60.1", "is not LAT,LON"),
        ("1,2,3", "is not LAT,LON"),
        ("nan,24.9", "A latitude lies between -90 and 90: nan is none."),
        ("60.1,inf", "A longitude lies between -180 and 180: inf is none."),
        ("-90.5,24.9", "A latitude lies between -90 and 90: -90.5 is none."),
    ],
)
def test_a_place_that_is_no_place(
    place: str, sentence: str, helsinki: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refused(capsys, "route", helsinki.path, place, "60.1,24.9")
    error = json.loads(refused(capsys, "route", helsinki.path, "60.1,24.9", place, "--json"))["error"]
    assert error["code"] == "bad_place"


def test_one_place_is_no_route(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    assert "two places" in refused(capsys, "route", helsinki.path, "60.1690,24.9380")


def test_places_in_json(helsinki: Region, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(asked(capsys, "places", helsinki.path, "mannerheimintie", "12", "--json"))
    assert found[0]["label"] == "Mannerheimintie 12, Helsinki"
    assert {"lat", "lon", "label", "osm_key", "site_key", "kind"} == set(found[0])


def test_a_build_in_json_is_its_manifest(hamlet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads(asked(capsys, "build", hamlet, tmp_path / "region", "--json"))
    assert (manifest["name"], manifest["nodes"]) == ("Hamlet", 2)
    error = json.loads(refused(capsys, "build", tmp_path / "gone.osm", tmp_path / "other", "--json"))["error"]
    assert error == {"code": "bad_source", "message": f"There is no file {tmp_path / 'gone.osm'}."}


def times(region: Region, lines: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "routing", "times", str(region.path), *options],
        input=lines, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_times_answers_line_by_line(helsinki: Region) -> None:
    here, there = "60.1690,24.9380", "60.1702,24.9522"
    answer = times(helsinki, f"{here},{there}\n{there},{here}\n{here},0,0\n{here},{here}\n")
    assert (answer.returncode, answer.stderr) == (0, "")
    first, second, nowhere, still, end = answer.stdout.split("\n")
    route = helsinki.route([Place(**KAMPPI), Place(**CATHEDRAL)])
    assert first == f"{route.duration_s},{route.distance_m}"
    assert second.count(",") == 1
    assert (nowhere, still, end) == ("", "0,0", "")
    in_json = times(helsinki, f"{here},{there}\n{here},0,0", "--json").stdout.splitlines()
    assert json.loads(in_json[0]) == {"duration_s": route.duration_s, "distance_m": route.distance_m}
    assert in_json[1] == "null"


@pytest.mark.parametrize("bad", ["60.1690,24.9380", "", "a,b,c,d", "60.169,24.938,nan,24.9", "60.169,24.938,95,24.9"])
def test_a_bad_line_is_named_and_what_came_before_is_answered(bad: str, helsinki: Region) -> None:
    good = "60.1690,24.9380,60.1702,24.9522\n"
    answer = times(helsinki, f"{good}{good}{bad}\n{good}")
    assert answer.returncode == 2
    assert len(answer.stdout.splitlines()) == 2
    assert answer.stderr.startswith("Line 3: ")
    assert len(answer.stderr.splitlines()) == 1


def test_times_answers_what_is_asked_before_more_is_asked(helsinki: Region) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "routing", "times", str(helsinki.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(b"60.1690,24.9380,60.1702,24.9522\n")
            process.stdin.flush()
            assert process.stdout.readline().count(b",") == 1
        process.stdin.close()
        assert process.wait() == 0


def test_no_region_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", str(tmp_path / "nowhere"), "ikea"]) == 2
    assert "There is no region" in capsys.readouterr().err


def plan(helsinki: Region) -> dict[str, Any]:
    """A driver from Kamppi to the cathedral."""
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
