"""The commands of the batch job; `python -m indexer_job COMMAND --help` explains each."""

import argparse
import gc
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from indexer_job.evaluate.commands import add_commands, add_model, add_neighbours
from shopfyp.errors import ShopFYPError

FORMATS = (
    "jsonl",
    "csv",
    "kaggle-amazon-2023",
    "kaggle-amazon-categories",
    "amazon-reviews-2023",
    "lazada",
    "shein",
    "shopee",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the process's exit status."""
    # Records stay to the end: looking among them for cycles, as Python does for every 700 objects
    # that are new, takes half of the time to read them.
    gc.set_threshold(10_000)
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ShopFYPError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m indexer_job", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("import", help="turn a catalogue export into product JSONL")
    command.add_argument("source", type=Path, metavar="SOURCE")
    command.add_argument("--format", required=True, choices=FORMATS)
    command.add_argument("--out", required=True, type=Path, help="JSONL; gzipped if named .gz")
    command.add_argument("--map", default="", help="csv only: field=Column,field=Column,...")
    command.add_argument("--categories", type=Path, help="kaggle-amazon-2023's categories file")
    command.add_argument("--max-bad", type=float, default=0.05, help="share of bad rows allowed")
    command.add_argument("--report", type=Path, help="default: OUT.report.json")
    command.set_defaults(run=_import)

    command = commands.add_parser("seed", help="write products and clips to Firestore")
    command.add_argument("--catalog", required=True, type=Path, help="product JSONL")
    command.add_argument("--clips", type=Path, help="clip JSONL")
    command.set_defaults(run=_seed)

    command = commands.add_parser("build", help="build a release into a new folder")
    command.add_argument("--catalog", required=True, help="product JSONL, or `firestore`")
    command.add_argument("--clips", help="clip JSONL, or `firestore`")
    command.add_argument("--events", help="event JSONL, or `firestore`")
    add_model(command)
    add_neighbours(command)
    command.add_argument(
        "--index", choices=("file", "milvus"), default="file", help="milvus: see docs/scale.md"
    )
    command.add_argument(
        "--precision",
        choices=("q8", "int8"),
        default="q8",
        help="of queries: near to float32, or faster",
    )
    command.add_argument("--configuration", type=Path, help="JSON: configuration, experiment")
    command.add_argument(
        "--embeddings",
        metavar="DIR",
        help="embed only products that changed: their vectors are kept in a folder, or `bucket`",
    )
    _add_bucket(command)
    command.add_argument("--out", required=True, type=Path)
    command.set_defaults(run=_build)

    command = commands.add_parser(
        "pipeline", help="make vectors and neighbours of a large catalogue with Apache Beam"
    )
    source = "a glob of JSONL files, `firestore`, or `bigquery:PROJECT.DATASET.TABLE`"
    command.add_argument("--catalog", required=True, help=source)
    command.add_argument("--events", help=source)
    command.add_argument("--out", required=True, help="a new folder, of any of Beam's file systems")
    command.add_argument("--release", type=Path, help="then build a release into this new folder")
    command.add_argument("--clips", help="of the release: clip JSONL, or `firestore`")
    command.add_argument("beam", nargs="*", help="after `--`: Beam's options, as --runner=...")
    add_model(command)
    command.set_defaults(run=_pipeline)

    command = commands.add_parser(
        "finetune", help="train the encoder on a catalogue and events, for `build --model`"
    )
    command.add_argument("--catalog", required=True, help="product JSONL, or `firestore`")
    command.add_argument("--events", help="event JSONL, or `firestore`")
    command.add_argument("--out", required=True, type=Path, help="the same again resumes")
    command.add_argument(
        "--leave-last-out",
        action="store_true",
        help="learn nothing of each shopper's last product, so that `evaluate` may ask for it",
    )
    command.add_argument("--steps", type=int, default=200, help="at the most")
    command.add_argument("--seed", type=int, default=0)
    add_model(command)
    command.set_defaults(run=_finetune)

    command = commands.add_parser("publish", help="upload a release and make it the current one")
    command.add_argument("folder", type=Path, metavar="DIR")
    _add_keep(command)
    _add_bucket(command)
    command.set_defaults(run=_publish)

    command = commands.add_parser(
        "signing-keys", help="make keys by which releases are signed, and known by their signature"
    )
    command.set_defaults(run=_signing_keys)

    command = commands.add_parser("releases", help="list the releases in the bucket")
    _add_bucket(command)
    command.set_defaults(run=_releases)

    command = commands.add_parser(
        "collect", help="delete old releases, as publishing does: never the live one"
    )
    _add_keep(command)
    _add_bucket(command)
    command.set_defaults(run=_collect)

    command = commands.add_parser("rollback", help="make another release the current one")
    command.add_argument("version", nargs="?", help="default: the one before the current one")
    _add_bucket(command)
    command.set_defaults(run=_rollback)

    command = commands.add_parser("operator", help="let an account see insights and roll back")
    command.add_argument("--user", required=True, metavar="UID_OR_EMAIL")
    command.add_argument("--revoke", action="store_true", help="no longer")
    command.set_defaults(run=_operator)

    command = commands.add_parser(
        "rebuild-profile", help="repair a shopper's profile: make it anew from the stored events"
    )
    command.add_argument("--user", required=True, metavar="UID")
    command.add_argument("--dry-run", action="store_true", help="only say what would change")
    command.set_defaults(run=_rebuild_profile)

    command = commands.add_parser("evaluate", help="measure search, recommendations, experiments")
    add_commands(command)
    return parser


def _add_keep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", type=_positive, default=10, help="so many of the newest stay")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 at the least")
    return number


