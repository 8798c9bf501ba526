"""Names for the made-up town, in Ukrainian and romanised.

The names are everyday words, taken from no particular town.
"""

from __future__ import annotations

from dataclasses import dataclass

from shanyrak.core.romanise import romanise

TOWN_UK, TOWN_EN = "Вигадане місто", "Made-up town"

_STREET_WORDS = """
    Шкільна Вишнева Садова Набережна Кобзарська Лугова Яблунева Калинова Зелена Сонячна Весняна Польова
    Лісова Озерна Джерельна Тиха Світла Гончарна Ковальська Млинова Пекарська Поштова Аптечна Театральна
    Бібліотечна Ярмаркова Музейна Квіткова Тополева Липова Дубова Березова Каштанова Ясенева Кленова Вербова
    Горіхова Абрикосова Грушева Сливова Виноградна Малинова Барвінкова Волошкова Ромашкова Трояндова Бузкова
    Жасминова Лавандова Мальвова Чорнобривцева Пшенична Житня Хлібна Медова Пасічна Бджолина Зоряна Місячна
    Райдужна Світанкова Вечірня Ранкова Осіння Літня Зимова Снігова Дощова Вітряна Степова Гайова Ярова
    Горбиста Висока Нижня Верхня Середня Довга Крута Криничанська Ставкова Берегова Човнова Рибальська
    Мостова Паромна Дзвінка Пісенна Музична Бандурна Вишивана Рушникова Ткацька Гутницька Чумацька Козацька
    Гетьманська Січова Полкова Сотницька Отаманська Кошова Шляхова Соляна Возова Тракторна Ливарна Токарна
    Слюсарна Верстатна Склодувна Цегельна Деревообробна Залізнична Вокзальна Стрілочна Семафорна Депова
    Колійна Будівельна Проєктна Інженерна Лабораторна Наукова Студентська Учительська Лікарняна Спортивна
    Стадіонна Паркова Фонтанна Альтанкова Затишна Дружня Гостинна Щаслива Мирна Вільна Ювілейна Святкова
    Нова Стара Кутова Дзеркальна Смарагдова Бурштинова Срібна Золота Кришталева Перлинна Гранітна Піщана
    Глиняна Крейдяна
"""
STREETS = tuple(_STREET_WORDS.split())
"""Adjectives (feminine, as in "вулиця"); each names one street."""
OLD_STREETS = (
    "Базарна", "Кінна", "Поперечна", "Фабрична", "Клубна", "Робоча", "Складська", "Слобідська", "Обозна", "Дьогтярна",
    "Бондарна", "Торгова",
)  # fmt: skip
"""Former names of renamed streets (old_name)."""


@dataclass(frozen=True)
class StreetName:
    """A street's name with everything OpenStreetMap would say of it."""

    uk: str
    en: str
    old: str = ""

    def tags(self) -> dict[str, str]:
        found = {"name": self.uk, "name:uk": self.uk, "name:en": self.en}
        return {**found, "old_name": self.old} if self.old else found


class StreetNames:
    """Hands out street names, each once; when the words run out, numbered ones ("2-га Лісова")."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._free = list(STREETS)
        self._round = 1
        self._old = list(OLD_STREETS)
        self._given = 0

    def named(self, adjective: str, *, old: str = "") -> StreetName:
        """The name made of this adjective, which no other street gets."""
        self._taken.add(adjective)
        return _street(adjective, old)

    def next(self, *, lane: bool = False) -> StreetName:
        """The next free name, of a street or a lane; every ninth was renamed once."""
        while True:
            if not self._free:
                self._round += 1
                self._free = list(STREETS)
            word = self._free.pop(0)
            if self._round > 1:
                word = f"{self._round}-га {word}"
            if word not in self._taken:
                break
        self._taken.add(word)
        self._given += 1
        old = self._old.pop(0) if self._given % 9 == 0 and self._old else ""
        return _street(word, old, lane=lane)


def _street(adjective: str, old: str, *, lane: bool = False) -> StreetName:
    words = adjective.replace("_", " ")
    number, _, word = words.rpartition("-га ")
    ordinal = f"{number}{_ORDINALS.get(number, 'th')} " if number else ""
    before = f"{old.replace('_', ' ')} вулиця" if old else ""
    if lane:
        return StreetName(f"{_masculine(words)} провулок", f"{ordinal}{romanise(_masculine(word))} Lane", before)
    return StreetName(f"{words} вулиця", f"{ordinal}{romanise(word)} Street", before)


def _masculine(adjective: str) -> str:
    """Вишнева -> Вишневий, Літня -> Літній, 2-га Лісова -> 2-й Лісовий."""
    ending = "ій" if adjective.endswith("я") else "ий"
    return adjective.replace("-га ", "-й ")[:-1] + ending


_ORDINALS = {"2": "nd", "3": "rd"}


def both(uk: str, en: str) -> dict[str, str]:
    """Name tags of a thing called so in Ukrainian and in English."""
    return {"name": uk, "name:uk": uk, "name:en": en}
