"""The batch job's reading, embedding and neighbours as an Apache Beam pipeline, for any runner.

    products -> cut into shards by id -> embed -> vectors and records of each shard
    events -> histories -> Gram matrix by shard -> neighbourhoods -> neighbours of each shard

What is written depends on the input alone: not on workers, bundles or the order of arrival.
"""
