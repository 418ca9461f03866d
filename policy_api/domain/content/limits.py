"""How much of everything is enough; a limit that is stated can be tested and explained."""

from __future__ import annotations

from typing import Final

KEY_LENGTH: Final = 63
NAME_LENGTH: Final = 200
LINE_LENGTH: Final = 2_000
MARKDOWN_LENGTH: Final = 20_000
URL_LENGTH: Final = 2_000
EMAIL_LENGTH: Final = 254
HOST_LENGTH: Final = 253
PATH_LENGTH: Final = 500
VALUE_LENGTH: Final = 2_000

HOSTS: Final = 200
LOCALES: Final = 300
SITES: Final = 10_000
SECTIONS: Final = 300
BLOCKS: Final = 200
ITEMS: Final = 500
ROWS: Final = 2_000
OPS: Final = 1_000
UNITS: Final = 20_000
VARS: Final = 200
CODES: Final = 100
PLACES: Final = 100

BASE_DEPTH: Final = 3
"""Sites in a chain of bases, the root included."""

NOTICE_DAYS: Final = 365
CHANGELOG_ENTRIES: Final = 50
EMBED_HEIGHT: Final = 5_000

FILE_BYTES: Final = 1024 * 1024
FILES: Final = 20_000
BUNDLE_BYTES: Final = 64 * 1024 * 1024
COMPRESSION_RATIO: Final = 100
YAML_DEPTH: Final = 20
PROBLEMS: Final = 1_000
"""Problems reported at once; nobody reads more, and a hostile bundle could have millions."""
