"""The words of the strangers: what the TOML files beside this module hold. Reads those files and nothing else."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words(name: str) -> dict[str, Any]:
    """``grammar``, ``labels`` or ``classes``."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
