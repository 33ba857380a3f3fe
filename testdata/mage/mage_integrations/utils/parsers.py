"""What JSON has no word for, as text."""


def encode_complex(value):
    return str(value)
