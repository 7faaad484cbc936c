"""CSV to store: records read ahead, embedded, written once each; shards of it on many machines.

What the command line needs is named here; everything else is behind it.
"""

from slangrag.ingest.estimate import Estimate, estimate
from slangrag.ingest.merge import merge
from slangrag.ingest.plan import Batching, IngestPlan, IngestReport, Progress
from slangrag.ingest.rejects import write_rejects
from slangrag.ingest.shard import ShardPlan, finished_shard, run_shard
from slangrag.ingest.single import finished, run
from slangrag.ingest.stop import StopFlag

__all__ = [
    "Batching",
    "Estimate",
    "IngestPlan",
    "IngestReport",
    "Progress",
    "ShardPlan",
    "StopFlag",
    "estimate",
    "finished",
    "finished_shard",
    "merge",
    "run",
    "run_shard",
    "write_rejects",
]
