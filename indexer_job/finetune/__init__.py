"""Fine-tune the encoder on a shop's own catalogue and events; `train` and `bert` need torch."""
