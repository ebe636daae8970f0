"""What the scripts share."""

import json
from pathlib import Path

FIXTURES = Path(__file__).parents[3] / "packages" / "qmc" / "test" / "fixtures"


def write_fixture(name, fixture):
    """Writes JSON with one entry of each list per line, so that a difference can be read."""
    parts = []
    for key, entry in fixture.items():
        if isinstance(entry, list):
            parts.append(f"{json.dumps(key)}: [\n    " + ",\n    ".join(map(json.dumps, entry)) + "\n  ]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(entry)}")
    target = FIXTURES / name
    target.write_text("{\n  " + ",\n  ".join(parts) + "\n}\n")
    print(target.name, target.stat().st_size, "bytes")
