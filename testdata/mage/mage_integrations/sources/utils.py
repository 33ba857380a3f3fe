"""The step from what a destination has stored to what its source reads next."""


def update_source_state_from_destination_state(source_state_path, destination_state_path):
    with open(destination_state_path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    with open(source_state_path, "w", encoding="utf-8") as file:
        file.write(lines[-1] if lines else "{}")
