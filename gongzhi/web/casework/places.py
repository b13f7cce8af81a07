"""Find a place by typing: characters or pinyin initials, one's own area first."""

from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.who import places_of

MOST = 10


def places_for(actor: Actor, words: str) -> list[Place]:
    """Places that these words may mean, those of the actor's own area first."""
    words = words.strip()[:60]
    if not words:
        return []
    own = places_of(actor)
    near = queries.find_places(words, limit=MOST, under=own) if own else []
    known = {place.pk for place in near}
    if len(near) < MOST:
        near += [place for place in queries.find_places(words, limit=MOST) if place.pk not in known]
    return near[:MOST]


def chosen_place(actor: Actor, chosen: str, typed: str) -> tuple[Place | None, list[Place]]:
    """The place that a form means, and the candidates where that is not one.

    `chosen` is the id that was picked from suggestions; it counts only while it fits what stands in the field.
    """
    typed = " ".join(typed.split())
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 18:
        place = queries.current_places().filter(pk=int(chosen)).first()
        if place and all(word in place.full_name or place.pinyin.startswith(word.lower()) for word in typed.split()):
            return place, []
    found = places_for(actor, typed)
    exact = [place for place in found if typed in (place.full_name, place.name)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0], []
    return None, found
