"""What a command says when the extra that it needs is not installed. No I/O."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """The command that installs one of the extras in ``pyproject.toml``: luutru lies in no package index."""
    return f"in luutru's checkout: pip install -e '.[{extra}]' -c constraints.txt"
