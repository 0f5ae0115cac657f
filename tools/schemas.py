"""Writes the JSON Schemas of simulator/schemas from the definitions: `python tools/schemas.py`."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulator.shapes import FOLDER, schemas


def files():
    """{path: text} as they should be."""
    return {FOLDER / f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas().items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in files().items():
        path.write_text(text, "utf-8")
        print(path)
