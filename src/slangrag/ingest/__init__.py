"""CSV to store: records read ahead, embedded, written once each; shards of it on many machines.

What the command line needs is named here; everything else is behind it.
"""

from slangrag.ingest.plan import Batching, IngestPlan, IngestReport, Progress
from slangrag.ingest.single import finished, run
from slangrag.ingest.stop import StopFlag

__all__ = ["Batching", "IngestPlan", "IngestReport", "Progress", "StopFlag", "finished", "run"]
