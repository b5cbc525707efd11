"""Catalogs as the contract of the catalog has them."""

from tests.contract.catalog.test_catalog import catalog, catalogs, furnished, other

__all__ = ["catalog", "catalogs", "furnished", "other"]
