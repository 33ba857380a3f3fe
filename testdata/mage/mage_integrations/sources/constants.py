"""Words of catalogs, and how much a source reads at once."""

BATCH_FETCH_LIMIT = 50000
BATCH_FETCH_LIMIT_KEY = "_batch_fetch_limit"

COLUMN_TYPE_ARRAY = "array"
COLUMN_TYPE_BOOLEAN = "boolean"
COLUMN_TYPE_INTEGER = "integer"
COLUMN_TYPE_NULL = "null"
COLUMN_TYPE_NUMBER = "number"
COLUMN_TYPE_OBJECT = "object"
COLUMN_TYPE_STRING = "string"
