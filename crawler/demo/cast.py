"""Who and what a story is about: fills the slots of templates. Pure, but for the dice it is given.

To add a slot ``{x}``, add a method ``_say_x``, or the word that each province has for it to its table ``local``.
"""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta

from crawler.demo import names, typography
from crawler.demo.templates import Parts, Template, words


class Cast:
    """Who and what a story is about: each slot is filled once and stays the same throughout."""

    def __init__(self, province: str, when: datetime, figures: range, dice: random.Random) -> None:
        self._words = words()
        self._province = province
        self._here = self._words["provinces"][province]
        self._communes = names.communes(province)
        self._dice = dice
        self._when = when
        self._event = when - timedelta(days=dice.choice((0, 1, 1, 2)))
        self._figures = figures
        self._separator = dice.choice(("/", "/", ".", "."))
        self._short = dice.random() < 0.6
        self._known: dict[str, str] = {}
        self._place: tuple[str, str] | None = None
        self._company: int | None = None
        self.hero = "cn"

    def settle(self, *, place: int | None, district: int | None, figure: int | None, company: int | None) -> None:
        """Take over what the headline shows."""
        if place is not None:
            self._place = self._communes[place]
        elif district is not None:
            name = list(self._here["districts"])[district]
            self._place = (name, self._dice.choice(self._here["districts"][name]))
        if figure is not None:
            self._known["so"] = typography.thousands(self._figures[figure])
        self._company = company

    def settle_person(self, slot: str, index: int) -> None:
        self._known[slot] = names.person(self._province, index, slot)

    def fill(self, template: Template) -> str:
        """A template as a sentence."""
        return typography.capitalised(self._join(template.parts).replace(",,", ","))

    def _join(self, parts: Parts) -> str:
        out = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, tuple):
                out.append(self.say(*part))
            else:
                out.append(self._join(self._dice.choice(part.options)))
        return "".join(out)

    def say(self, slot: str, argument: str = "") -> str:
        """What a slot says. Figures differ each time, all else is said once and for all."""
        if argument:
            return self._figure(slot, argument)
        if slot == "pt":
            whole = self._dice.randrange(38, 99)
            return self._dice.choice(
                (f"{whole},{self._dice.randrange(1, 10)}%", f"{whole}%", f"gần {whole}%", f"{whole} phần trăm")
            )
        if slot not in self._known:
            local = self._here["local"]
            self._known[slot] = str(local[slot]) if slot in local else getattr(self, f"_say_{slot}")()
        return self._known[slot]

    def _figure(self, slot: str, argument: str) -> str:
        low, _, high = argument.partition("-")
        if slot == "truoc":
            return self._day(self._event - timedelta(days=int(low)))
        value = self._dice.randint(int(low), int(high))
        if slot == "z":
            return f"{value:02}"
        if slot == "tien":
            return typography.money(value, self._dice)
        year = 1900 <= int(low) <= 2100 and len(low) == 4 and int(high) <= 2100
        return str(value) if year else typography.thousands(value)

    def _day(self, moment: datetime) -> str:
        return f"{moment.day}{self._separator}{moment.month}"

    # Time
    def _say_buoi(self) -> str:
        part = self._dice.choice(("sáng", "sáng", "chiều"))
        between = self._dice.choice((" ", " ngày "))
        year = self._dice.choice(("", "", f"{self._separator}{self._event.year}"))
        return f"{part}{between}{self._day(self._event)}{year}"

    def _say_sang(self) -> str:
        return self.say("buoi") if self._dice.random() < 0.8 else f"ngày {self._day(self._event)}"

    def _say_ngay(self) -> str:
        return self._day(self._event)

    def _say_toi(self) -> str:
        return self._day(self._when + timedelta(days=self._dice.randrange(5, 60)))

    def _say_nam(self) -> str:
        return str(self._when.year)

    def _say_namtruoc(self) -> str:
        return str(self._when.year - 1)

    def _say_namsau(self) -> str:
        return str(self._when.year + 1)

    def _say_ky(self) -> str:
        month, year = self._when.month, self._when.year
        if month <= 2:
            return f"năm {year - 1}"
        term = "quý I" if month <= 4 else "6 tháng đầu" if month <= 8 else "9 tháng" if month <= 10 else "11 tháng"
        return f"{term} năm {year}"

    def _say_thuong(self) -> str:
        return "thưởng Tết" if self._when.month in {11, 12, 1} else "thưởng năng suất"

    # Places
    def _where(self) -> tuple[str, str]:
        if self._place is None:
            self._place = self._dice.choice(self._communes)
        return self._place

    def _say_tinh(self) -> str:
        return f"{self._here['kind']} {self._here['name']}"

    def _say_huyen(self) -> str:
        return self._where()[0]

    def _say_cap(self) -> str:
        """What the unit is: ``huyện``, ``thị xã`` or ``thành phố``."""
        return self._where()[0].removesuffix(f" {self.say('Huyen')}")

    def _say_Huyen(self) -> str:
        return re.sub(r"^(huyện|thị xã|thành phố) ", "", self._where()[0])

    def _say_xa(self) -> str:
        return f"xã {self._where()[1]}"

    def _say_Xa(self) -> str:
        return self._where()[1]

    def _say_huyen2(self) -> str:
        others: list[str] = [name for name in self._here["districts"] if name != self._where()[0]]
        return self._dice.choice(others)

    def _say_xa2(self) -> str:
        district, commune = self._where()
        others: list[str] = [name for name in self._here["districts"][district] if name != commune]
        return f"xã {self._dice.choice(others)}"

    def _say_ap(self) -> str:
        return f"{self._here['hamlet']} {self._dice.choice(self._here['hamlets'])}"

    def _say_kcn(self) -> str:
        return str(self._dice.choice(self._here["parks"]))

    def _say_tai_hoi_truong(self) -> str:
        where = str(self._dice.choice(("tại hội trường", "ở nhà văn hóa", "tại trụ sở")))
        return f"{where} {self.say('huyen')}"

    def _say_truong(self) -> str:
        return f"{self._dice.choice(self._words['posts']['schools'])} {self.say('Xa')}"

    def _say_thcs(self) -> str:
        return f"Trường THCS {self.say('Xa')}"

    def _say_bv(self) -> str:
        return str(self._dice.choice(self._here["hospitals"]))

    # Bodies
    def _say_ld(self) -> str:
        return f"LĐLĐ {self.say('huyen')}" if self._short else f"Liên đoàn Lao động {self.say('huyen')}"

    def _say_ldt(self) -> str:
        return "LĐLĐ tỉnh" if self._short else f"Liên đoàn Lao động {self.say('tinh')}"

    def _say_tld(self) -> str:
        return "Tổng LĐLĐ Việt Nam" if self._short else "Tổng Liên đoàn Lao động Việt Nam"

    def _say_cs(self) -> str:
        return "CĐCS" if self._short else "công đoàn cơ sở"

    def _say_cscty(self) -> str:
        return f"{'CĐCS' if self._short else 'Công đoàn cơ sở'} {self.say('cty')}"

    def _say_cnld(self) -> str:
        return "CNVCLĐ" if self._short else "công nhân, viên chức, lao động"

    def _say_nld(self) -> str:
        return "NLĐ" if self._short else "người lao động"

    def _say_cty(self) -> str:
        total = names.companies()
        return names.company(self._company if self._company is not None else self._dice.randrange(total))

    # People
    def _say_sep(self) -> str:
        posts = self._words["posts"]
        post = self._dice.choice(
            [*posts["union_province"], *(f"{rank} LĐLĐ {self.say('huyen')}" for rank in posts["union_district"])]
        )
        return f"{self.say('sepn')} – {post}"

    def _say_sepn(self) -> str:
        return f"đồng chí {self._anybody()}"

    def _say_quan(self) -> str:
        post = self._dice.choice(self._words["posts"]["council"])
        return f"{self._anybody('nd')}, {post} {self.say('huyen')},"

    def _say_cn(self) -> str:
        return self._anybody("cn")

    def _say_nd(self) -> str:
        return self._anybody("nd")

    def _say_nd2(self) -> str:
        return self._anybody("nd")

    def _say_gv(self) -> str:
        return self._anybody("gv")

    def _say_cn2(self) -> str:
        return self._anybody("cn")

    def _say_nu(self) -> str:
        return names.person(self._province, self._dice.randrange(names.people(self._province) // 2), "cn")

    def _say_cu(self) -> str:
        return f"cụ {self._anybody()}"

    def _say_hs(self) -> str:
        return self._anybody()

    def _say_bs(self) -> str:
        return f"bác sĩ {self._anybody()}"

    def _say_cnn(self) -> str:
        return names.shortened(self.say("cn"))

    def _say_ndn(self) -> str:
        return names.shortened(self.say("nd"))

    def _say_gvn(self) -> str:
        return names.shortened(self.say("gv").replace(" giáo", "", 1))

    def _say_vai(self) -> str:
        return self.say(self.hero)

    def _say_vain(self) -> str:
        return self.say(f"{self.hero}n")

    def _anybody(self, slot: str = "") -> str:
        return names.person(self._province, self._dice.randrange(names.people(self._province)), slot)

    # Things
    def _say_so(self) -> str:
        return typography.thousands(self._dice.choice(self._figures))

    def _say_cay(self) -> str:
        return str(self._dice.choice(self._here["crops"]))

    def _say_dvdat(self) -> str:
        return str(self._here["field"])

    def _say_hoi(self) -> str:
        return str(self._dice.choice(self._here["festivals"]))

    def _say_nghe(self) -> str:
        return str(self._dice.choice(self._here["arts"]))

    def _say_mon(self) -> str:
        return str(self._dice.choice(self._here["dishes"]))
