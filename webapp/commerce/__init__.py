"""Customers and their orders: processed by jobs, and reported on by jobs."""
