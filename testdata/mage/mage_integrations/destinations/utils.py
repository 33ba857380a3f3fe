"""What Mage's server does when a user sets a bookmark by hand."""

import json


def update_destination_state_bookmarks(path, stream, bookmark_values=None):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"bookmarks": {stream: bookmark_values or {}}}, file)
