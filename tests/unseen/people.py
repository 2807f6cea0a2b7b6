"""Names of persons and places that nobody bears, as Vietnamese names are made. Pure."""

from __future__ import annotations

import random

FAMILIES = (
    "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Phan Trịnh Đinh Lương Nông"
)
FAMILIES += " Triệu Hà Cao Mai Tô Lâm Thạch Sầm Lò Giàng Đoàn"
_MEN = (
    "Văn Đức Minh Quang Hữu Xuân Quốc Trọng Công Đình",
    "Hải Dũng Thắng Long Sơn Kiên Tuấn Phong Cường Hưng Tùng Vinh",
)
_WOMEN = (
    "Thị Thị_Hồng Thị_Thu Thị_Kim Thị_Bích Thị_Ngọc Thị_Thanh Thị_Mai Thùy",
    "Nhung Hạnh Oanh Thảo Lan Hương Yến Trang Loan Huệ Liên Mến Hiền Thoa Duyên",
)
_PEN = (
    "Hồng Thu Thanh Ngọc Minh Quang Bảo Kim Mai Phương Hải Xuân Tuấn Diệu Khánh Hoài Đức Lan Bích",
    "Nhung Hà Tâm Sơn Long Vân Lam Linh Huyền Giang Chi Kiên An Thủy Trang Hiếu Dung Nam Anh Ngân",
)
_OFFICES_UNION = (
    "Chủ tịch LĐLĐ tỉnh",
    "Phó Chủ tịch LĐLĐ tỉnh",
    "Phó Chủ tịch Thường trực LĐLĐ tỉnh",
    "Trưởng ban Tuyên giáo LĐLĐ tỉnh",
    "Chủ nhiệm Ủy ban Kiểm tra LĐLĐ tỉnh",
    "Ủy viên Ban Thường vụ LĐLĐ tỉnh",
)
_OFFICES_LOCAL = (
    "Chủ tịch UBND {xa}",
    "Phó Chủ tịch UBND {huyen}",
    "Bí thư Đảng ủy {xa}",
    "Trưởng phòng Kinh tế {huyen}",
)
_FIRST = "Thạch Phú Tân Bình Vĩnh Yên Đông Trường An Cẩm Quảng Long Mỹ Nam Hưng Lục Chiềng Bản"
_SECOND = "Lâm Hưng Giang Sơn Khê Thành Lộc Phong Châu Xuyên Thịnh Hải Điền Lạc Hồ"
_FIRMS = (
    "Công ty TNHH May {}",
    "Công ty Cổ phần Gỗ {}",
    "Công ty TNHH Điện tử {}",
    "Công ty Giày {}",
    "Công ty TNHH Thủy sản {}",
    "Nhà máy Xi măng {}",
    "Công ty Cổ phần Dệt {}",
)
_SCHOOLS = ("Trường Tiểu học {}", "Trường THCS {}", "Trường Mầm non {}", "Trường THPT {}", "Trường PTDTBT {}")
_UNIONS = (
    "LĐLĐ {huyen}",
    "LĐLĐ {huyen}",
    "Công đoàn ngành Giáo dục tỉnh",
    "Công đoàn ngành Y tế tỉnh",
    "Công đoàn Viên chức tỉnh",
    "Công đoàn Các khu công nghiệp tỉnh",
    "LĐLĐ tỉnh {tinh}",
)


def full_name(dice: random.Random) -> str:
    """As in a register: ``Nguyễn Thị Hồng Nhung``."""
    middle, given = dice.choice((_MEN, _WOMEN))
    second = dice.choice(middle.split()).replace("_", " ")
    return (
        f"{dice.choice(FAMILIES.split())} {second} {dice.choice([one for one in given.split() if one not in second])}"
    )


def pen_name(dice: random.Random) -> str:
    """As under an article: ``Hoài Nam``."""
    first = dice.choice(_PEN[0].split())
    return f"{first} {dice.choice([one for one in _PEN[1].split() if one != first])}"


def initials(dice: random.Random) -> str:
    """``H.N``, ``Tr.G``, ``N.T.H``."""
    letters = dice.choices(("H", "N", "T", "Th", "Tr", "Đ", "L", "Ng", "P", "M", "Q", "V"), k=dice.choice((2, 2, 3)))
    return ".".join(letters)


def leader(dice: random.Random) -> str:
    """A union's officer, as texts introduce one."""
    return f"đồng chí {full_name(dice)}, {dice.choice(_OFFICES_UNION)}"


def officer(dice: random.Random) -> str:
    """A local officer; ``{xa}`` and ``{huyen}`` are left for the text to fill."""
    name = full_name(dice)
    woman = name.split(" ", 1)[1].startswith(tuple(_WOMEN[0].replace("_", " ").split()[:1])) or "Thùy" in name
    return f"{'bà' if woman else 'ông'} {name}, {dice.choice(_OFFICES_LOCAL)}"


def villager(dice: random.Random) -> str:
    """One of the people that the news is about: ``chị Lò Thị Mến``."""
    man = dice.random() < 0.4
    middle, given = _MEN if man else _WOMEN
    name = f"{dice.choice(FAMILIES.split())} {dice.choice(middle.split()[:1])} {dice.choice(given.split())}"
    return f"{dice.choice(('anh', 'ông')) if man else dice.choice(('chị', 'bà'))} {name}"


def woman(dice: random.Random) -> str:
    """A woman's name: ``Lương Thị Thơm``."""
    return f"{dice.choice(FAMILIES.split())} Thị {dice.choice(_WOMEN[1].split())}"


def place(dice: random.Random) -> str:
    """The bare name of a district or village."""
    first = dice.choice(_FIRST.split())
    return f"{first} {dice.choice([one for one in _SECOND.split() if one != first])}"


def firm(dice: random.Random) -> str:
    return dice.choice(_FIRMS).format(place(dice))


def school(dice: random.Random) -> str:
    return dice.choice(_SCHOOLS).format(place(dice))


def union(dice: random.Random) -> str:
    """A union's level; ``{huyen}`` and ``{tinh}`` are left for the text to fill."""
    return dice.choice(_UNIONS)
