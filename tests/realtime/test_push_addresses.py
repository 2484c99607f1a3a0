"""An endpoint is what a stranger typed: it leads to the public internet, or nowhere."""

import socket

import pytest
from aiohttp.resolver import ThreadedResolver

from realtime.models import Message, PushSubscription
from realtime.notices import addresses, push, subscriptions, vapid
from realtime.notices.outcome import Failed, TryAgain
from tests.realtime.push_service import Browser, PushService

PUBLIC = "93.184.215.14"
KEYS = {  # of RFC 8291, section 5
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com:443/QGuQyavXutnMH",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d",
    ],
)
def test_the_push_services_of_the_world_may_be_named(endpoint):
    addresses.require_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/send",
        "https://user:word@fcm.googleapis.com/send",
        "https://localhost/send",
        "https://postgres/send",
        "https://127.0.0.1/send",
        "https://127.1/send",
        "https://2130706433/send",
        "https://0x7f000001/send",
        "https://0x7f.0.0.0x1/send",
        "https://10.0.0.7/send",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/send",
        "https://0.0.0.0/send",
        "https://224.0.0.1/send",
        "https://[::1]/send",
        "https://[::ffff:127.0.0.1]/send",
        "https://[64:ff9b::a00:7]/send",
        "https://[2002:7f00:1::]/send",
        "https://[fe80::1%25eth0]/send",
        "https://push.example.net/a b",
        "https://push.example.net/é",
        "https://push.example.net:port/",
        "https://push.example.net/" + "a" * 1000,
        "file:///etc/passwd",
        "https://",
        "",
    ],
)
def test_what_is_no_push_service_is_refused_when_it_is_typed(endpoint):
    with pytest.raises(addresses.NotPublic):
        addresses.require_endpoint(endpoint)


@pytest.fixture
def listening():
    """A port of this machine, as a database or a router has one; says how many came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def came(server):
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


@pytest.fixture
def name_leads_to(monkeypatch, listening):
    """The next look at any name answers these addresses, on the listening port."""

    def lead(*hosts):
        async def resolve(_self, name, *_args, **_kwargs):
            port = listening.getsockname()[1]
            about = {"hostname": name, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            return [{**about, "host": host} for host in hosts]

        monkeypatch.setattr(ThreadedResolver, "resolve", resolve)

    return lead


def send(settings, endpoint="https://push.example.net/abc"):
    settings.VAPID_PRIVATE_KEY, settings.VAPID_SUBJECT = vapid.make_key(), "mailto:site@example.org"
    service = PushService()
    browser = Browser(service, "phone").subscription
    service.close()
    subscription = PushSubscription(**browser | {"endpoint": endpoint})
    return push.send(Message(pk=1, kind="note", seq=1, refs={}), subscription, urgent=False)


@pytest.mark.parametrize("hosts", [("127.0.0.1",), (PUBLIC, "127.0.0.1"), ("10.0.0.7",), ("100.64.0.1",)])
def test_a_name_that_leads_into_our_own_network_is_not_followed(settings, name_leads_to, listening, hosts):
    name_leads_to(*hosts)
    assert send(settings) == Failed("not an address of the public internet")
    assert came(listening) == 0


def test_without_the_guard_it_would_be_reached(settings, name_leads_to, listening, monkeypatch):
    """Control: somebody is there."""
    monkeypatch.setattr(push, "PATIENCE_S", 1)
    settings.PUSH_UNGUARDED = True
    name_leads_to("127.0.0.1")
    listening.settimeout(2)
    assert isinstance(send(settings), TryAgain)
    assert came(listening) == 1


def test_the_address_that_is_connected_to_is_looked_at_last(settings, name_leads_to, listening, monkeypatch):
    """Whatever the look at the names let through: here it is taken away."""
    monkeypatch.setattr(push.PublicOnly, "resolve", lambda self, *args, **kwargs: self._names.resolve(*args, **kwargs))
    name_leads_to("127.0.0.1")
    assert not isinstance(send(settings), TryAgain)
    assert came(listening) == 0


@pytest.mark.parametrize("keys", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "B" + "A" * 86}, {"auth": "ä" * 22}])
def test_keys_that_nothing_could_be_sealed_with_are_refused(keys, bo):
    good = KEYS | {"endpoint": "https://push.example.net/abc"}
    subscriptions.add(bo.pk, **good)
    with pytest.raises(subscriptions.BadKeys):
        subscriptions.add(bo.pk, **good | keys)


@pytest.mark.django_db
def test_a_person_has_so_many_devices_and_no_more(bo):
    for number in range(subscriptions.MOST + 3):
        subscriptions.add(bo.pk, endpoint=f"https://push.example.net/{number}", **KEYS)
    left = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert [one.rpartition("/")[2] for one in left] == [str(n) for n in range(3, subscriptions.MOST + 3)]


@pytest.mark.django_db
def test_a_browser_belongs_to_who_signed_in_there_last(ann, bo):
    for person in (ann, bo):
        subscriptions.add(person.pk, endpoint="https://push.example.net/shared", **KEYS)
    assert PushSubscription.objects.get().person == bo
