"""Stands in for a service or the gateway while the launcher is tested."""
