"""A source of Mage's kind: each file NAME.jsonl of a folder is a stream of that name.

Records are sent from the bookmark on, which is the number of the last line that was stored.
"""

import argparse
import json
import sys
import time
from pathlib import Path


class Lines:
    @classmethod
    def templates(cls):
        folder = Path(__file__).parent / "templates"
        return {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}


def say(message):
    print(json.dumps(message), flush=True)


def log(text):
    say({"caller": "Lines", "level": "INFO", "message": text, "tags": {}, "timestamp": int(time.time()), "uuid": "0", "type": "LOG"})


def sync(folder, stream, entry, state):
    bookmark = state.get("bookmarks", {}).get(stream, {}).get("line", 0)
    log(f"Reading {stream} from line {bookmark + 1} on.")
    say({**{key: entry[key] for key in entry if key not in ("tap_stream_id", "selected", "metadata")}, "type": "SCHEMA", "stream": stream})
    for number, line in enumerate(folder.joinpath(stream + ".jsonl").read_text(encoding="utf-8").splitlines(), 1):
        if number > bookmark:
            say({"type": "RECORD", "stream": stream, "record": json.loads(line)})
            say({"type": "STATE", "value": {"bookmarks": {stream: {"line": number}}}})


def main():
    parser = argparse.ArgumentParser()
    for flag in ("config_json", "settings", "state", "query_json", "selected_streams_json", "catalog_json", "log_to_stdout"):
        parser.add_argument("--" + flag)
    for flag in ("count_records", "test_connection", "show_templates", "discover", "discover_streams"):
        parser.add_argument("--" + flag, action="store_true")
    args = parser.parse_args()
    if args.show_templates:
        return say(Lines.templates())
    folder = Path(json.loads(args.config_json)["folder"])
    streams = json.loads(args.selected_streams_json or "[]") or [file.stem for file in folder.glob("*.jsonl")]
    if args.count_records:
        return say([{"id": s, "count": len(folder.joinpath(s + ".jsonl").read_text().splitlines())} for s in streams])
    import yaml  # Mage's server brings it

    catalog = json.loads(args.catalog_json) if args.catalog_json else yaml.safe_load(Path(args.settings).read_text())["catalog"]
    state = json.loads(Path(args.state).read_text() or "{}") if args.state else {}
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] in streams:
            sync(folder, entry["tap_stream_id"], entry, state)


if __name__ == "__main__":
    sys.exit(main())