def _add_bucket(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bucket",
        default=os.environ.get("RELEASE_BUCKET"),
        help="default: $RELEASE_BUCKET; the emulator's if FIREBASE_STORAGE_EMULATOR_HOST is set",
    )


def _import(options: argparse.Namespace) -> None:
    from indexer_job.importers.run import import_catalog, parse_map

    report = import_catalog(
        options.source,
        options.format,
        options.out,
        columns=parse_map(options.map),
        categories=options.categories,
        max_bad=options.max_bad,
        report=options.report,
        progress=_progress(),
    )
    print(report.summary())


def _seed(options: argparse.Namespace) -> None:
    from indexer_job.files import read_clips, read_products
    from indexer_job.firestore import write_catalog

    clips = read_clips(options.clips) if options.clips else []
    written = write_catalog(read_products(options.catalog), clips, progress=_progress())
    print(json.dumps({"written": written}))


def _read(source: str | None, collection: str) -> list:  # type: ignore[type-arg]
    from indexer_job import files, firestore

    if source is None:
        return []
    module = firestore if source == "firestore" else files
    path = () if source == "firestore" else (Path(source),)
    return list(getattr(module, f"read_{collection}")(*path))


def _build(options: argparse.Namespace) -> None:
    from indexer_job import files
    from indexer_job.build import build_release
    from shopfyp.experiments import Serving

    read_at = datetime.now(UTC)
    serving = files.read_json(options.configuration, Serving) if options.configuration else None
    manifest = build_release(
        _read(options.catalog, "products"),
        options.out,
        clips=_read(options.clips, "clips"),
        events=_read(options.events, "events"),
        model=options.model,
        precision=options.precision,
        serving=serving,
        neighbours=options.neighbours,
        index=options.index,
        embeddings=_embeddings(options),
        read_at=read_at,
        progress=_progress(),
    )
    print(json.dumps({"version": manifest.version, "folder": str(options.out), **manifest.counts}))


