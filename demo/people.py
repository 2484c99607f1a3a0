"""The neighbours: names out of our head, cars, and the three of them that a visitor can be."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import LoadConfiguration, User, Vehicle

DOMAIN = "demo.example"  # a domain that no letter ever reaches (RFC 2606)
NAMES = """
    Camille Roux, Driss Amrani, Odile Perrin, Léa Moreau, Yanis Benali, Mamadou Diop, Linh Nguyen, Ginette Lacombe,
    Hugo Faure, Nadia Haddad, Théo Garnier, Solène Le Goff, Idriss Traoré, Maëlle Blanchet, Baptiste Marchand,
    Aïcha Cissé, Rémi Vidal, Joséphine Dupuis, Karim Belkacem, Élodie Chauvin, Lucien Bertin, Fatou Sarr,
    Gaël Kervella, Manon Pasquier, Arnaud Tessier, Inès Morales, Pierrick Legendre, Salomé Fontaine, Étienne Aubert,
    Zohra Mansouri, Florent Rivière, Marguerite Colin, Tomasz Kowalski, Clémence Delorme, Ousmane Keïta,
    Jeanne Barbier, Mathis Lemoine, Rosa Ferreira, Bastien Guichard, Chiara Bianchi, Quentin Masson, Noémie Prévost,
    Abel Cohen, Sandrine Lebrun, Corentin Jaouen, Paloma Ortega, Raymond Poirier, Anouk Schmitt, Sofiane Slimani,
    Hélène Vasseur, Dimitri Petrov, Lucie Renard, Moussa Camara, Apolline Dufour, Gérard Monnier, Naïma Khelifi,
    Victor Bonnet, Capucine Gaillard, Ludovic Marty, Thérèse Clément
"""
CARS = (
    # name, the ways to load it: (name, seats, litres, longest item in cm)
    ("Twingo", (("3 seats", 3, 170, 90), ("rear folded", 1, 900, 150))),
    ("Zoé", (("4 seats", 4, 330, 100), ("rear folded", 1, 1200, 165))),
    ("208", (("4 seats", 4, 300, 95), ("half folded", 2, 650, 160))),
    ("Clio Estate", (("4 seats", 4, 440, 105), ("half folded", 2, 850, 180), ("all folded", 1, 1400, 190))),
    ("Kangoo", (("4 seats", 4, 660, 110), ("half folded", 2, 1400, 200), ("all folded", 1, 2400, 250))),
    ("Berlingo", (("4 seats", 4, 600, 110), ("all folded", 1, 2600, 270))),
    ("Lodgy", (("6 seats", 6, 200, 80), ("4 seats", 4, 820, 120), ("all folded", 1, 2300, 240))),
)
COLOURS = ("white", "red", "blue", "grey", "green", "black", "yellow")
VAN = CARS[4]


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody whom a visitor plays; the simulation never acts for them."""

    name: str
    number: int


ROLES = {role.name: role for role in (Role("rider", 0), Role("driver", 1), Role("organiser", 2))}
COUNT = len(NAMES.split(","))


def email_of(number: int) -> str:
    """The address of neighbour `number`; those of the roles come first."""
    return f"neighbour-{number:02d}@{DOMAIN}"


def number_of(person: User) -> int:
    """Which of the neighbours this is; where each lives follows from it."""
    return int(person.email.partition("@")[0].removeprefix("neighbour-"))


def played_by(role: str) -> User:
    """The person behind a role; raises User.DoesNotExist before the seed, KeyError for no such role."""
    return User.objects.get(email=email_of(ROLES[role].number), is_demo=True)


def simulated() -> QuerySet[User]:
    """Everybody for whom the simulation acts: fictional, and no visitor's role."""
    return User.objects.filter(is_demo=True).exclude(email__in=_role_emails())


def of_a_visitor(prefix: str) -> Q:
    """Rows whose person (at `prefix`, such as "rider") is real, or played by a visitor."""
    return Q(**{f"{prefix}__is_demo": False}) | Q(**{f"{prefix}__email__in": _role_emails()})


def settle() -> list[User]:
    """All neighbours; every second one has a car, and the driver and the organiser do."""
    people = User.objects.bulk_create(
        User(
            email=email_of(number),
            password="!",  # no password fits
            first_name=first,
            last_name=last,
            phone=f"+33 6 99 00 00 {number:02d}",
            language="fr" if number % 3 else "en",
            is_demo=True,
        )
        for number, (first, _, last) in enumerate(name.strip().partition(" ") for name in NAMES.split(","))
    )
    for number, person in enumerate(people):
        if number in (1, 2) or (number > 2 and number % 2):
            give_car(person, VAN if number in (1, 5) else CARS[number % len(CARS)])
    return people


def give_car(owner: User, car: tuple[str, tuple[tuple[str, int, int, int], ...]]) -> Vehicle:
    """A car of the list, with a colour and a plate that follow from its owner."""
    number = number_of(owner)
    name, ways = car
    vehicle = Vehicle.objects.create(
        owner=owner, name=name, colour=COLOURS[number % len(COLOURS)], plate=f"DT-{100 + 7 * number}-ZZ"
    )
    LoadConfiguration.objects.bulk_create(
        LoadConfiguration(vehicle=vehicle, name=way, seats=seats, litres=litres, length_cm=length_cm)
        for way, seats, litres, length_cm in ways
    )
    return vehicle


def _role_emails() -> list[str]:
    return [email_of(role.number) for role in ROLES.values()]
