"""Names that could be French and are not: places, rivers, streets. No real place is meant."""

import numpy as np


def _listed(text: str) -> list[str]:
    return text.split("|")


TOWN, RIVER, REGION = "Valdétour", "la Doucine", "Vallée de Valdétour"
LAKES = ["Lac des Foulques", "Étang du Héron", "Lac de la Brume", "Étang des Nénuphars"]
STORE = "IKEA Valdétour"

_FIRST_TOWNS = ["Valdétour", "Montclarisse", "Rivebelle-le-Grand", "Castelombre", "Aigremarche"]
_FIRST_VILLAGES = [
    "Chantevigne", "Fontorive", "Saint-Aubrin-le-Haut", "Belleronce", "Les Ormelaies", "Rochebrisse", "Vermentière",
    "Clairepeyre", "Moulinsart-des-Prés", "La Tremblotte", "Noisemont", "Grandval-l'Abeille",
]  # fmt: skip
_FIRST_HAMLETS = [
    "Le Mas Perdrix", "La Bergerette", "Les Trois Frênes", "Puymirolle", "La Combe aux Loups", "Le Chêne Rond",
    "Malaterre", "La Grange Bleue", "Les Petites Noues", "Bois-Guimauve", "Le Pré Lunaire", "La Croix du Geai",
    "Champ-Dormant", "Les Quatre Vents", "La Tuilotte", "Le Bas Clos", "Sainte-Ondine", "La Houssette",
]  # fmt: skip
_HEADS = _listed(
    "Mont|Val|Clair|Belle|Roche|Font|Chante|Grand|Vert|Saint-Au|Saint-Ger|Ville|Champ|Bois|Haute|Aigue|Peyre"
)
_MIDDLES = _listed("mar|vil|bré|lan|cor|sau|nive|dor|ti|rou|ger|mel|lo|phi|ran|ber")
_TAILS = _listed("ette|ières|ac|y|ousse|elle|ange|uisse|our|ombe|eray|onne|iac|ont|ain")

_KINDS = {
    "": ["Rue", "Rue", "Rue", "Rue", "Allée", "Rue", "Chemin", "Rue", "Avenue"],
    "old": ["Rue", "Rue", "Ruelle", "Rue", "Passage"],
    "blind": ["Impasse", "Clos", "Impasse"],
    "quay": ["Quai"],
    "lane": ["Chemin"],
}
_THINGS = _listed(
    "des Tilleuls|des Érables|des Acacias|des Peupliers|du Vieux Chêne|des Marronniers|des Cerisiers|des Pruniers|"
    "des Noisetiers|des Mûriers|des Sureaux|des Genêts|des Glycines|des Lilas|des Églantines|des Coquelicots|"
    "des Bleuets|des Jonquilles|des Iris|de la Menthe|des Mésanges|des Alouettes|des Hirondelles|du Rossignol|"
    "des Grives|du Martin-Pêcheur|des Chouettes|du Héron|des Écureuils|du Lièvre|du Renard|des Grillons|des Abeilles|"
    "de la Fontaine|du Lavoir|du Puits|de la Source|des Moulins|du Bief|de l'Écluse|du Gué|des Lavandières|"
    "des Tanneurs|des Tisserands|des Forgerons|des Potiers|des Vanniers|des Tonneliers|des Boulangers|du Four|"
    "des Vignerons|des Bergers|des Bûcherons|des Charrons|des Horlogers|de l'Imprimerie|de la Tuilerie|"
    "de la Laiterie|de la Filature|du Pressoir|de la Halle|du Marché|de l'Horloge|du Beffroi|de la Poterne|du Donjon|"
    "des Arcades|de la Croix Blanche|du Presbytère|du Couvent|de la Chapelle|des Carmes|des Écoliers|"
    "de la Bibliothèque|du Théâtre|de la Musique|des Violons|des Peintres|des Poètes|de la République|de la Liberté|"
    "de l'Égalité|de la Fraternité|de la Paix|du Progrès|de l'Avenir|des Libertés|du Onze Novembre|du Huit Mai|"
    "des Résistants|de l'Europe|du Stade|de la Piscine|des Sports|du Belvédère|de Bellevue|du Soleil Levant|"
    "du Couchant|de l'Étoile|de la Lune|des Vents|de la Bise|du Coteau|de la Colline|du Vallon|de la Combe|des Prés|"
    "du Pâtis|de la Prairie|des Champs|des Blés|de la Moisson|des Jardins|du Verger|du Clos|de l'Orée|de la Futaie|"
    "du Taillis|de la Clairière|des Fougères|des Bruyères|des Mousses|des Cèpes|de la Rivière|du Ruisseau|des Saules|"
    "des Roseaux|des Nénuphars|du Pont Neuf|du Vieux Pont|de la Passerelle|du Bac|des Mariniers|du Port|de la Grève|"
    "des Galets|du Levant|du Midi|du Nord|des Remparts|de la Tour|du Guet|des Archers|des Merciers|du Chapeau Rouge|"
    "du Chat Perché|de l'Âne|du Cheval Blanc|du Lion d'Or|du Cygne|de l'Ours|du Paon|des Deux Ponts|des Trois Rois|"
    "des Quatre Saisons|Jeanne-Morellet|Louise-Aubrac-Dumont|Émile-Tournebise|Victor-Chassagne|Hélène-Pradier|"
    "Auguste-Belleroche|Simone-Lagarde|Henri-Montbrison|Marguerite-Sauvage|Camille-Roussel|Félix-Grandjean|"
    "Berthe-Collinet"
)


