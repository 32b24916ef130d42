"""The exceptions that ShopFYP raises on purpose; all others are bugs."""


class ShopFYPError(Exception):
    """Base of every error that ShopFYP raises on purpose."""


class UnknownProduct(ShopFYPError):
    """A product id that is not in the release being served."""


class ReleaseError(ShopFYPError):
    """A release that must not be served; the message says which check it failed."""


class BucketError(ReleaseError):
    """The bucket cannot be reached or does not let us in, which says nothing of a release."""


class DatabaseError(BucketError):
    """The vector database cannot be reached, which says nothing of the release that names it."""


class DiskError(BucketError):
    """This instance has no room for a release, or cannot write it, which says nothing of it."""


class Overtaken(ReleaseError):
    """Somebody else made another release the current one meanwhile."""


class Unsigned(ReleaseError):
    """A release that no key vouches for, where one is asked for."""


class UnknownRelease(ReleaseError):
    """A version that is not in the bucket."""


class NoRelease(ShopFYPError):
    """Nothing to serve: no release was ever opened, and none can be."""


class EncoderError(ShopFYPError):
    """A model that is not a BERT-type sentence encoder, or a file of one that is missing."""


class SettingError(ShopFYPError):
    """A parameter of the deployment says what cannot be meant."""
