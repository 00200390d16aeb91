"""Reading grant documents from YAML.

Lives here: YAML file → ``Grant``; every problem on its own line.
Stays out: whether a grant may be activated (``registry``).
"""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from scheme.grant import Grant


class GrantFileError(ValueError):
    """A grant document cannot be read; ``problems`` has one line per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def load_grant(path: Path) -> Grant:
    """Read one grant document.

    Raises:
        GrantFileError: missing, not YAML, or not a grant.
    """
    try:
        return Grant.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except FileNotFoundError:
        raise GrantFileError([f"{path.name}: file is missing"]) from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise GrantFileError([f"{path.name}: is not readable YAML: {str(error).splitlines()[0]}"]) from None
    except ValidationError as error:
        raise GrantFileError(
            [
                f"{path.name}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}"
                for e in error.errors(include_url=False, include_input=False)
            ]
        ) from None