class StreetNames:
    """Gives each place's streets names, none twice in the same place while the stock lasts."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._left: dict[tuple[int, str], list[str]] = {}

    def take(self, home: int, style: str = "") -> str:
        """A name for a street in place `home`; `style` is a key of `_KINDS`; others read like ""."""
        left = self._left.setdefault((home, style), [])
        if not left:
            kinds = _KINDS.get(style, _KINDS[""])
            order = self._rng.permutation(len(_THINGS))
            turn = self._rng.integers(len(kinds))
            left += [f"{kinds[(turn + place) % len(kinds)]} {_THINGS[thing]}" for place, thing in enumerate(order)]
        return left.pop()


def place_names(count: int, first: list[str], rng: np.random.Generator, taken: set[str]) -> list[str]:
    """`count` different names: the chosen ones first, then as many as syllables give."""
    names = [name for name in first if name not in taken][:count]
    taken.update(names)
    while len(names) < count:
        head, middle, tail = (str(rng.choice(part)) for part in (_HEADS, _MIDDLES, _TAILS))
        name = head + middle + tail
        if name in taken:
            name += "-" + str(rng.choice(["le-Vieux", "les-Bois", "la-Forêt", "sous-Roche", "d'en-Haut", "du-Lac"]))
        if name not in taken:
            taken.add(name)
            names.append(name)
    return names


def all_places(counts: list[int], rng: np.random.Generator) -> list[str]:
    """Names in the order of the places; `counts` are how many towns, villages and hamlets there are."""
    taken: set[str] = set()
    chosen = (_FIRST_TOWNS, _FIRST_VILLAGES, _FIRST_HAMLETS)
    wanted = zip(counts, chosen, strict=True)
    return [name for count, first in wanted for name in place_names(count, first, rng, taken)]


def of(name: str) -> str:
    """A place's name after "Route": de Chantevigne, d'Aigremarche, du Mas Perdrix, de la Bergerette."""
    for article, joined in (("Le ", "du "), ("Les ", "des "), ("La ", "de la ")):
        if name.startswith(article):
            return joined + name.removeprefix(article)
    return f"d'{name}" if name[0] in "AEIOUÉ" else f"de {name}"
