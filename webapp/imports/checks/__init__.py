"""Checks: what an import would do, found before anything is written."""
