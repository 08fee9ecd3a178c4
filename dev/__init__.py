"""Starts Lyceum on one machine: real servers, every service, the gateway."""
