"""The pipeline from its sources to shards, on any runner of Apache Beam."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.pvalue import AsSingleton

from indexer_job.checkpoint import DEFAULT_MODEL, load_checkpoint
from indexer_job.exact import sum_of_rows
from indexer_job.export import export_encoder
from indexer_job.files import InputError
from indexer_job.pipeline import neighbours, shards
from indexer_job.pipeline.measure import NAMESPACE, check_received
from indexer_job.pipeline.shards import SHARD
from indexer_job.pipeline.sources import read_events, read_products
from shopfyp.errors import ShopFYPError

_BATCH = 4096


class Plan(NamedTuple):
    """What a run reads, writes and decides.

    Attributes:
        products: see `sources.read_products`.
        events: see `sources.read_events`; None: nobody did anything.
        out: a folder of any file system that Beam knows.
        encoder: the folder of an fp32 encoder that workers can read.
        encoder_name: what made the vectors.
        shard: about so many products in each shard.
        scale: what neighbours' weights are multiplied by, as `build` does.
    """

    products: str
    events: str | None
    out: str
    encoder: str
    encoder_name: str
    shard: int
    scale: float


class RunnerError(ShopFYPError):
    """A runner could not finish the pipeline; the message is the last line of its own."""


def run(
    products: str,
    events: str | None,
    out: str,
    *,
    model: str = DEFAULT_MODEL,
    scale: float,
    shard: int = SHARD,
    options: Sequence[str] = (),
) -> dict[str, int]:
    """Write the shards of a catalogue; returns the counters of `measure`.

    Args:
        products: see `Plan`, as for `events`, `out`, `scale` and `shard`.
        events: what shoppers did.
        out: without shards yet.
        model: see `checkpoint.load_checkpoint`.
        scale: of weights.
        shard: a size.
        options: Beam's own, such as `--runner=DataflowRunner`.

    Raises:
        EncoderError: `model` cannot be used.
        InputError: a source holds what is no product or event, or no product; or `out` holds
            shards. Of workers in processes of their own it is a RunnerError that says so.
        RunnerError: the runner could not finish.
        Incomplete: it lost something on the way.
    """
    if FileSystems.exists(FileSystems.join(out, shards.SUMMARY)):
        raise InputError(f"{out} holds shards: they are written into a new folder")
    checkpoint = load_checkpoint(model)
    encoder = FileSystems.join(out, "encoder")
    with tempfile.TemporaryDirectory() as local:
        export_encoder(checkpoint, Path(local) / "fp32", "fp32")
        for path in sorted((Path(local) / "fp32").iterdir()):
            shards.write(encoder, path.name, path.read_bytes())
    # Workers inherit it; as each core has one, none may take more threads.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    plan = Plan(products, events, out, encoder, checkpoint.name, shard, scale)
    counters = _finished(plan, options)
    if not counters.get("products_received"):
        raise InputError(f"{products}: the catalogue holds no products")
    check_received(counters)
    shards.accept_summary(out)
    return counters


def _finished(plan: Plan, options: Sequence[str]) -> dict[str, int]:
    """Run `plan` to its end; returns its counters."""
    try:
        pipeline = beam.Pipeline(options=PipelineOptions(list(options)))
        assemble(pipeline, plan)
        result = pipeline.run()
        result.wait_until_finish()
    except ShopFYPError:
        raise
    except Exception as error:  # each runner has errors of its own
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise RunnerError(lines[-1]) from error
    found = result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))
    return {counter.key.metric.name: int(counter.result) for counter in found["counters"]}


def assemble(pipeline: beam.Pipeline, plan: Plan) -> None:
    """Put the steps of `plan` into a pipeline."""
    rows = read_products(pipeline, plan.products)
    cuts = AsSingleton(
        rows
        | "sample" >> beam.Filter(shards.sampled, plan.shard)
        | "sampled ids" >> beam.Map(lambda row: row.product_id)
        | "sample as list" >> beam.combiners.ToList()
        | "cuts" >> beam.Map(shards.cuts_of, plan.shard)
    )
    ids, vectors = (
        rows
        | "batch products" >> beam.BatchElements(_BATCH, _BATCH)
        | "products by shard" >> beam.FlatMap(shards.by_shard, cuts, "products")
        | "shard of products" >> beam.GroupByKey()
        | "embed" >> beam.FlatMap(shards.embed_shard, plan.encoder, plan.out)
        .with_outputs("vectors", main="ids")
    )  # fmt: skip
    starts = AsSingleton(
        ids
        | "sizes" >> beam.MapTuple(lambda shard, own: (shard, len(own)))
        | "sizes as list" >> beam.combiners.ToList()
        | "starts" >> beam.Map(shards.starts_of)
    )
    seen = read_events(pipeline, plan.events) if plan.events else pipeline | beam.Create([])
    events = (
        seen
        | "batch events" >> beam.BatchElements(_BATCH, _BATCH)
        | "events by shard" >> beam.FlatMap(shards.by_shard, cuts, "events")
    )
    gram = (
        {"ids": ids, "events": events}
        | "shard of events" >> beam.CoGroupByKey()
        | "place" >> beam.FlatMap(neighbours.place, starts)
        | "bucket of shoppers" >> beam.GroupByKey()
        | "terms" >> beam.FlatMap(neighbours.terms, starts)
        | "shard of terms" >> beam.GroupByKey()
        | "gram" >> beam.FlatMap(neighbours.gram, starts)
    )
    shared = AsSingleton(
        vectors
        | "sums" >> beam.MapTuple(lambda _, own: np.append(sum_of_rows(own), len(own)))
        | "sum" >> beam.CombineGlobally(sum)
        | "mean" >> beam.Map(neighbours.mean, starts)
    )
    asked = gram | "ask" >> beam.FlatMap(neighbours.ask, starts)
    weights = (
        {"gram": gram, "vectors": vectors, "asked": asked}
        | "shard of questions" >> beam.CoGroupByKey()
        | "answer" >> beam.FlatMap(neighbours.answer, starts, shared)
        | "shard of answers" >> beam.GroupByKey()
        | "weigh" >> beam.FlatMap(neighbours.weigh, starts, plan.scale)
    )
    _ = (
        {"ids": ids, "weights": weights}
        | "shard of weights" >> beam.CoGroupByKey()
        | "neighbours" >> beam.FlatMap(neighbours.write_neighbours, starts, plan.out)
        | "written" >> beam.combiners.ToList()
        | "summary" >> beam.Map(shards.write_summary, plan.out, plan.encoder_name)
    )
