"""Shops and services in the houses of towns and villages, and the furniture store outside."""

import numpy as np
import shapely

from demo.valley import names
from demo.valley.drawing import Drawing, Tags
from demo.valley.houses import Houses
from demo.valley.settlements import Places, Rank
from demo.valley.spare import STORE_STREET, StoreSite
from demo.valley.terrain import Array

_TOWN: list[tuple[str, str, float, list[str]]] = [
    # key, value, how far from the market square (share of the radius), names
    ("shop", "bakery", 0.5, ["Boulangerie Morel", "Au Pain Doré", "Le Fournil du Pont", "Boulangerie Chassagne",
                             "La Mie Câline du Faubourg", "Boulangerie des Coteaux"]),
    ("amenity", "pharmacy", 0.55, ["Pharmacie du Pont", "Pharmacie des Remparts", "Pharmacie de la Gare",
                                   "Pharmacie du Belvédère"]),
    ("amenity", "doctors", 0.55, ["Cabinet médical des Tilleuls", "Dr Collinet", "Dr Lagarde", "Cabinet du Faubourg",
                                  "Dr Montbrison"]),
    ("amenity", "dentist", 0.4, ["Cabinet dentaire Sauvage", "Cabinet dentaire du Quai"]),
    ("shop", "butcher", 0.3, ["Boucherie Grandjean", "Boucherie de la Halle"]),
    ("shop", "greengrocer", 0.3, ["Le Panier Vert", "Primeurs Roussel"]),
    ("shop", "books", 0.15, ["Librairie du Chat Perché"]),
    ("shop", "clothes", 0.18, ["Mode & Merveilles", "La Fabrique", "Au Fil du Temps"]),
    ("shop", "florist", 0.3, ["Fleurs d'Ondine", "L'Églantine"]),
    ("shop", "hairdresser", 0.45, ["Coiffure Simone", "L'Atelier des Boucles", "Salon du Midi"]),
    ("shop", "convenience", 0.6, ["Épicerie du Coin", "La Petite Halle", "Épicerie des Peupliers"]),
    ("shop", "bicycle", 0.4, ["Cycles Tournebise"]),
    ("shop", "hardware", 0.4, ["Quincaillerie Pradier"]),
    ("shop", "optician", 0.15, ["Optique des Arcades"]),
    ("amenity", "cafe", 0.16, ["Café de l'Horloge", "Le Lion d'Or", "Café des Mariniers"]),
    ("amenity", "restaurant", 0.3, ["La Table du Gué", "Le Vieux Four", "Auberge du Pont Neuf", "Chez Berthe"]),
    ("amenity", "bank", 0.2, ["Crédit Valdétourien", "Caisse Rurale"]),
    ("amenity", "post_office", 0.15, ["La Poste"]),
    ("amenity", "veterinary", 0.6, ["Clinique vétérinaire du Renard"]),
    ("amenity", "arts_centre", 0.2, ["La Poterne"]),
    ("tourism", "hotel", 0.25, ["Hôtel du Cygne", "Hôtel de la Gare"]),
    ("tourism", "information", 0.06, ["Office de tourisme"]),
    ("tourism", "museum", 0.1, ["Musée de la Filature"]),
]  # fmt: skip
_VILLAGE: list[tuple[str, str, float, list[str]]] = [
    ("shop", "bakery", 0.25, ["Boulangerie {}"]), ("amenity", "cafe", 0.2, ["Café {}"]),
    ("amenity", "pharmacy", 0.3, ["Pharmacie {}"]), ("shop", "convenience", 0.3, ["Épicerie {}"]),
    ("amenity", "doctors", 0.4, ["Cabinet médical {}"]), ("shop", "hairdresser", 0.5, ["Coiffure {}"]),
]  # fmt: skip


def open_shops(
    drawing: Drawing, houses: Houses, places: Places, centres: Array, labels: list[str], rng: np.random.Generator
) -> None:
    """Put each shop into its own house, about as far from the centre as such shops are."""
    spots = shapely.get_coordinates(shapely.centroid(houses.shapes))
    used = np.zeros(len(houses), dtype=bool)
    for home in np.flatnonzero(places.ranks >= Rank.VILLAGE).tolist():
        here = np.flatnonzero(houses.homes == home)
        out = np.hypot(*(spots[here] - centres[home]).T) / places.radii_m[home]
        town = places.ranks[home] == Rank.TOWN
        for key, value, reach, signs in _TOWN if town else _VILLAGE:
            if not town and rng.random() < 0.35 and value != "bakery":
                continue
            for number, sign in enumerate(signs):
                wanted = reach * (number + 0.6) / len(signs) * 1.2
                cost = abs(out - wanted) + rng.uniform(0, 0.05, len(here)) + used[here] * 9
                if len(cost) == 0 or cost.min() > 5:
                    continue
                house = here[np.argmin(cost)]
                used[house] = True
                name = sign.format(names.of(labels[home]))
                x, y = spots[house]
                drawing.point(x, y, **{key: value, "name": name})


def build_store(drawing: Drawing, site: StoreSite) -> None:
    """The furniture store: its ground, the hall with two entrances, the car park."""
    name: Tags = {"name": names.STORE, "brand": "IKEA", "shop": "furniture"}
    address: Tags = {"addr:housenumber": "1", "addr:street": STORE_STREET, "addr:city": names.TOWN}
    hall = [
        (-130, -14), (-15, -14), (-15, -24), (0, -24), (15, -24), (15, -14), (130, -14), (130, 40), (130, 118),
        (-80, 118), (-80, 96), (-130, 96),
    ]  # fmt: skip
    car_park: Tags = {"amenity": "parking", "access": "customers", "capacity": "420"}
    drawing.area(site.area((-186, -146), (186, -146), (186, 146), (-186, 146)), {"landuse": "retail"})
    drawing.area(site.area(*hall), {"building": "retail", "opening_hours": "Mo-Sa 10:00-20:00", **name, **address})
    drawing.area(site.area((-180, -138), (180, -138), (180, -30), (-180, -30)), car_park)
    for spot, kind, sign in (((0, -24), "main", "entrée"), ((130, 40), "yes", "retrait des achats")):
        x, y = site.at(spot)[0]
        drawing.point(x, y, entrance=kind, name=f"{names.STORE}, {sign}")
