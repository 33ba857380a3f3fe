"""A target of Meltano's SDK that takes records and keeps none of them."""
from peak import peak_kib
from singer_sdk import Target
from singer_sdk.sinks import BatchSink


class NoopSink(BatchSink):
    records = 0

    def process_batch(self, context):
        NoopSink.records += len(context['records'])


class Noop(Target):
    name = 'target-noop'
    config_jsonschema = {'type': 'object', 'properties': {}}
    default_sink_class = NoopSink


Noop.cli(args=[], standalone_mode=False)
print(f'\nrecords {NoopSink.records} peak {peak_kib()}')
