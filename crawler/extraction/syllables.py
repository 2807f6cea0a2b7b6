"""Whether a word could be written in Vietnamese: every word is one syllable, and few spellings are possible. No I/O.

An onset, a rime, one tone: rimes that end in c, ch, p or t bear the rising or the heavy one. The tables are those of
the schoolbooks; names from other languages (Đắk Lắk) do not pass, which is rare enough to count words by.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSETS = frozenset({"", *re.split(r"\s+", "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")})
_LONGEST_ONSET = 3
_RIMES = frozenset(
    re.split(
        r"\s+",
        """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
        e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
        i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
        o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong
        ooc oong op ot ô ôc ôi ôm ôn ông ôông ôp ôt ơ ơi ơm ơn ơp ơt
        u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt
        uyn uynh uyp uyt uyu ư ưa ưc ưi ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
        y ych yêm yên yêng yêt yêu ynh yt""",
    )
)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_OF_STOPS = frozenset("\u0301\u0323")


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether the word (NFC, of any case) is a possible syllable with its marks; ``Đoàn`` is, ``Ðoàn`` is not."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [character for character in decomposed if character in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(one for one in decomposed if one not in _TONES))
    return any(
        bare[:length] in _ONSETS and _is_rime(bare[length:], tones)
        for length in range(min(_LONGEST_ONSET, len(bare)) + 1)
    )


def _is_rime(rime: str, tones: list[str]) -> bool:
    if rime not in _RIMES:
        return False
    return not rime.endswith(("c", "ch", "p", "t")) or (bool(tones) and tones[0] in _OF_STOPS)
