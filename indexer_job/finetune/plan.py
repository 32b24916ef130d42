"""How a run trains: what `finetune` can be told, without torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The defaults are for half an hour of one core.

    Attributes:
        steps: at the most.
        batch: queries in a step.
        hard: hard negatives in a step.
        learning_rate: at its highest.
        temperature: that cosines are divided by.
        stay: how much it costs to put a product elsewhere than the base encoder does.
        follow: how much it costs to put a product elsewhere than shoppers' events do.
        others: texts in a step that have nothing to do with the shop.
        keep: how much it costs to put such a text elsewhere than the base encoder does.
        max_tokens: where texts are cut in training; a release reads them whole.
        validate_every: steps between looks at the queries held out for stopping early.
        patience: looks without a better score before training stops.
        seed: of everything that is drawn.
    """

    steps: int = 200
    batch: int = 128
    hard: int = 16
    learning_rate: float = 2e-4
    temperature: float = 0.05
    stay: float = 0.5
    follow: float = 20.0
    others: int = 32
    keep: float = 20.0
    max_tokens: int = 48
    validate_every: int = 25
    patience: int = 4
    seed: int = 0
