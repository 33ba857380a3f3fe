"""A destination of Mage's own base that takes records and keeps none of them."""
import argparse
import sys

from mage_integrations.destinations.base import Destination
from peak import peak_kib


class Noop(Destination):
    records = 0

    def export_batch_data(self, record_data, stream, tags=None):
        self.records += len(record_data)

    def test_connection(self):
        pass


noop = Noop(argument_parser=argparse.ArgumentParser(), batch_processing=True)
noop.process(sys.stdin.buffer)
print(f'\nrecords {noop.records} peak {peak_kib()}')