def _embeddings(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from indexer_job.kept import FolderStore

    if options.embeddings == "bucket":
        return _bucket(options)
    return FolderStore(Path(options.embeddings)) if options.embeddings else None


def _pipeline(options: argparse.Namespace) -> None:
    try:
        import apache_beam  # noqa: F401
    except ModuleNotFoundError as error:
        raise ShopFYPError(
            "the pipeline needs Apache Beam, in a venv of its own: see docs/building-at-scale.md"
        ) from error
    from indexer_job.behaviour import EASE_SCALE
    from indexer_job.files import InputError
    from indexer_job.pipeline.release import release_of
    from indexer_job.pipeline.run import run
    from indexer_job.pipeline.sources import all_events

    # What could be wrong with them is said now, not after hours.
    clips = _read(options.clips, "clips")
    if options.release and options.release.exists() and any(options.release.iterdir()):
        raise InputError(f"--release: {options.release} is not empty")
    read_at = datetime.now(UTC)
    counters = run(
        options.catalog,
        options.events,
        options.out,
        model=options.model,
        scale=EASE_SCALE,
        options=options.beam,
    )
    print(json.dumps({"folder": options.out, **counters}))
    if options.release:
        manifest = release_of(
            options.out,
            options.release,
            clips=clips,
            events=all_events(options.events) if options.events else [],
            model=options.model,
            read_at=read_at,
            progress=_progress(),
        )
        print(json.dumps({"version": manifest.version, "folder": str(options.release)}))


def _finetune(options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from indexer_job.evaluate.recommend import leave_last_out
    from indexer_job.finetune.plan import Plan
    from indexer_job.finetune.run import finetune

    events = _read(options.events, "events")
    if options.leave_last_out:
        events, _ = leave_last_out(events)
    verdict = finetune(
        _read(options.catalog, "products"),
        events,
        options.out,
        model=options.model,
        plan=Plan(steps=options.steps, seed=options.seed),
        progress=_progress(),
    )
    print(json.dumps({"model": str(options.out), **asdict(verdict)}))


def _publish(options: argparse.Namespace) -> None:
    from indexer_job.publish import publish

    bucket = _bucket(options)
    version = publish(options.folder, bucket, keep=options.keep, progress=_progress())
    print(json.dumps({"published": version}))


def _signing_keys(_: argparse.Namespace) -> None:
    from shopfyp.signatures import PUBLIC_KEY, SIGNING_KEY, new_keys

    keys = new_keys()
    print(f"{SIGNING_KEY}={keys.signing}\n{PUBLIC_KEY}={keys.public}")


def _releases(options: argparse.Namespace) -> None:
    from shopfyp.history import releases

    for release in releases(_bucket(options)):
        mark = "*" if release.current else " "
        made = f"{release.manifest.created_at:%Y-%m-%d %H:%M}"
        print(f"{mark} {release.manifest.version}  {made}  {json.dumps(release.manifest.counts)}")


def _collect(options: argparse.Namespace) -> None:
    from indexer_job.collect import collect

    print(json.dumps({"deleted": collect(_bucket(options), options.keep)}))


def _rollback(options: argparse.Namespace) -> None:
    from shopfyp.history import roll_back

    print(json.dumps({"current": roll_back(_bucket(options), options.version)}))


def _operator(options: argparse.Namespace) -> None:
    from indexer_job.operators import set_operator

    user_id = set_operator(options.user, revoke=options.revoke)
    print(json.dumps({"user_id": user_id, "operator": not options.revoke}))


def _rebuild_profile(options: argparse.Namespace) -> None:
    from shopfyp.store.shoppers import rebuild_profile

    rebuilt = rebuild_profile(options.user, datetime.now(UTC), write=not options.dry_run)
    before, after = rebuilt.before.model_dump(), rebuilt.after.model_dump()
    # Names of fields alone: what a shopper looked for is no operator's to read.
    changed = [name for name in after if after[name] != before[name]]
    report = {"events": rebuilt.events, "missing": rebuilt.missing, "changed": changed}
    print(json.dumps({**report, "written": bool(changed) and not options.dry_run}))


def _bucket(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from shopfyp.bucket import CloudBucket

    if not options.bucket:
        raise ShopFYPError("no bucket: give --bucket or set RELEASE_BUCKET")
    return CloudBucket(options.bucket)


def _progress() -> bool:
    return sys.stderr.isatty()


if __name__ == "__main__":
    sys.exit(main())
