"""French and Spanish documents: simple sentences out of phrases."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .writer import Writer


@dataclass(frozen=True)
class Language:
    subjects: tuple[str, ...]
    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    places: tuple[str, ...]
    links: tuple[str, ...]
    clauses: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        phrases = (*self.subjects, *self.verbs, *self.objects, *self.places, *self.links, *self.clauses)
        return frozenset(word for phrase in phrases for word in phrase.split())


def _language(*phrases: str) -> Language:
    return Language(*(tuple(text.split(", ")) for text in phrases))


LANGUAGES = {
    "french": _language(
        "le garçon, la fille, le chat, le chien, mon père, ma mère, le roi, la reine, le soldat, notre voisin, la vieille dame, "
        "le petit enfant",
        "mange, regarde, cherche, trouve, porte, donne, aime, voit, prend, garde, ouvre, ferme",
        "le pain, la pomme, une lettre, le livre, la porte, un cadeau, le fromage, la maison, les fleurs, du vin, une chaise, "
        "la clé",
        "dans la rue, avec son frère, sur la table, devant la maison, sous le pont, chez le voisin, pendant la nuit, "
        "près de la forêt",
        "mais, et, car, quand, donc",
        "il est très content, elle est fatiguée, il fait beau, nous sommes ici, je ne sais pas, c'est la vie, vous avez raison",
    ),
    "spanish": _language(
        "el niño, la niña, el gato, el perro, mi padre, mi madre, el rey, la reina, el soldado, nuestro vecino, la vieja señora, "
        "el pequeño hijo",
        "come, mira, busca, encuentra, lleva, da, quiere, ve, toma, guarda, abre, cierra",
        "el pan, la manzana, una carta, el libro, la puerta, un regalo, el queso, la casa, las flores, agua fría, una silla, "
        "la llave",
        "en la calle, con su hermano, sobre la mesa, delante de la casa, bajo el puente, junto al vecino, durante la noche, "
        "cerca del bosque",
        "pero, y, porque, cuando, entonces",
        "él está muy contento, ella está cansada, hace buen tiempo, estamos aquí, yo no sé, así es la vida, usted tiene razón",
    ),
}


def write_sentences(writer: Writer, chance: random.Random, language: Language) -> None:
    for index in range(chance.randint(5, 12)):
        sentence = _clause(chance, language)
        if chance.random() < 0.6:
            sentence += " " + chance.choice(language.places)
        if chance.random() < 0.4:
            more = chance.choice(language.clauses) if chance.random() < 0.5 else _clause(chance, language)
            sentence += f" {chance.choice(language.links)} {more}"
        writer.add((" " if index else "") + sentence[:1].upper() + sentence[1:] + ".")


def _clause(chance: random.Random, language: Language) -> str:
    return f"{chance.choice(language.subjects)} {chance.choice(language.verbs)} {chance.choice(language.objects)}"
