"""The batch job: catalogue and events in, a published release out."""
